# CMake generated Testfile for 
# Source directory: /tmp/obs
# Build directory: /tmp/obs/build-asan
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("base")
subdirs("pkg")
subdirs("policy")
subdirs("lang")
subdirs("sandbox")
subdirs("registry")
subdirs("cmd")
subdirs("tests")

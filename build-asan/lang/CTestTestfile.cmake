# CMake generated Testfile for 
# Source directory: /tmp/obs/lang
# Build directory: /tmp/obs/build-asan/lang
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("rt")

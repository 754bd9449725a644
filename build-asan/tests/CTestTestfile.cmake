# CMake generated Testfile for 
# Source directory: /tmp/obs/tests
# Build directory: /tmp/obs/build-asan/tests
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("support")
subdirs("unit/base")
subdirs("unit/lang")
subdirs("unit/pkg")
subdirs("unit/policy")
subdirs("unit/registry")
subdirs("unit/rt")
subdirs("unit/sandbox")
subdirs("case")
subdirs("cli")
subdirs("sandbox")
subdirs("lint")
subdirs("bench")
subdirs("fuzz")

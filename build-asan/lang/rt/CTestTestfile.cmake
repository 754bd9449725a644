# CMake generated Testfile for 
# Source directory: /tmp/obs/lang/rt
# Build directory: /tmp/obs/build-asan/lang/rt
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.

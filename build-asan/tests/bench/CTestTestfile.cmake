# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/bench
# Build directory: /tmp/obs/build-asan/tests/bench
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.

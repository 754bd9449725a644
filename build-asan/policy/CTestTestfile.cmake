# CMake generated Testfile for 
# Source directory: /tmp/obs/policy
# Build directory: /tmp/obs/build-asan/policy
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.

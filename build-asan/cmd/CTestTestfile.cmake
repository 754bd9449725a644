# CMake generated Testfile for 
# Source directory: /tmp/obs/cmd
# Build directory: /tmp/obs/build-asan/cmd
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.

# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/unit/registry
# Build directory: /tmp/obs/build-asan/tests/unit/registry
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[unit/registry/fetch]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_registry_fetch")
set_tests_properties([=[unit/registry/fetch]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "unit" SKIP_RETURN_CODE "77" TIMEOUT "300" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;11;x07_test_entry;/tmp/obs/tests/unit/registry/net.cmake;3;x07_unit_test;/tmp/obs/tests/unit/registry/net.cmake;0;;/tmp/obs/tests/unit/registry/CMakeLists.txt;7;include;/tmp/obs/tests/unit/registry/CMakeLists.txt;0;")

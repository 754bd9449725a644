# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/unit/sandbox
# Build directory: /tmp/obs/build-asan/tests/unit/sandbox
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[unit/sandbox/plan]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_plan")
set_tests_properties([=[unit/sandbox/plan]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "unit" SKIP_RETURN_CODE "77" TIMEOUT "60" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;11;x07_test_entry;/tmp/obs/tests/unit/sandbox/CMakeLists.txt;2;x07_unit_test;/tmp/obs/tests/unit/sandbox/CMakeLists.txt;0;")

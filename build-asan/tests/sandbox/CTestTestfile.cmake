# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/sandbox
# Build directory: /tmp/obs/build-asan/tests/sandbox
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[sandbox/inside]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_inside")
set_tests_properties([=[sandbox/inside]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;21;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/inside-user]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_inside" "user")
set_tests_properties([=[sandbox/inside-user]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;22;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/limits]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_limits")
set_tests_properties([=[sandbox/limits]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;21;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/limits-user]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_limits" "user")
set_tests_properties([=[sandbox/limits-user]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;22;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/roots]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_roots")
set_tests_properties([=[sandbox/roots]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;21;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/roots-user]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_roots" "user")
set_tests_properties([=[sandbox/roots-user]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;22;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/fail_closed]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_fail_closed")
set_tests_properties([=[sandbox/fail_closed]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;21;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")
add_test([=[sandbox/fail_closed-user]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/test_sandbox_fail_closed" "user")
set_tests_properties([=[sandbox/fail_closed-user]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "sandbox" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/sandbox/CMakeLists.txt;22;x07_test_entry;/tmp/obs/tests/sandbox/CMakeLists.txt;0;")

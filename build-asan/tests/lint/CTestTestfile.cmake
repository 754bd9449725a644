# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/lint
# Build directory: /tmp/obs/build-asan/tests/lint
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[lint/includes]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/includes.sh")
set_tests_properties([=[lint/includes]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/sizes]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/sizes.sh")
set_tests_properties([=[lint/sizes]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/format]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/format.sh")
set_tests_properties([=[lint/format]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/shell]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/shell.sh")
set_tests_properties([=[lint/shell]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/banned]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/banned.sh")
set_tests_properties([=[lint/banned]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/text]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/text.sh")
set_tests_properties([=[lint/text]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")
add_test([=[lint/selftest]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/tests/lint/selftest.sh")
set_tests_properties([=[lint/selftest]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "lint" SKIP_RETURN_CODE "77" TIMEOUT "120" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/cmake/tests.cmake;18;x07_test_entry;/tmp/obs/tests/lint/CMakeLists.txt;4;x07_script_test;/tmp/obs/tests/lint/CMakeLists.txt;0;")

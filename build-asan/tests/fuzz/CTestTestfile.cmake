# CMake generated Testfile for 
# Source directory: /tmp/obs/tests/fuzz
# Build directory: /tmp/obs/build-asan/tests/fuzz
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[fuzz/json]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/fuzz_json" "/tmp/obs/tests/fuzz/corpus/json")
set_tests_properties([=[fuzz/json]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "fuzz" SKIP_RETURN_CODE "77" TIMEOUT "60" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/fuzz/CMakeLists.txt;19;x07_test_entry;/tmp/obs/tests/fuzz/CMakeLists.txt;23;x07_fuzz_target;/tmp/obs/tests/fuzz/CMakeLists.txt;0;")
add_test([=[fuzz/policy]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/fuzz_policy" "/tmp/obs/tests/fuzz/corpus/policy")
set_tests_properties([=[fuzz/policy]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "fuzz" SKIP_RETURN_CODE "77" TIMEOUT "60" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/fuzz/CMakeLists.txt;19;x07_test_entry;/tmp/obs/tests/fuzz/CMakeLists.txt;24;x07_fuzz_target;/tmp/obs/tests/fuzz/CMakeLists.txt;0;")
add_test([=[fuzz/manifest]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/fuzz_manifest" "/tmp/obs/tests/fuzz/corpus/manifest")
set_tests_properties([=[fuzz/manifest]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "fuzz" SKIP_RETURN_CODE "77" TIMEOUT "60" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/fuzz/CMakeLists.txt;19;x07_test_entry;/tmp/obs/tests/fuzz/CMakeLists.txt;25;x07_fuzz_target;/tmp/obs/tests/fuzz/CMakeLists.txt;0;")
add_test([=[fuzz/source]=] "/tmp/obs/tests/support/in_tmp.sh" "/tmp/obs/build-asan/tests/fuzz_source" "/tmp/obs/tests/fuzz/corpus/source")
set_tests_properties([=[fuzz/source]=] PROPERTIES  ENVIRONMENT "X07_SOURCE_DIR=/tmp/obs;X07_BUILD_DIR=/tmp/obs/build-asan;X07_BIN=/tmp/obs/build-asan/bin" LABELS "fuzz" SKIP_RETURN_CODE "77" TIMEOUT "60" _BACKTRACE_TRIPLES "/tmp/obs/cmake/tests.cmake;28;add_test;/tmp/obs/tests/fuzz/CMakeLists.txt;19;x07_test_entry;/tmp/obs/tests/fuzz/CMakeLists.txt;26;x07_fuzz_target;/tmp/obs/tests/fuzz/CMakeLists.txt;0;")

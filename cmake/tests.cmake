# SPDX-License-Identifier: MIT
# How tests are declared: every test has a label, a timeout and its own temporary folder. A test that
# carries the label `heavy` besides is left out by the presets and run by `ctest --preset heavy`.

# A timeout ends a test that hangs. It is written for a quiet machine and multiplied by this, so that
# a busy one fails no test that only works.
set(X07_TEST_PATIENCE 5 CACHE STRING "factor of the timeouts of all tests")

# x07_unit_test(FOLDER NAME SOURCES... LIBS...): a Check program, one CTest entry.
function(x07_unit_test folder name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;LIBS" ${ARGN})
  add_executable(test_${folder}_${name} ${arg_SOURCES})
  target_link_libraries(test_${folder}_${name} PRIVATE ${arg_LIBS} test_support PkgConfig::check)
  set_target_properties(test_${folder}_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  x07_test_entry(unit/${folder}/${name} "${arg_LABEL}" "${arg_TIMEOUT}"
    $<TARGET_FILE:test_${folder}_${name}>)
endfunction()

# x07_script_test(LABEL NAME SCRIPT [TIMEOUT n] [ARGS...]): a shell script with the built programs.
function(x07_script_test label name script)
  cmake_parse_arguments(arg "" "TIMEOUT" "ARGS" ${ARGN})
  x07_test_entry(${label}/${name} ${label} "${arg_TIMEOUT}" ${script} ${arg_ARGS})
endfunction()

# x07_tiered_test(LABEL NAME SCRIPT [TIMEOUT n] [ARGS..] SAMPLE args DENSE args): one script twice.
# LABEL/NAME tries a sample in every run, LABEL/NAME-dense tries much more and is heavy.
function(x07_tiered_test label name script)
  cmake_parse_arguments(arg "" "TIMEOUT" "ARGS;SAMPLE;DENSE" ${ARGN})
  x07_test_entry(${label}/${name} ${label} "${arg_TIMEOUT}" ${script} ${arg_ARGS} ${arg_SAMPLE})
  x07_test_entry(${label}/${name}-dense "${label};heavy" "${arg_TIMEOUT}" ${script} ${arg_ARGS}
    ${arg_DENSE})
endfunction()

# x07_test_entry(NAME LABELS TIMEOUT COMMAND...): what all others end in.
function(x07_test_entry name label timeout)
  if(label STREQUAL "")
    set(label unit)
  endif()
  if(timeout STREQUAL "")
    set(timeout 60)
  endif()
  math(EXPR timeout "${timeout} * ${X07_TEST_PATIENCE}")
  if(X07_SANITIZE OR X07_COVERAGE)
    math(EXPR timeout "${timeout} * 2")
  endif()
  add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/support/in_tmp.sh ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT ${timeout}
    SKIP_RETURN_CODE 77
    # Check's own 4 s for each case are too few on a busy machine; the timeout above holds anyway.
    ENVIRONMENT "CK_DEFAULT_TIMEOUT=${timeout};X07_SOURCE_DIR=${CMAKE_SOURCE_DIR};X07_BUILD_DIR=${CMAKE_BINARY_DIR};X07_BIN=${CMAKE_BINARY_DIR}/bin")
endfunction()

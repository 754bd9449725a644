# SPDX-License-Identifier: MIT
# Packages under ill treatment: kills, crowds, broken disks and networks, changed bytes. The tests
# are bounded; `cmake --build build/dev --target soak_pkg` runs the same scripts at full length.
add_executable(mkhostile mkhostile.c ${CMAKE_SOURCE_DIR}/tests/unit/registry/tar.c)
target_link_libraries(mkhostile PRIVATE test_support base)
set_target_properties(mkhostile PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
set(soak_commands)

# pkg_hard_test(NAME [SAMPLE n DENSE n] [SOAK settings]): tests/cli/pkg_NAME.sh. With SAMPLE and DENSE
# it is a test of two tiers that gets these arguments; SOAK: settings of the long run.
function(pkg_hard_test name)
  cmake_parse_arguments(arg "" "SAMPLE;DENSE" "SOAK" ${ARGN})
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/pkg_${name}.sh)
  if(arg_SAMPLE)
    x07_tiered_test(cli pkg_${name} ${script} TIMEOUT 360 SAMPLE ${arg_SAMPLE} DENSE ${arg_DENSE})
  else()
    x07_script_test(cli pkg_${name} ${script} TIMEOUT 360)
  endif()
  set(soak_commands ${soak_commands} COMMAND ${CMAKE_COMMAND} -E env
    X07_SOURCE_DIR=${CMAKE_SOURCE_DIR} X07_BUILD_DIR=${CMAKE_BINARY_DIR}
    X07_BIN=${CMAKE_BINARY_DIR}/bin ${arg_SOAK}
    ${CMAKE_SOURCE_DIR}/tests/support/in_tmp.sh ${script} PARENT_SCOPE)
endfunction()

pkg_hard_test(kill SAMPLE 97 DENSE 9 SOAK KILL_STRIDE=1)
pkg_hard_test(tamper SAMPLE 5 DENSE 100 SOAK TAMPER_PERCENT=1000)
pkg_hard_test(crowd SAMPLE 1 DENSE 4 SOAK CROWD_ROUNDS=50)
pkg_hard_test(faults SAMPLE 64 DENSE 8)
pkg_hard_test(hostile)
pkg_hard_test(attack)
pkg_hard_test(gc)
x07_script_test(cli registry_attack ${CMAKE_CURRENT_SOURCE_DIR}/registry_attack.sh TIMEOUT 120)
x07_script_test(cli registry_codes ${CMAKE_CURRENT_SOURCE_DIR}/registry_codes.sh TIMEOUT 120)

add_custom_target(soak_pkg ${soak_commands} USES_TERMINAL VERBATIM)
add_dependencies(soak_pkg x07 mkregistry kill_at flip_byte file_server mkhostile)

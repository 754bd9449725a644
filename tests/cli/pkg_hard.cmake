# SPDX-License-Identifier: MIT
# Packages under ill treatment: kills, crowds, broken disks and networks, changed bytes. The tests
# are bounded; `cmake --build build/dev --target soak_pkg` runs the same scripts at full length.
add_executable(mkhostile mkhostile.c ${CMAKE_SOURCE_DIR}/tests/unit/registry/tar.c)
target_link_libraries(mkhostile PRIVATE test_support base)
set_target_properties(mkhostile PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
set(soak_commands)

# pkg_hard_test(NAME SOAK...): tests/cli/pkg_NAME.sh; SOAK: settings of the long run.
function(pkg_hard_test name)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/pkg_${name}.sh)
  x07_script_test(cli pkg_${name} ${script} TIMEOUT 360)
  set(soak_commands ${soak_commands} COMMAND ${CMAKE_COMMAND} -E env
    X07_SOURCE_DIR=${CMAKE_SOURCE_DIR} X07_BUILD_DIR=${CMAKE_BINARY_DIR}
    X07_BIN=${CMAKE_BINARY_DIR}/bin ${ARGN}
    ${CMAKE_SOURCE_DIR}/tests/support/in_tmp.sh ${script} PARENT_SCOPE)
endfunction()

pkg_hard_test(kill KILL_STRIDE=1)
pkg_hard_test(tamper TAMPER_SCALE=10)
pkg_hard_test(crowd CROWD_ROUNDS=50)
pkg_hard_test(faults)
pkg_hard_test(hostile)
pkg_hard_test(attack)
pkg_hard_test(gc)
x07_script_test(cli registry_attack ${CMAKE_CURRENT_SOURCE_DIR}/registry_attack.sh TIMEOUT 120)

add_custom_target(soak_pkg ${soak_commands} USES_TERMINAL VERBATIM)
add_dependencies(soak_pkg x07 mkregistry kill_at flip_byte file_server mkhostile)

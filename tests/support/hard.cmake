# SPDX-License-Identifier: MIT
# What tests/cli/pkg_hard.cmake needs: programs that treat others badly.
find_package(Threads REQUIRED)
foreach(program flip_byte file_server)
  add_executable(${program} ${program}.c)
  target_link_libraries(${program} PRIVATE build_flags)
  set_target_properties(${program} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
target_link_libraries(file_server PRIVATE base Threads::Threads)

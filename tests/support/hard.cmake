# SPDX-License-Identifier: MIT
# What tests/cli/pkg_hard.cmake needs: programs that treat others badly.
add_executable(flip_byte flip_byte.c)
target_link_libraries(flip_byte PRIVATE build_flags)
set_target_properties(flip_byte PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

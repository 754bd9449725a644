# SPDX-License-Identifier: MIT
# Packages against npm and cargo: `cmake --build build/release --target bench_pkg`.
add_executable(time_of EXCLUDE_FROM_ALL time_of.c)
target_link_libraries(time_of PRIVATE base)
set_target_properties(time_of PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_custom_target(bench_pkg COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/pkg_bench.sh ${CMAKE_BINARY_DIR}
  USES_TERMINAL VERBATIM)
add_dependencies(bench_pkg time_of x07 x07-pkg x07-fetch x07-unpack mkregistry file_server)

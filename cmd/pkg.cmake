# SPDX-License-Identifier: MIT
# lib/x07/x07-pkg: what `x07 pkg` and `x07 registry` exec. It has no library of the network or of
# archives in it and no server; x07-fetch, x07-unpack and x07-serve stand beside it.
add_executable(x07-pkg
  cmd_pkg_add.c
  cmd_pkg_attest.c
  cmd_pkg_gc.c
  cmd_pkg_inventory.c
  cmd_pkg_lock.c
  cmd_pkg_login.c
  cmd_pkg_provides.c
  cmd_pkg_publish.c
  cmd_pkg_remove.c
  cmd_pkg_repair.c
  cmd_pkg_search.c
  cmd_pkg_semver.c
  cmd_pkg_sync.c
  cmd_pkg_tree.c
  cmd_pkg_update.c
  cmd_pkg_vendor.c
  cmd_pkg_verify.c
  cmd_pkg_versions.c
  cmd_registry.c
  cmd_registry_check.c
  cmd_registry_key.c
  codes.c
  commands.c
  completion.c
  delegate.c
  dispatch.c
  help.c
  main_pkg.c
  options.c
  pkg_work.c
  print.c
  progress.c
  report/pkg_report.c
  table_pkg.c)
target_compile_definitions(x07-pkg PRIVATE X07_VERSION="${PROJECT_VERSION}")
target_link_libraries(x07-pkg PRIVATE pkg_engine registry_bundled registry_build registry_serve_state)
add_dependencies(x07-pkg x07-fetch x07-serve x07-unpack)
set_target_properties(x07-pkg PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/x07)
install(TARGETS x07-pkg RUNTIME DESTINATION lib/x07)

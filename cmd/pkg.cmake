# SPDX-License-Identifier: MIT
# lib/x07/x07-pkg: what `x07 pkg` and `x07 registry` exec. It has no library of the network or of
# archives in it; x07-fetch and x07-unpack stand beside it.
foreach(part base pkg registry registry_client)
  if(NOT TARGET ${part})
    message(STATUS "x07-pkg: ${part} is not there yet")
    return()
  endif()
endforeach()
add_executable(x07-pkg main_pkg.c cmd_registry.c cmd_registry_check.c cmd_registry_key.c table_pkg.c completion.c dispatch.c help.c options.c
  print.c delegate.c
  progress.c cmd_pkg_add.c cmd_pkg_lock.c
  cmd_pkg_remove.c cmd_pkg_gc.c cmd_pkg_attest.c cmd_pkg_login.c cmd_pkg_publish.c
  cmd_pkg_inventory.c cmd_pkg_repair.c cmd_pkg_search.c cmd_pkg_semver.c cmd_pkg_sync.c cmd_pkg_vendor.c cmd_pkg_verify.c cmd_pkg_versions.c cmd_pkg_provides.c cmd_pkg_tree.c cmd_pkg_update.c
  pkg_cache.c pkg_choose.c pkg_compare.c pkg_download.c pkg_index.c pkg_index_lines.c pkg_index_text.c pkg_install.c pkg_link.c pkg_meta.c pkg_near.c pkg_prune.c
  pkg_project.c pkg_report.c pkg_settings.c pkg_token.c pkg_trust.c pkg_work.c pkg_write.c)
target_compile_definitions(x07-pkg PRIVATE X07_VERSION="${PROJECT_VERSION}")
target_link_libraries(x07-pkg PRIVATE base pkg registry registry_bundled registry_client registry_server)
add_dependencies(x07-pkg x07-fetch x07-unpack)
set_target_properties(x07-pkg PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/x07)
install(TARGETS x07-pkg RUNTIME DESTINATION lib/x07)

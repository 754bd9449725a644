# SPDX-License-Identifier: MIT
# What people do with packages every day, on registries that the scripts make.
foreach(script pkg_add pkg_ask pkg_attest pkg_capability pkg_config pkg_embedded pkg_follow pkg_inventory pkg_keys pkg_local pkg_lock pkg_provides pkg_publish
    pkg_remove pkg_repair
    pkg_many pkg_run pkg_semver pkg_sync pkg_terminal pkg_tree pkg_update pkg_vendor registry_build)
  x07_script_test(cli ${script} ${CMAKE_CURRENT_SOURCE_DIR}/${script}.sh TIMEOUT 120)
endforeach()

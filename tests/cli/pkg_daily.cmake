# SPDX-License-Identifier: MIT
# What people do with packages every day, on registries that the scripts make.
foreach(script pkg_add pkg_capability pkg_embedded pkg_provides pkg_run)
  x07_script_test(cli ${script} ${CMAKE_CURRENT_SOURCE_DIR}/${script}.sh TIMEOUT 120)
endforeach()

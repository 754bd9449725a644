# SPDX-License-Identifier: MIT
# What package commands read from elsewhere.
x07_fuzz_target(package SOURCES fuzz_package.c LIBS pkg)
x07_fuzz_target(requirement SOURCES fuzz_requirement.c LIBS pkg)
x07_fuzz_target(edit SOURCES fuzz_edit.c LIBS pkg)
foreach(name index snapshot registry_config capmap)
  x07_fuzz_target(${name} SOURCES fuzz_${name}.c LIBS registry)
endforeach()
x07_fuzz_target(unpack SOURCES fuzz_unpack.c LIBS registry_store registry_unpack)
x07_fuzz_target(archive SOURCES fuzz_archive.c LIBS registry_serve registry_unpack)
x07_fuzz_target(serve_request SOURCES fuzz_serve_request.c LIBS registry_serve)
x07_fuzz_target(pkg_config SOURCES fuzz_pkg_config.c ${CMAKE_SOURCE_DIR}/cmd/options.c LIBS registry registry_client)

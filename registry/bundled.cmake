# SPDX-License-Identifier: MIT
# The embedded registry, made and signed at build time; included by CMakeLists.txt.
set(X07_BUNDLE_KEY "" CACHE FILEPATH "file with the signing key of the embedded registry; made up when empty")
set(bundle_sources ${CMAKE_SOURCE_DIR}/registry/bundled/packages)
set(bundle_dir ${CMAKE_BINARY_DIR}/share/x07/registry)
set(bundle_key_header ${CMAKE_BINARY_DIR}/gen/registry/bundled_key.h)
set(bundle_key ${X07_BUNDLE_KEY})
if(NOT bundle_key)
  set(bundle_key ${CMAKE_BINARY_DIR}/bundle.key)
endif()
# Any file of a package counts; a new one is noticed when CMake runs, which it then does.
file(GLOB_RECURSE bundle_files CONFIGURE_DEPENDS ${bundle_sources}/*)
add_custom_command(OUTPUT ${bundle_dir}/index/config.json ${bundle_key_header}
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${bundle_dir}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${bundle_dir} ${CMAKE_BINARY_DIR}/gen/registry
  COMMAND x07-bundle ${bundle_sources} ${bundle_dir} ${bundle_key} ${bundle_key_header}
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/registry/bundled/capabilities.json ${bundle_dir}
  DEPENDS x07-bundle ${bundle_files} ${CMAKE_SOURCE_DIR}/registry/bundled/capabilities.json VERBATIM)
add_custom_target(registry_bundle ALL DEPENDS ${bundle_dir}/index/config.json)
x07_library(registry_bundled SOURCES bundled.c ${bundle_key_header} HEADERS bundled.h)
target_link_libraries(registry_bundled PUBLIC registry)
add_dependencies(registry_bundled registry_bundle)
install(DIRECTORY ${bundle_dir}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/x07/registry)

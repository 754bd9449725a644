# SPDX-License-Identifier: MIT
# The parts of this folder that bytes travel through; included by CMakeLists.txt. registry_client is
# what x07-pkg links; registry_fetch, with its libraries, is for x07-fetch alone.
x07_library(registry_client
  SOURCES fetch.c fetch_file.c fetch_proto.c fetch_spawn.c fetch_url.c
  HEADERS fetch.h fetch_helper.h)
target_link_libraries(registry_client PUBLIC base)
x07_library(registry_fetch
  SOURCES fetch_confine.c fetch_git.c fetch_http.c fetch_sink.c fetch_transfer.c
  HEADERS)
target_link_libraries(registry_fetch PUBLIC registry_client
  PRIVATE registry PkgConfig::curl PkgConfig::git2)
x07_library(registry_server
  SOURCES archive.c build.c build_config.c build_input.c build_output.c check.c http_request.c serve.c serve_api.c
    serve_state.c serve_write.c sorter.c
  HEADERS archive.h build.h check.h http_request.h serve.h sorter.h)
target_link_libraries(registry_server PUBLIC registry registry_client PRIVATE registry_rules)
add_executable(x07-fetch ${CMAKE_SOURCE_DIR}/cmd/main_fetch.c)
target_link_libraries(x07-fetch PRIVATE registry_fetch)
set_target_properties(x07-fetch PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/x07)
install(TARGETS x07-fetch RUNTIME DESTINATION lib/x07)

# SPDX-License-Identifier: MIT
# Tests of what bytes travel through; included by CMakeLists.txt.
x07_unit_test(registry fetch SOURCES test_fetch.c hostile_server.c LIBS registry_client TIMEOUT 300)
add_dependencies(test_registry_fetch x07-fetch)
x07_unit_test(registry fetch_confine SOURCES test_fetch_confine.c LIBS registry_fetch)

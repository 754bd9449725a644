# SPDX-License-Identifier: MIT
# All compiler flags of the project, in one interface library.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckIPOSupported)

add_library(build_flags INTERFACE)
target_include_directories(build_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/gen)
target_compile_definitions(build_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
# The guest is compiled with the same warnings (lang/rt/CMakeLists.txt).
set(X07_WARNINGS -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
  -Wundef -Wwrite-strings -Wimplicit-fallthrough -Wswitch-enum)
if(X07_WERROR)
  list(APPEND X07_WARNINGS -Werror)
endif()
target_compile_options(build_flags INTERFACE ${X07_WARNINGS})
# Refuses calls of functions that nobody may use (base/banned.h).
target_compile_options(build_flags INTERFACE -include ${CMAKE_SOURCE_DIR}/base/banned.h)
if(X07_FUZZ)
  # Coverage for the fuzzer in every library; the targets themselves add the driver (tests/fuzz).
  target_compile_options(build_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(build_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(X07_SANITIZE)
  target_compile_options(build_flags INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(build_flags INTERFACE -fsanitize=address,undefined)
elseif(X07_COVERAGE)
  target_compile_options(build_flags INTERFACE --coverage)
  target_link_options(build_flags INTERFACE --coverage)
elseif(X07_HARDEN)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero
      -fcf-protection=full)
    string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
    check_c_compiler_flag(${flag} ${have})
    if(${have})
      target_compile_options(build_flags INTERFACE ${flag})
    endif()
  endforeach()
  target_compile_options(build_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
  target_link_options(build_flags INTERFACE
    $<IF:$<BOOL:$<TARGET_PROPERTY:X07_IS_STATIC>>,-static-pie,-pie> -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(X07_LTO)
  check_ipo_supported(RESULT have_ipo LANGUAGES C)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${have_ipo})
  # Libraries hold machine code as well, so that the tests link without optimising them again.
  string(REPLACE "-fno-fat-lto-objects" "-ffat-lto-objects" CMAKE_C_COMPILE_OPTIONS_IPO
    "${CMAKE_C_COMPILE_OPTIONS_IPO}")
endif()

# A static program starts 0.4 ms sooner: nothing to look up, nothing to relocate. It stays
# position-independent. The linker notes that libtcc calls dlopen; it is never asked to load a shared
# library here. The note stays: GNU ld 2.40 passes over errors too when it is told to be silent.
function(x07_link_static program)
  if(NOT X07_STATIC OR X07_SANITIZE OR X07_COVERAGE)
    return()
  endif()
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie)
  check_c_source_compiles("int main(void) { return 0; }" HAVE_STATIC_PIE)
  if(HAVE_STATIC_PIE)
    set_target_properties(${program} PROPERTIES X07_IS_STATIC ON)
  endif()
endfunction()

# x07_library(NAME SOURCES... HEADERS...): one static library for each folder.
function(x07_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC build_flags)
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
endfunction()

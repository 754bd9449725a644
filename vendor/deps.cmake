# SPDX-License-Identifier: MIT
# Libraries of the distribution, by pkg-config; see vendor/README.md. The build never downloads.
find_package(PkgConfig REQUIRED)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto>=3.0)
# Digests come from the static library where it is installed: a few objects of it are linked (20 KB),
# while the relocations of the shared one cost every start of the program about a millisecond.
find_library(CRYPTO_STATIC_LIBRARY NAMES libcrypto.a HINTS ${crypto_LIBRARY_DIRS})
add_library(crypto_digest INTERFACE IMPORTED)
if(CRYPTO_STATIC_LIBRARY)
  target_include_directories(crypto_digest INTERFACE ${crypto_INCLUDE_DIRS})
  target_link_libraries(crypto_digest INTERFACE ${CRYPTO_STATIC_LIBRARY})
else()
  target_link_libraries(crypto_digest INTERFACE PkgConfig::crypto)
endif()
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp>=2.5)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl>=7.85)
pkg_check_modules(ssl REQUIRED IMPORTED_TARGET libssl>=3.0)
pkg_check_modules(git2 REQUIRED IMPORTED_TARGET libgit2>=1.5)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive>=3.6)
# Of libarchive only the reader of plain tar is wanted. The static library gives just that: 150 KB and
# no libxml2, lzma or ICU in the process that reads hostile bytes, which also starts 5 ms sooner.
include(CheckCSourceCompiles)
find_library(ARCHIVE_STATIC_LIBRARY NAMES libarchive.a HINTS ${archive_LIBRARY_DIRS})
if(ARCHIVE_STATIC_LIBRARY)
  set(CMAKE_REQUIRED_LIBRARIES ${ARCHIVE_STATIC_LIBRARY})
  set(CMAKE_REQUIRED_INCLUDES ${archive_INCLUDE_DIRS})
  check_c_source_compiles("#include <archive.h>
    int main(void) { return archive_read_support_format_tar(archive_read_new()); }"
    ARCHIVE_STATIC_IS_ENOUGH)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_INCLUDES)
endif()
add_library(archive_read INTERFACE IMPORTED)
if(ARCHIVE_STATIC_IS_ENOUGH)
  target_include_directories(archive_read INTERFACE ${archive_INCLUDE_DIRS})
  target_link_libraries(archive_read INTERFACE ${ARCHIVE_STATIC_LIBRARY})
else()
  target_link_libraries(archive_read INTERFACE PkgConfig::archive)
endif()
pkg_check_modules(check REQUIRED IMPORTED_TARGET check>=0.15)
find_library(TCC_LIBRARY NAMES libtcc.a tcc REQUIRED)
find_path(TCC_INCLUDE_DIR libtcc.h REQUIRED)
add_library(tcc INTERFACE IMPORTED)
target_include_directories(tcc INTERFACE ${TCC_INCLUDE_DIR})
target_link_libraries(tcc INTERFACE ${TCC_LIBRARY} ${CMAKE_DL_LIBS} m)
# The guest is built with musl where it is installed: a glibc start costs 0.3 ms more.
find_program(MUSL_GCC NAMES musl-gcc x86_64-linux-musl-gcc aarch64-linux-musl-gcc)

message(STATUS "libcrypto ${crypto_VERSION}, libseccomp ${seccomp_VERSION}, check ${check_VERSION}")
message(STATUS "libcurl ${curl_VERSION}, libgit2 ${git2_VERSION}, libarchive ${archive_VERSION}")
message(STATUS "libtcc ${TCC_LIBRARY}, musl-gcc ${MUSL_GCC}")

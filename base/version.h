/* SPDX-License-Identifier: MIT */
/* Version of the toolchain; the CMakeLists.txt of a program passes the project's. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#ifndef X07_VERSION
#error "compile with X07_VERSION"
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* Version of the toolchain; cmd/CMakeLists.txt passes the project's. */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

#ifndef X07_VERSION
#define X07_VERSION "0.0.0"
#endif

#endif

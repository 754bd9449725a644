/* SPDX-License-Identifier: MIT */
/*
 * Functions that nobody here may call, put before every file by the build (cmake/flags.cmake). The
 * headers that declare them come first so that their own text stays valid. `printf` outside cmd/ is
 * refused by tests/lint/banned.sh, which knows folders.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang-format off */
#undef strcpy
#undef strcat
#undef sprintf
#undef strncpy
#undef strtok
#undef atoi
#undef system
#undef popen
#undef mktemp
#undef gmtime
#undef localtime
#define strcpy(...)    banned_strcpy__use_base_strdup_or_buf
#define strcat(...)    banned_strcat__use_buf
#define sprintf(...)   banned_sprintf__use_snprintf_or_buf_printf
#define strncpy(...)   banned_strncpy__use_snprintf_or_memcpy
#define strtok(...)    banned_strtok__use_strchr
#define atoi(...)      banned_atoi__use_strtol
#define system(...)    banned_system__use_posix_spawn
#define popen(...)     banned_popen__use_posix_spawn
#define mktemp(...)    banned_mktemp__use_mkstemp
#define gmtime(...)    banned_gmtime__use_gmtime_r
#define localtime(...) banned_localtime__use_localtime_r
/* clang-format on */

#endif

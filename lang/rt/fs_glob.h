/* SPDX-License-Identifier: MIT */
/* Patterns of paths. */
#ifndef RT_FS_GLOB_H
#define RT_FS_GLOB_H

#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

#include <stdbool.h>

#define GLOB_MAX 1024
#define GLOB_ALTERNATIVES 64

/** @return FS_BAD_PATH for a pattern that is malformed, too long or has too many alternatives. */
enum fs_code rt_glob_check(rt_view glob);
/** Does @p path match the checked pattern? */
bool rt_glob_match(rt_view glob, const char *path);

#endif

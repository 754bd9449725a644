/* SPDX-License-Identifier: MIT */
/* Roots and openat2. */
#ifndef RT_FS_PATH_H
#define RT_FS_PATH_H

#include "lang/rt/protos.h"

#include <stdbool.h>
#include <sys/types.h>

/** A component starts with a dot. */
bool rt_fs_hidden(rt_view path);
/** Descriptor of root @p i, opened at first use. @return -errno when it cannot be opened. */
int rt_fs_root(bool write, rt_u32 i);
/** openat2 below @p base under the policy's rule for links. @return descriptor or -errno. */
int rt_fs_open(int base, const char *rest, int flags, mode_t mode);

#endif

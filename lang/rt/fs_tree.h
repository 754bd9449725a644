/* SPDX-License-Identifier: MIT */
/* Walking directories. */
#ifndef RT_FS_TREE_H
#define RT_FS_TREE_H

#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

/** Call for each entry of a directory but "." and "..". Stops at the first code that is not 0. */
typedef enum fs_code fs_visit(void *arg, int dir, const char *name, unsigned char type);
/** Call @p visit for the entries of the open folder @p dir. @return the code that stopped it. */
enum fs_code rt_fs_each(int dir, fs_visit *visit, void *arg);

#endif

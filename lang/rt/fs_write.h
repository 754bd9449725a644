/* SPDX-License-Identifier: MIT */
/* Files being written, whole or not at all. */
#ifndef RT_FS_WRITE_H
#define RT_FS_WRITE_H

#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

/** A file being written; atomic ones under a temporary name beside the target. */
struct fs_target {
	int fd;
	rt_u32 flags;
	struct fs_parent parent; /* atomic only */
	char name[256];
	char temp[288];
};

/** Open for writing as the flags say (FS_FLAG_PARENTS, _OVERWRITE, _ATOMIC). */
enum fs_code rt_fs_target_open(struct fs_target *out, const struct fs_place *place, rt_u32 flags);
/** Finish: an atomic file is synced and takes its name. Closes in any case. */
enum fs_code rt_fs_target_commit(struct fs_target *t);
/** Give up; the temporary file is removed. */
void rt_fs_target_abandon(struct fs_target *t);

#endif

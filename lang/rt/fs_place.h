/* SPDX-License-Identifier: MIT */
/* Where a path of the program points: its root and the way below it. */
#ifndef RT_FS_PLACE_H
#define RT_FS_PLACE_H

#include "lang/rt/config.h"
#include "lang/rt/decide.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

#include <stdbool.h>

/** Where a path points: a directory descriptor and the way below it. */
struct fs_place {
	int base;     /* of the root; AT_FDCWD without a policy */
	bool write;   /* found among the write roots */
	bool is_root; /* the path names the root itself; rest is "." */
	rt_u32 root;  /* number of the root plus one; 0 without a policy */
	rt_view path; /* as the program wrote it, for reports */
	char rest[RT_PATH_MAX];
};

/** The directory that holds the last component. */
struct fs_parent {
	int fd;
	bool own; /* fd must be closed */
	const char *name;
};

/** Find the root of @p path, with the checks that the whole family makes. */
enum fs_code rt_fs_place(struct fs_place *out, rt_bytes path, bool write);
/** Open the folder that holds the last part of @p place; rt_fs_parent_close ends it. */
enum fs_code rt_fs_parent(struct fs_parent *out, const struct fs_place *place);
/** Close the folder of rt_fs_parent. */
void rt_fs_parent_close(struct fs_parent *parent);
/** Make the directories above the last component (@p all: that too). */
enum fs_code rt_fs_make_dirs(const struct fs_place *place, bool all);
/** Below write root @p write_root, but held by a read root inside it: not for writing. */
bool rt_fs_read_only(rt_u32 write_root, const char *rest);

#endif

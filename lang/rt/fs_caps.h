/* SPDX-License-Identifier: MIT */
/*
 * The capability document of the *_v1 family, and the codes of its failures. Source:
 * docs/spec/stdlib.md 4.1-4.2.
 */
#ifndef RT_FS_CAPS_H
#define RT_FS_CAPS_H

#include "lang/rt/config.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

#include <stdbool.h>

/** Flags of FsCapsV1. */
enum fs_flag {
	FS_FLAG_SYMLINKS = 1,
	FS_FLAG_HIDDEN = 2,
	FS_FLAG_PARENTS = 4,
	FS_FLAG_OVERWRITE = 8,
	FS_FLAG_ATOMIC = 16,
};

/** Effective capabilities of one call. */
struct fs_caps {
	rt_u32 max_read, max_write, max_entries, max_depth;
	rt_u32 flags;
	rt_u32 gates;                 /* without which the call would have been refused */
	rt_u32 asked[RT_LIMIT_SLEEP]; /* by the program, for each enum rt_limit; 0 = no wish */
	rt_u32 by_policy;             /* bits 1 << enum rt_limit: the policy chose this maximum */
};

/**
 * Parse and check the capability document.
 *
 * @param need  gates without which the call is refused.
 * @param path  for the report of a refusal.
 * @param write the flags for writes count.
 */
enum fs_code rt_fs_caps(struct fs_caps *out, rt_bytes caps, rt_u32 need, rt_bytes path, bool write);
/** Code for an errno; a refusal by the kernel is reported. */
enum fs_code rt_fs_code(int err, const struct fs_place *place);
/** The same where no place is at hand: @p what names the object in the report. */
enum fs_code rt_fs_code_of(int err, bool write, const char *what);

#endif

/* SPDX-License-Identifier: MIT */
/* Counting the use of files in an observed run, and the limits that were reached. */
#ifndef RT_FS_USE_H
#define RT_FS_USE_H

#include "lang/rt/config.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Count a call that the policy allowed, when the run is observed. Refused ones are counted where
 * they are refused.
 * @param detail  RT_USE_*.
 * @return the entry for rt_effect_more, or NULL.
 */
struct rt_effect *rt_fs_used(
    const struct fs_place *place, enum fs_code code, rt_u32 detail, uint64_t bytes);
/** Count a use of a path that is given below the root of @p place. */
void rt_fs_used_below(const struct fs_place *place, rt_view rest, rt_u32 detail);
/**
 * Report a limit that was reached, if it was the policy's.
 * @param needed  what would have been enough, 0 = unknown.
 */
void rt_fs_limit(
    const struct fs_caps *caps, enum rt_limit which, uint64_t needed, bool write, rt_view path);

#endif

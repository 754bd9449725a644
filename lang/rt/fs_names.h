/* SPDX-License-Identifier: MIT */
/* A sorted list of names. */
#ifndef RT_FS_NAMES_H
#define RT_FS_NAMES_H

#include "lang/rt/protos.h"

struct fs_names {
	char *text; /* NUL-terminated names, one after the other */
	rt_u32 text_len, text_cap;
	rt_u32 *at; /* offsets of the names */
	rt_u32 count, cap;
};

/** Append a copy of @p name, behind "@p dir/" unless @p dir is empty. */
void rt_names_add(struct fs_names *n, const char *dir, const char *name);
/** Each name and a line feed, in byte order; a lone line feed when there are none. Frees @p n. */
rt_bytes rt_names_text(struct fs_names *n);
/** Free the list. */
void rt_names_drop(struct fs_names *n);

#endif

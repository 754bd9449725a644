/* SPDX-License-Identifier: MIT */
/* The hash of head spellings, shared by lang/gen/heads.c (which builds the table) and builtins.c.
 */
#ifndef LANG_BUILTINS_HASH_H
#define LANG_BUILTINS_HASH_H

#include <stddef.h>
#include <stdint.h>

#define LANG_HEAD_SLOTS 1024u /* power of two, at least twice the number of heads */
#define LANG_HEAD_SLOT_EMPTY UINT16_MAX

/** FNV-1a, folded to a slot number. Source: draft-eastlake-fnv. */
static inline uint32_t lang_head_slot(const char *text, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	return (h ^ (h >> 15)) & (LANG_HEAD_SLOTS - 1);
}

#endif

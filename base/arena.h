/* SPDX-License-Identifier: MIT */
/*
 * A region of memory freed as a whole: one for each compilation or parsed document. Blocks are
 * zeroed. A maximum keeps hostile input from growing it without bound.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/attr.h"

#include <stdint.h>

struct arena_block;

/** A region. Open struct only so that it can be a local; use the functions. */
struct arena {
	struct arena_block *head;
	char *at;
	char *end;
	size_t used; /* bytes handed out */
	size_t max;  /* going over it returns NULL; 0 = no maximum, never NULL */
};

/** A piece of text inside somebody else's memory; not NUL-terminated. */
struct str {
	const char *ptr;
	uint32_t len;
};

#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})

/** An empty arena. @param max  bytes that it may hold at most. */
void arena_init(struct arena *a, size_t max);
/** Free everything that came from it. */
void arena_clear(struct arena *a);
/** Zeroed memory aligned to 16, living as long as the arena. NULL only over the maximum. */
void *arena_alloc(struct arena *a, size_t size);
/** NUL-terminated copy of @p len bytes. */
char *arena_strndup(struct arena *a, const char *text, size_t len);
/** Formatted NUL-terminated text. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Equality of two pieces of text, and of a piece and a NUL-terminated string. */
_Bool str_eq(struct str a, struct str b);
/** As str_eq, with a text that ends in a zero byte. */
_Bool str_eq_c(struct str a, const char *b);
/** Order by unsigned bytes, the shorter first. */
int str_cmp(struct str a, struct str b);
/** The text of a NUL-terminated string. */
struct str str_c(const char *text);

#endif

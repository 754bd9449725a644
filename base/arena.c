/* SPDX-License-Identifier: MIT */
/*
 * The region: a list of blocks from calloc, handed out from the front. A request too large for a
 * block of its own size class gets its own block, and the one in use keeps its remainder.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGN 16
#define ARENA_FIRST_BLOCK ((size_t)8 << 10)
#define ARENA_LAST_BLOCK ((size_t)1 << 20)

struct arena_block {
	struct arena_block *next;
	size_t size;
	_Alignas(ARENA_ALIGN) char bytes[];
};

_Static_assert(sizeof(struct arena_block) % ARENA_ALIGN == 0, "blocks start aligned");

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){.max = max};
}

void arena_clear(struct arena *a)
{
	struct arena_block *block = a->head;

	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	arena_init(a, a->max);
}

static struct arena_block *new_block(size_t size)
{
	/* calloc, because fresh pages of the kernel are zero already. */
	struct arena_block *block = base_calloc(1, sizeof(*block) + size);

	block->size = size;
	return block;
}

static void *alloc_slow(struct arena *a, size_t size)
{
	size_t next = a->head == NULL ? ARENA_FIRST_BLOCK : a->head->size * 2;
	struct arena_block *block = NULL;

	if (next > ARENA_LAST_BLOCK)
		next = ARENA_LAST_BLOCK;
	if (a->head != NULL && size > next / 4) {
		block = new_block(size);
		block->next = a->head->next;
		a->head->next = block;
		return block->bytes;
	}
	block = new_block(size > next ? size : next);
	block->next = a->head;
	a->head = block;
	a->at = block->bytes + size;
	a->end = block->bytes + block->size;
	return block->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t rounded = 0;
	void *p = NULL;

	if (size == 0)
		size = 1;
	if (a->max > 0 && (a->used > a->max || size > a->max - a->used))
		return NULL;
	if (size > SIZE_MAX / 2)
		(void)base_alloc(size); /* aborts */
	rounded = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	a->used += rounded;
	if (a->at == NULL || rounded > (size_t)(a->end - a->at))
		return alloc_slow(a, rounded);
	p = a->at;
	a->at += rounded;
	return p;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_alloc(a, len + 1) : NULL;

	if (copy != NULL && len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	int len = 0;
	char *text = NULL;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = arena_alloc(a, len < 0 ? 1 : (size_t)len + 1);
	if (text == NULL || len <= 0)
		return text;
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

_Bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

_Bool str_eq_c(struct str a, const char *b)
{
	return str_eq(a, str_c(b));
}

int str_cmp(struct str a, struct str b)
{
	uint32_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

struct str str_c(const char *text)
{
	struct str s = {text, (uint32_t)strlen(text)};

	return s;
}

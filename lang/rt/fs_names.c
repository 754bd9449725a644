/* SPDX-License-Identifier: MIT */
/* A list of names that grows, is sorted by bytes and becomes text. Not counted as the program's. */
#include "lang/rt/fs_names.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"

#include <string.h>

/* Room for @p need items of @p size bytes each. */
static void *grown(void *old, rt_u32 used, rt_u32 *cap, uint64_t need, rt_u32 size)
{
	uint64_t more = *cap ? (uint64_t)*cap * 2 : 256;
	void *larger;

	if (need <= *cap)
		return old;
	if (more < need)
		more = need;
	if (more > UINT32_MAX)
		rt_out_of_memory();
	larger = rt_raw_alloc(more * size);
	if (old) {
		memcpy(larger, old, (size_t)used * size);
		rt_heap_free(old);
	}
	*cap = (rt_u32)more;
	return larger;
}

void rt_names_add(struct fs_names *n, const char *dir, const char *name)
{
	size_t dir_len = strlen(dir);
	size_t len = strlen(name) + 1;

	n->text =
	    grown(n->text, n->text_len, &n->text_cap, (uint64_t)n->text_len + dir_len + 1 + len, 1);
	n->at = grown(n->at, n->count, &n->cap, (uint64_t)n->count + 1, sizeof(*n->at));
	n->at[n->count++] = n->text_len;
	if (dir_len) {
		memcpy(n->text + n->text_len, dir, dir_len);
		n->text[n->text_len + dir_len] = '/';
		n->text_len += (rt_u32)dir_len + 1;
	}
	memcpy(n->text + n->text_len, name, len);
	n->text_len += (rt_u32)len;
}

static bool before(const struct fs_names *n, rt_u32 a, rt_u32 b)
{
	return strcmp(n->text + n->at[a], n->text + n->at[b]) < 0;
}

static void swap(struct fs_names *n, rt_u32 a, rt_u32 b)
{
	rt_u32 kept = n->at[a];

	n->at[a] = n->at[b];
	n->at[b] = kept;
}

static void sift_down(struct fs_names *n, rt_u32 root, rt_u32 end)
{
	for (;;) {
		uint64_t child = 2 * (uint64_t)root + 1;

		if (child >= end)
			return;
		if (child + 1 < end && before(n, (rt_u32)child, (rt_u32)child + 1))
			child++;
		if (!before(n, root, (rt_u32)child))
			return;
		swap(n, root, (rt_u32)child);
		root = (rt_u32)child;
	}
}

/* Heap sort: no recursion, no worst case. */
static void sort(struct fs_names *n)
{
	for (rt_u32 i = n->count / 2; i-- > 0;)
		sift_down(n, i, n->count);
	for (rt_u32 end = n->count; end > 1;) {
		swap(n, 0, --end);
		sift_down(n, 0, end);
	}
}

rt_bytes rt_names_text(struct fs_names *n)
{
	/* every NUL becomes a line feed, so the lengths agree */
	rt_u32 len = n->count ? n->text_len : 1;
	rt_bytes out = {rt_mem_alloc(len, false), len};
	rt_u8 *at = out.ptr;

	sort(n);
	for (rt_u32 i = 0; i < n->count; i++) {
		size_t size = strlen(n->text + n->at[i]);

		memcpy(at, n->text + n->at[i], size);
		at += size;
		*at++ = '\n';
	}
	if (!n->count)
		*at = '\n';
	rt_names_drop(n);
	return out;
}

void rt_names_drop(struct fs_names *n)
{
	if (n->text)
		rt_heap_free(n->text);
	if (n->at)
		rt_heap_free(n->at);
	*n = (struct fs_names){0};
}

/* SPDX-License-Identifier: MIT */
/* Tables of handles: maps, readers, scratch buffers. They only grow, and are not counted. */
#include "lang/rt/table.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <string.h>

rt_u32 rt_table_add(struct rt_table *t, rt_u32 item_size)
{
	if (t->count == t->cap) {
		rt_u32 cap = t->cap ? t->cap * 2 : 8;
		rt_u8 *items;

		if (cap > RT_ALLOC_MAX / item_size)
			rt_out_of_memory();
		items = rt_raw_alloc((uint64_t)cap * item_size);
		if (t->items) {
			memcpy(items, t->items, (size_t)t->count * item_size);
			rt_heap_free(t->items);
		}
		t->items = items;
		t->cap = cap;
	}
	return ++t->count;
}

void *rt_table_at(const struct rt_table *t, rt_u32 item_size, rt_u32 handle)
{
	if (handle == 0 || handle > t->count)
		return NULL;
	return t->items + (size_t)(handle - 1) * item_size;
}

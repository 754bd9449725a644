/* SPDX-License-Identifier: MIT */
/*
 * Memory as programs see it: every block and copy that a head makes is counted here; what the
 * runtime needs for its own tables is not. Source: docs/spec/language.md 9.
 */
#include "lang/rt/mem.h"

#include "lang/rt/arena.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <string.h>

struct rt_hot rt;
struct rt_state rt_state;

_Noreturn void rt_out_of_memory(void)
{
	rt_trap("out of memory", NULL);
}

static void count_alloc(uint64_t size)
{
	struct rt_mem_stats *m = &rt_state.mem;

	m->alloc_calls++;
	m->bytes_alloc_total += size;
	m->live_bytes += size;
	if (m->live_bytes > m->peak_live_bytes)
		m->peak_live_bytes = m->live_bytes;
	if (++m->live_allocs > m->peak_live_allocs)
		m->peak_live_allocs = m->live_allocs;
}

rt_u8 *rt_mem_alloc(uint64_t size, bool zero)
{
	void *block;

	if (size == 0)
		return NULL;
	block = rt_heap_alloc(size, zero);
	if (!block)
		rt_out_of_memory();
	count_alloc(size);
	return block;
}

void rt_mem_adopt(const void *block)
{
	if (block)
		count_alloc(rt_heap_size(block));
}

void rt_mem_free(void *block)
{
	struct rt_mem_stats *m = &rt_state.mem;
	rt_u32 size;

	if (!block)
		return;
	size = rt_heap_size(block);
	m->free_calls++;
	m->bytes_freed_total += size;
	m->live_bytes -= size;
	m->live_allocs--;
	rt_heap_free(block);
}

static void count_realloc(uint64_t old_size, uint64_t size)
{
	struct rt_mem_stats *m = &rt_state.mem;

	m->realloc_calls++;
	m->bytes_alloc_total += size;
	m->bytes_freed_total += old_size;
	m->live_bytes += size - old_size;
	if (m->live_bytes > m->peak_live_bytes)
		m->peak_live_bytes = m->live_bytes;
}

rt_u8 *rt_mem_realloc(rt_u8 *block, rt_u32 used, uint64_t size)
{
	uint64_t old_size = rt_heap_size(block);
	rt_u8 *larger;

	/* the figures are those of new + copy + free; staying in place is only faster */
	rt_state.mem.memcpy_bytes += used;
	if (rt_heap_grow(block, size)) {
		count_realloc(old_size, size);
		return block;
	}
	larger = rt_heap_alloc(size, false);
	if (!larger)
		rt_out_of_memory();
	if (used)
		memcpy(larger, block, used);
	rt_heap_free(block);
	count_realloc(old_size, size);
	return larger;
}

void rt_copy(void *to, const void *from, rt_u32 len)
{
	if (!len)
		return;
	memcpy(to, from, len);
	rt_state.mem.memcpy_bytes += len;
}

rt_bytes rt_mem_copy(const void *from, rt_u32 len)
{
	rt_bytes b = {rt_mem_alloc(len, false), len};

	rt_copy(b.ptr, from, len);
	return b;
}

void *rt_raw_alloc(uint64_t size)
{
	void *block = rt_heap_alloc(size, true);

	if (!block)
		rt_out_of_memory();
	return block;
}

void rt_bytes_drop(rt_bytes b)
{
	rt_mem_free(b.ptr);
}

void rt_vec_drop(rt_vec v)
{
	rt_mem_free(v.ptr);
}

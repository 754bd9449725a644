/* SPDX-License-Identifier: MIT */
/* scratch_u8_fixed_v1: buffers of fixed capacity behind handles. Source: docs/spec/builtins.md 4.
 */
#include "lang/rt/scratch.h"

#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <stddef.h>

#define ERR_DOES_NOT_FIT 8u

struct scratch {
	rt_u8 *ptr; /* NULL when cap is 0 */
	rt_u32 len, cap;
	bool live;
};

static struct scratch *find(rt_u32 handle)
{
	struct scratch *s = rt_table_at(&rt_state.scratch, sizeof(struct scratch), handle);

	return s && s->live ? s : NULL;
}

static struct scratch *scratch_at(rt_u32 handle)
{
	struct scratch *s = find(handle);

	if (!s)
		rt_trap("scratch_u8_fixed invalid handle", NULL);
	return s;
}

static rt_u32 free_slot(void)
{
	for (rt_u32 h = 1; h <= rt_state.scratch.count; h++) {
		if (!find(h))
			return h;
	}
	return rt_table_add(&rt_state.scratch, sizeof(struct scratch));
}

rt_u32 rt_scratch_new(rt_u32 cap)
{
	rt_u32 handle = free_slot();
	struct scratch *s = rt_table_at(&rt_state.scratch, sizeof(struct scratch), handle);

	*s = (struct scratch){rt_mem_alloc(cap, false), 0, cap, true};
	return handle;
}

rt_u32 rt_scratch_clear(rt_u32 handle)
{
	scratch_at(handle)->len = 0;
	return handle;
}

rt_u32 rt_scratch_len(rt_u32 handle)
{
	return scratch_at(handle)->len;
}

rt_u32 rt_scratch_cap(rt_u32 handle)
{
	return scratch_at(handle)->cap;
}

rt_view rt_scratch_as_view(rt_u32 handle)
{
	const struct scratch *s = scratch_at(handle);

	return (rt_view){s->ptr, s->len};
}

rt_res_i32 rt_scratch_try_write(rt_u32 handle, rt_view v)
{
	struct scratch *s = scratch_at(handle);

	if (v.len > s->cap - s->len)
		return (rt_res_i32){0, ERR_DOES_NOT_FIT};
	if (v.len)
		rt_copy(s->ptr + s->len, v.ptr, v.len);
	s->len += v.len;
	return (rt_res_i32){1, v.len};
}

rt_u32 rt_scratch_drop(rt_u32 handle)
{
	struct scratch *s = find(handle);

	if (!s)
		return 0;
	rt_mem_free(s->ptr);
	*s = (struct scratch){0};
	return 1;
}

void rt_scratch_end(void)
{
	for (rt_u32 h = 1; h <= rt_state.scratch.count; h++)
		rt_scratch_drop(h);
	rt_state.scratch.count = 0;
}

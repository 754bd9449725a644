/* SPDX-License-Identifier: MIT */
/*
 * vec_value: growing lists of elements of one type behind handles.
 * Source: docs/spec/builtins.md 7.
 */
#include "lang/rt/value_vec.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"
#include "lang/rt/value.h"

#include <stddef.h>

struct list {
	struct rt_value *items; /* NULL when cap is 0 */
	rt_u32 len, cap;
	rt_u32 type;
};

static struct list *list_at(rt_u32 handle)
{
	struct list *l = rt_table_at(&rt_state.value_vecs, sizeof(struct list), handle);

	if (!l)
		rt_trap("vec_value invalid handle", NULL);
	return l;
}

/* u32 elements go through the heads of i32. */
static struct list *list_of(rt_u32 handle, rt_u32 type, const char *mismatch)
{
	struct list *l = list_at(handle);

	if (l->type != type && !(type == RT_VALUE_I32 && l->type == RT_VALUE_U32))
		rt_trap(mismatch, NULL);
	return l;
}

static void set_cap(struct list *l, uint64_t cap)
{
	uint64_t size = cap * sizeof(struct rt_value);

	if (l->items)
		l->items = (void *)rt_mem_realloc(
		    (rt_u8 *)l->items, (rt_u32)(l->len * sizeof(struct rt_value)), size);
	else
		l->items = (void *)rt_mem_alloc(size, false);
	l->cap = (rt_u32)cap;
}

static rt_u32 push(rt_u32 handle, struct list *l, struct rt_value v)
{
	if (l->len == l->cap)
		set_cap(l, l->cap ? 2 * (uint64_t)l->cap : 4);
	l->items[l->len++] = v;
	return handle;
}

static rt_u32 set(rt_u32 handle, const struct list *l, rt_u32 i, struct rt_value v)
{
	if (i >= l->len)
		rt_trap("vec_value.set oob", NULL);
	rt_value_drop(l->items[i]);
	l->items[i] = v;
	return handle;
}

rt_u32 rt_vec_value_with_capacity(rt_u32 type, rt_u32 cap)
{
	rt_u32 handle;
	struct list *l;

	rt_value_check_type(type);
	if (cap > RT_ALLOC_MAX / sizeof(struct rt_value))
		rt_trap("vec_value.with_capacity cap overflow", NULL);
	handle = rt_table_add(&rt_state.value_vecs, sizeof(struct list));
	l = list_at(handle);
	*l = (struct list){.type = type};
	if (cap > 0)
		set_cap(l, cap);
	return handle;
}

rt_u32 rt_vec_value_len(rt_u32 handle)
{
	return list_at(handle)->len;
}

rt_u32 rt_vec_value_reserve_exact(rt_u32 handle, rt_u32 additional)
{
	struct list *l = list_at(handle);
	uint64_t cap = (uint64_t)l->len + additional;

	if (cap > RT_ALLOC_MAX / sizeof(struct rt_value))
		rt_trap("vec_value.reserve_exact overflow", NULL);
	if (cap > l->cap)
		set_cap(l, cap);
	return handle;
}

rt_u32 rt_vec_value_pop(rt_u32 handle)
{
	struct list *l = list_at(handle);

	if (l->len > 0)
		rt_value_drop(l->items[--l->len]);
	return handle;
}

rt_u32 rt_vec_value_clear(rt_u32 handle)
{
	struct list *l = list_at(handle);

	while (l->len > 0)
		rt_value_drop(l->items[--l->len]);
	return handle;
}

rt_u32 rt_vec_value_push_i32(rt_u32 handle, rt_u32 x)
{
	struct list *l = list_of(handle, RT_VALUE_I32, "vec_value.push_i32_v1 ty mismatch");

	return push(handle, l, (struct rt_value){NULL, x});
}

rt_u32 rt_vec_value_push_bytes(rt_u32 handle, rt_bytes b)
{
	struct list *l = list_of(handle, RT_VALUE_BYTES, "vec_value.push_bytes_v1 ty mismatch");

	return push(handle, l, rt_value_of_bytes(b));
}

rt_u32 rt_vec_value_push_view(rt_u32 handle, rt_view v)
{
	struct list *l = list_of(handle, RT_VALUE_VIEW, "vec_value.push_bytes_view_v1 ty mismatch");

	return push(handle, l, rt_value_of_view(v));
}

rt_u32 rt_vec_value_get_i32(rt_u32 handle, rt_u32 i, rt_u32 otherwise)
{
	const struct list *l = list_of(handle, RT_VALUE_I32, "vec_value.get_i32_v1 ty mismatch");

	return i < l->len ? l->items[i].x : otherwise;
}

rt_bytes rt_vec_value_get_bytes(rt_u32 handle, rt_u32 i, rt_bytes otherwise)
{
	const struct list *l =
	    list_of(handle, RT_VALUE_BYTES, "vec_value.get_bytes_v1 ty mismatch");

	if (i >= l->len)
		return otherwise;
	rt_bytes_drop(otherwise);
	return rt_value_clone(l->items[i]);
}

rt_u32 rt_vec_value_set_i32(rt_u32 handle, rt_u32 i, rt_u32 x)
{
	const struct list *l = list_of(handle, RT_VALUE_I32, "vec_value.set_i32_v1 ty mismatch");

	return set(handle, l, i, (struct rt_value){NULL, x});
}

rt_u32 rt_vec_value_set_bytes(rt_u32 handle, rt_u32 i, rt_bytes b)
{
	const struct list *l =
	    list_of(handle, RT_VALUE_BYTES, "vec_value.set_bytes_v1 ty mismatch");

	return set(handle, l, i, rt_value_of_bytes(b));
}

rt_u32 rt_vec_value_set_view(rt_u32 handle, rt_u32 i, rt_view v)
{
	const struct list *l =
	    list_of(handle, RT_VALUE_VIEW, "vec_value.set_bytes_view_v1 ty mismatch");

	return set(handle, l, i, rt_value_of_view(v));
}

void rt_value_vecs_end(void)
{
	for (rt_u32 h = 1; h <= rt_state.value_vecs.count; h++) {
		rt_vec_value_clear(h);
		rt_mem_free(list_at(h)->items);
	}
	rt_state.value_vecs.count = 0;
}

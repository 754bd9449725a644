/* SPDX-License-Identifier: MIT */
/* vec_u8: growth and bulk operations; the rest is in inline.h. Source: docs/spec/builtins.md 4. */
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"

#include <string.h>

static rt_vec resize(rt_vec v, uint64_t cap)
{
	if (v.cap)
		v.ptr = rt_mem_realloc(v.ptr, v.len, cap);
	else
		v.ptr = rt_mem_alloc(cap, false);
	v.cap = (rt_u32)cap;
	return v;
}

/* Doubling from 1 until @p more bytes fit. */
static rt_vec grow(rt_vec v, rt_u32 more, const char *overflow)
{
	uint64_t need = (uint64_t)v.len + more;
	uint64_t cap = v.cap ? v.cap : 1;

	if (need > UINT32_MAX)
		rt_trap(overflow, NULL);
	if (need <= v.cap)
		return v;
	while (cap < need)
		cap *= 2;
	return resize(v, cap <= UINT32_MAX ? cap : need);
}

rt_vec rt_vec_push_grow(rt_vec v, rt_u32 x)
{
	v = grow(v, 1, "out of memory");
	v.ptr[v.len++] = (rt_u8)x;
	return v;
}

rt_vec rt_vec_u8_with_capacity(rt_u32 cap)
{
	return (rt_vec){rt_mem_alloc(cap, false), 0, cap};
}

rt_vec rt_vec_u8_reserve_exact(rt_vec v, rt_u32 additional)
{
	uint64_t need = (uint64_t)v.len + additional;

	if (need > UINT32_MAX)
		rt_trap("vec_u8.reserve_exact overflow", NULL);
	return need > v.cap ? resize(v, need) : v;
}

rt_vec rt_vec_u8_extend_zeroes(rt_vec v, rt_u32 n)
{
	v = grow(v, n, "vec_u8.extend_zeroes overflow");
	if (n)
		memset(v.ptr + v.len, 0, n);
	v.len += n;
	return v;
}

rt_vec rt_vec_u8_extend_bytes(rt_vec v, rt_view b)
{
	v = grow(v, b.len, "vec_u8.extend_bytes overflow");
	if (b.len)
		rt_copy(v.ptr + v.len, b.ptr, b.len);
	v.len += b.len;
	return v;
}

rt_vec rt_vec_u8_extend_bytes_range(rt_vec v, rt_view b, rt_u32 start, rt_u32 len)
{
	if (start > b.len || len > b.len - start)
		rt_trap("vec_u8.extend_bytes_range oob", NULL);
	return rt_vec_u8_extend_bytes(v, (rt_view){b.ptr + start, len});
}

rt_bytes rt_vec_u8_into_bytes(rt_vec v)
{
	if (v.len)
		return (rt_bytes){v.ptr, v.len};
	rt_vec_drop(v);
	return (rt_bytes){NULL, 0};
}

/* SPDX-License-Identifier: MIT */
/* bytes and views: what allocates or compares; the rest is in inline.h. Source:
 * docs/spec/builtins.md 3. */
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <string.h>

rt_bytes rt_bytes_alloc(rt_u32 len)
{
	return (rt_bytes){rt_mem_alloc(len, true), len};
}

rt_bytes rt_bytes1(rt_u32 x)
{
	rt_bytes b = {rt_mem_alloc(1, false), 1};

	b.ptr[0] = (rt_u8)x;
	return b;
}

rt_bytes rt_bytes_slice(rt_view v, rt_u32 start, rt_u32 len, const char *site)
{
	if (start > v.len || len > v.len - start)
		rt_trap("view.slice oob", site);
	return rt_mem_copy(v.ptr + start, len);
}

rt_bytes rt_bytes_copy(rt_bytes src, rt_bytes dst)
{
	if (src.len > dst.len)
		rt_trap("bytes.copy dst too small", NULL);
	rt_copy(dst.ptr, src.ptr, src.len);
	rt_bytes_drop(src);
	return dst;
}

rt_bytes rt_bytes_concat(rt_bytes a, rt_bytes b)
{
	uint64_t len = (uint64_t)a.len + b.len;
	rt_bytes out;

	if (len > UINT32_MAX)
		rt_trap("bytes.concat overflow", NULL);
	out = (rt_bytes){rt_mem_alloc(len, false), (rt_u32)len};
	rt_copy(out.ptr, a.ptr, a.len);
	if (b.len)
		rt_copy(out.ptr + a.len, b.ptr, b.len);
	rt_bytes_drop(a);
	rt_bytes_drop(b);
	return out;
}

rt_bytes rt_view_to_bytes(rt_view v)
{
	return rt_mem_copy(v.ptr, v.len);
}

rt_bytes rt_bytes_clone(rt_view v)
{
	return rt_mem_copy(v.ptr, v.len);
}

static rt_u32 remember(rt_u8 *out, rt_view v)
{
	rt_u32 n = v.len < RT_TRAILER_BYTES ? v.len : RT_TRAILER_BYTES;

	if (n)
		memcpy(out, v.ptr, n);
	return v.len;
}

static rt_u32 mismatch(rt_view a, rt_view b)
{
	struct rt_mismatch *m = &rt_state.mismatch;

	m->seen = true;
	m->got_len = remember(m->got, a);
	m->expected_len = remember(m->expected, b);
	return 0;
}

rt_u32 rt_bytes_eq(rt_view a, rt_view b)
{
	if (a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0))
		return 1;
	return mismatch(a, b);
}

rt_u32 rt_view_eq(rt_view a, rt_view b)
{
	return rt_bytes_eq(a, b);
}

rt_u32 rt_bytes_cmp_range(
    rt_view a, rt_u32 a_at, rt_u32 a_len, rt_view b, rt_u32 b_at, rt_u32 b_len)
{
	rt_u32 n = a_len < b_len ? a_len : b_len;
	int order = 0;

	if (a_at > a.len || a_len > a.len - a_at || b_at > b.len || b_len > b.len - b_at)
		rt_trap("view.cmp_range oob", NULL);
	if (n)
		order = memcmp(a.ptr + a_at, b.ptr + b_at, n);
	if (order == 0)
		order = (a_len > b_len) - (a_len < b_len);
	return order < 0 ? UINT32_MAX : order > 0;
}

rt_u32 rt_view_cmp_range(rt_view a, rt_u32 a_at, rt_u32 a_len, rt_view b, rt_u32 b_at, rt_u32 b_len)
{
	return rt_bytes_cmp_range(a, a_at, a_len, b, b_at, b_len);
}

/* SPDX-License-Identifier: MIT */
/*
 * The hot functions. The guest compiles them with external linkage (RT_INLINE empty), `cc -O2`
 * takes them into a unit as `static inline`, libtcc only needs their names. So: no includes, only
 * the types of abi.h, which stands before this text; bounds checks are one unsigned compare and a
 * branch to a call that does not return.
 * Source: docs/spec/builtins.md 3-6.
 */
#ifndef RT_INLINE_H
#define RT_INLINE_H

#ifndef RT_INLINE
#define RT_INLINE static inline
#endif

#if defined(__GNUC__) && !defined(__TINYC__)
#define RT_RARE(x) __builtin_expect(!!(x), 0)
#else
#define RT_RARE(x) (x)
#endif

rt_vec rt_vec_push_grow(rt_vec v, rt_u32 x);

/* 3. bytes and views */

RT_INLINE rt_u32 rt_bytes_len(rt_view b)
{
	return b.len;
}

RT_INLINE rt_u32 rt_bytes_get_u8(rt_view b, rt_u32 i, const char *site)
{
	if (RT_RARE(i >= b.len))
		rt_trap("view.get_u8 oob", site);
	return b.ptr[i];
}

RT_INLINE rt_bytes rt_bytes_set_u8(rt_bytes b, rt_u32 i, rt_u32 x, const char *site)
{
	if (RT_RARE(i >= b.len))
		rt_trap("bytes.set_u8 oob", site);
	b.ptr[i] = (rt_u8)x;
	return b;
}

RT_INLINE rt_bytes rt_bytes_set_u32_le(rt_bytes b, rt_u32 i, rt_u32 x, const char *site)
{
	rt_u8 *p;

	if (RT_RARE(i > b.len || b.len - i < 4))
		rt_trap("bytes.set_u8 oob", site);
	p = b.ptr + i; /* one pointer, so that gcc merges the four stores */
	p[0] = (rt_u8)x;
	p[1] = (rt_u8)(x >> 8);
	p[2] = (rt_u8)(x >> 16);
	p[3] = (rt_u8)(x >> 24);
	return b;
}

RT_INLINE rt_bytes rt_bytes_empty(void)
{
	rt_bytes b = {0, 0};

	return b;
}

RT_INLINE rt_view rt_bytes_view(rt_bytes b)
{
	rt_view v = {b.ptr, b.len};

	return v;
}

RT_INLINE rt_view rt_bytes_subview(rt_bytes b, rt_u32 start, rt_u32 len, const char *site)
{
	rt_view v;

	if (RT_RARE(start > b.len || len > b.len - start))
		rt_trap("bytes.subview oob", site);
	v.ptr = b.ptr + start;
	v.len = len;
	return v;
}

RT_INLINE rt_u32 rt_view_len(rt_view v)
{
	return v.len;
}

RT_INLINE rt_u32 rt_view_get_u8(rt_view v, rt_u32 i, const char *site)
{
	if (RT_RARE(i >= v.len))
		rt_trap("view.get_u8 oob", site);
	return v.ptr[i];
}

RT_INLINE rt_view rt_view_slice(rt_view v, rt_u32 start, rt_u32 len, const char *site)
{
	if (RT_RARE(start > v.len || len > v.len - start))
		rt_trap("view.slice oob", site);
	v.ptr += start;
	v.len = len;
	return v;
}

/* 4. vec_u8 */

RT_INLINE rt_u32 rt_vec_u8_len(rt_vec v)
{
	return v.len;
}

RT_INLINE rt_u32 rt_vec_u8_cap(rt_vec v)
{
	return v.cap;
}

RT_INLINE rt_u32 rt_vec_u8_get(rt_vec v, rt_u32 i)
{
	if (RT_RARE(i >= v.len))
		rt_trap("vec_u8.get oob", 0);
	return v.ptr[i];
}

RT_INLINE rt_vec rt_vec_u8_set(rt_vec v, rt_u32 i, rt_u32 x)
{
	if (RT_RARE(i >= v.len))
		rt_trap("vec_u8.set oob", 0);
	v.ptr[i] = (rt_u8)x;
	return v;
}

RT_INLINE rt_vec rt_vec_u8_push(rt_vec v, rt_u32 x)
{
	if (RT_RARE(v.len == v.cap))
		return rt_vec_push_grow(v, x);
	v.ptr[v.len] = (rt_u8)x;
	v.len++;
	return v;
}

RT_INLINE rt_vec rt_vec_u8_clear(rt_vec v)
{
	v.len = 0;
	return v;
}

RT_INLINE rt_view rt_vec_u8_as_view(rt_vec v)
{
	rt_view w = {v.ptr, v.len};

	return w;
}

/* 5. options */

RT_INLINE rt_opt_i32 rt_option_i32_none(void)
{
	rt_opt_i32 o = {0, 0};

	return o;
}

RT_INLINE rt_opt_i32 rt_option_i32_some(rt_u32 x)
{
	rt_opt_i32 o = {1, x};

	return o;
}

RT_INLINE rt_u32 rt_option_i32_is_some(rt_opt_i32 o)
{
	return o.tag;
}

RT_INLINE rt_u32 rt_option_i32_unwrap_or(rt_opt_i32 o, rt_u32 dflt)
{
	return o.tag ? o.value : dflt;
}

RT_INLINE rt_opt_bytes rt_option_bytes_none(void)
{
	rt_opt_bytes o = {0, {0, 0}};

	return o;
}

RT_INLINE rt_opt_bytes rt_option_bytes_some(rt_bytes b)
{
	rt_opt_bytes o;

	o.tag = 1;
	o.value = b;
	return o;
}

RT_INLINE rt_u32 rt_option_bytes_is_some(rt_opt_bytes o)
{
	return o.tag;
}

/* Frees nothing: an unused default stays the caller's (docs/spec/builtins.md 5). */
RT_INLINE rt_bytes rt_option_bytes_unwrap_or(rt_opt_bytes o, rt_bytes dflt)
{
	return o.tag ? o.value : dflt;
}

RT_INLINE rt_opt_view rt_option_bytes_view_none(void)
{
	rt_opt_view o = {0, {0, 0}};

	return o;
}

RT_INLINE rt_opt_view rt_option_bytes_view_some(rt_view v)
{
	rt_opt_view o;

	o.tag = 1;
	o.value = v;
	return o;
}

RT_INLINE rt_u32 rt_option_bytes_view_is_some(rt_opt_view o)
{
	return o.tag;
}

RT_INLINE rt_view rt_option_bytes_view_unwrap_or(rt_opt_view o, rt_view dflt)
{
	return o.tag ? o.value : dflt;
}

/* 5. results; the error code of an ok is 0 */

RT_INLINE rt_res_i32 rt_result_i32_ok(rt_u32 x)
{
	rt_res_i32 r = {1, x};

	return r;
}

RT_INLINE rt_res_i32 rt_result_i32_err(rt_u32 code)
{
	rt_res_i32 r = {0, code};

	return r;
}

RT_INLINE rt_u32 rt_result_i32_is_ok(rt_res_i32 r)
{
	return r.tag;
}

RT_INLINE rt_u32 rt_result_i32_err_code(rt_res_i32 r)
{
	return r.tag ? 0 : r.value;
}

RT_INLINE rt_u32 rt_result_i32_unwrap_or(rt_res_i32 r, rt_u32 dflt)
{
	return r.tag ? r.value : dflt;
}

RT_INLINE rt_res_bytes rt_result_bytes_ok(rt_bytes b)
{
	rt_res_bytes r;

	r.tag = 1;
	r.err = 0;
	r.value = b;
	return r;
}

RT_INLINE rt_res_bytes rt_result_bytes_err(rt_u32 code)
{
	rt_res_bytes r = {0, 0, {0, 0}};

	r.err = code;
	return r;
}

RT_INLINE rt_u32 rt_result_bytes_is_ok(rt_res_bytes r)
{
	return r.tag;
}

RT_INLINE rt_u32 rt_result_bytes_err_code(rt_res_bytes r)
{
	return r.tag ? 0 : r.err;
}

RT_INLINE rt_bytes rt_result_bytes_unwrap_or(rt_res_bytes r, rt_bytes dflt)
{
	if (!r.tag)
		return dflt;
	rt_bytes_drop(dflt);
	return r.value;
}

RT_INLINE rt_res_view rt_result_bytes_view_ok(rt_view v)
{
	rt_res_view r;

	r.tag = 1;
	r.err = 0;
	r.value = v;
	return r;
}

RT_INLINE rt_res_view rt_result_bytes_view_err(rt_u32 code)
{
	rt_res_view r = {0, 0, {0, 0}};

	r.err = code;
	return r;
}

RT_INLINE rt_u32 rt_result_bytes_view_is_ok(rt_res_view r)
{
	return r.tag;
}

RT_INLINE rt_u32 rt_result_bytes_view_err_code(rt_res_view r)
{
	return r.tag ? 0 : r.err;
}

RT_INLINE rt_view rt_result_bytes_view_unwrap_or(rt_res_view r, rt_view dflt)
{
	return r.tag ? r.value : dflt;
}

RT_INLINE rt_u32 rt_result_result_bytes_is_ok(rt_res_res_bytes r)
{
	return r.tag;
}

RT_INLINE rt_u32 rt_result_result_bytes_err_code(rt_res_res_bytes r)
{
	return r.tag ? 0 : r.err;
}

RT_INLINE rt_res_bytes rt_result_result_bytes_unwrap_or(rt_res_res_bytes r, rt_res_bytes dflt)
{
	if (!r.tag)
		return dflt;
	rt_bytes_drop(dflt.value);
	return r.value;
}

RT_INLINE rt_u32 rt_take_i32(rt_res_i32 r)
{
	return r.value;
}

RT_INLINE rt_bytes rt_take_bytes(rt_res_bytes r)
{
	return r.value;
}

RT_INLINE rt_view rt_take_view(rt_res_view r)
{
	return r.value;
}

/* 6. encoding */

RT_INLINE rt_u32 rt_codec_read_u32_le(rt_view v, rt_u32 at)
{
	const rt_u8 *p;

	if (RT_RARE(at > v.len || v.len - at < 4))
		rt_trap("codec.read_u32_le oob", 0);
	p = v.ptr + at;
	return (rt_u32)p[0] | (rt_u32)p[1] << 8 | (rt_u32)p[2] << 16 | (rt_u32)p[3] << 24;
}

RT_INLINE rt_u32 rt_prng_lcg_next_u32(rt_u32 state)
{
	return state * 1103515245u + 12345u;
}

#endif

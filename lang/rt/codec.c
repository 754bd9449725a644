/* SPDX-License-Identifier: MIT */
/* Numbers to bytes and back. Source: docs/spec/builtins.md 6. */
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/text.h"

#include <stddef.h>

rt_bytes rt_codec_write_u32_le(rt_u32 x)
{
	rt_bytes b = {rt_mem_alloc(4, false), 4};

	for (unsigned i = 0; i < 4; i++)
		b.ptr[i] = (rt_u8)(x >> (8 * i));
	return b;
}

rt_bytes rt_fmt_u32_to_dec(rt_u32 x)
{
	char text[20];

	return rt_mem_copy(text, rt_dec(text, x));
}

rt_bytes rt_fmt_s32_to_dec(rt_u32 x)
{
	char text[21] = "-";

	if (x <= INT32_MAX)
		return rt_fmt_u32_to_dec(x);
	return rt_mem_copy(text, 1 + rt_dec(text + 1, 0u - x));
}

rt_u32 rt_parse_u32_dec(rt_view v)
{
	rt_u64 value = 0;

	if (v.len == 0)
		rt_trap("parse.u32_dec empty", NULL);
	for (rt_u32 i = 0; i < v.len; i++) {
		rt_u8 c = v.ptr[i];

		if (c < '0' || c > '9')
			rt_trap("parse.u32_dec non-digit", NULL);
		value = value * 10 + (c - '0');
		if (value > UINT32_MAX)
			rt_trap("parse.u32_dec overflow", NULL);
	}
	return (rt_u32)value;
}

rt_u32 rt_parse_u32_dec_at(rt_view v, rt_u32 at)
{
	if (at > v.len)
		rt_trap("parse.u32_dec_at oob", NULL);
	return rt_parse_u32_dec((rt_view){v.ptr + at, v.len - at});
}

/* SPDX-License-Identifier: MIT */
/* Small text helpers without stdio. */
#include "lang/rt/rt_priv.h"

unsigned rt_dec(char *out, uint64_t x)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + x % 10);
	while ((x /= 10) != 0);
	for (unsigned i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return n;
}

/* Length of the UTF-8 sequence at @p p, 0 when there is none. Source: Unicode 15, table 3-7. */
static rt_u32 utf8_len(const rt_u8 *p, rt_u32 left)
{
	rt_u8 low = 0x80, high = 0xBF;
	rt_u32 n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (left < n)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (rt_u32 i = 2; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	}
	return n;
}

bool rt_utf8_valid(rt_view text)
{
	for (rt_u32 i = 0; i < text.len;) {
		rt_u32 n = utf8_len(text.ptr + i, text.len - i);

		if (!n)
			return false;
		i += n;
	}
	return true;
}

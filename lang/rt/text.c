/* SPDX-License-Identifier: MIT */
/* Small text helpers without stdio. */
#include "lang/rt/text.h"
#include "lang/rt/decide.h"

#include "lang/rt/protos.h"

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

bool rt_utf8_valid(rt_view text)
{
	return rt_decide_utf8(text.ptr, text.len);
}

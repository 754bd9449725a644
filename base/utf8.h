/* SPDX-License-Identifier: MIT */
/* UTF-8: one well-formed sequence at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Length of the well-formed UTF-8 sequence at @p at, not reading at @p end or behind.
 * @return 1..4, or 0 when there is none: overlong, surrogate, over U+10FFFF or cut short.
 * Source: Unicode 15, table 3-7.
 */
static inline size_t utf8_sequence(const unsigned char *at, const unsigned char *end)
{
	size_t left = (size_t)(end - at);
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t len = 0;

	if (left == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xC2 || at[0] > 0xF4)
		return 0;
	len = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
	if (left < len)
		return 0;
	if (at[0] == 0xE0)
		low = 0xA0;
	if (at[0] == 0xED)
		high = 0x9F;
	if (at[0] == 0xF0)
		low = 0x90;
	if (at[0] == 0xF4)
		high = 0x8F;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (at[i] < 0x80 || at[i] > 0xBF)
			return 0;
	}
	return len;
}

/**
 * True for a sequence of @p len bytes (as utf8_sequence says) that is no text for a terminal: it
 * would move the cursor, colour what follows, or show it in another order. C0 and C1 controls,
 * DEL, U+202A..U+202E, U+2066..U+2069.
 * Source: ECMA-48; Unicode 15, 23.2 and UAX #9.
 */
static inline bool utf8_is_control(const unsigned char *at, size_t len)
{
	if (len == 1)
		return *at < 0x20 || *at == 0x7f;
	if (len == 2)
		return at[0] == 0xc2 && at[1] < 0xa0;
	if (len != 3 || at[0] != 0xe2)
		return false;
	return (at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
	       (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

#endif

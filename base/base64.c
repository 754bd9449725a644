/* SPDX-License-Identifier: MIT */
/*
 * Base64 to and from a buffer. The decoder takes exactly what the encoder writes.
 * Source: RFC 4648, section 4; the strictness is its section 3.5.
 */
#include "base/base64.h"

#include "base/buf.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_put_base64(struct buf *b, const void *data, size_t len)
{
	const unsigned char *in = data;
	size_t groups = len / 3 + (len % 3 != 0);
	char *out = NULL;

	if (len == 0)
		return;
	out = groups > SIZE_MAX / 4 ? NULL : buf_reserve(b, groups * 4);
	if (out == NULL) {
		b->overflow = true;
		return;
	}
	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)in[i] << 16;

		if (i + 1 < len)
			bits |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < len)
			bits |= in[i + 2];
		*out++ = alphabet[bits >> 18];
		*out++ = alphabet[bits >> 12 & 63];
		*out++ = '=';
		*out++ = '=';
		if (i + 1 < len)
			out[-2] = alphabet[bits >> 6 & 63];
		if (i + 2 < len)
			out[-1] = alphabet[bits & 63];
	}
	b->len += groups * 4;
	b->data[b->len] = '\0';
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One group of four characters, of which the last @p pad are '='. */
static bool decode_group(const char *text, size_t pad, unsigned char out[3])
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i < 4 - pad ? digit(text[i]) : 0;

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
	}
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	/* Bits that no byte takes must be zero, or two texts would mean the same bytes. */
	return (bits & ((1U << (8 * pad)) - 1)) == 0;
}

bool buf_add_base64_decoded(struct buf *b, const char *text, size_t len)
{
	size_t old = b->len;
	size_t pad = 0;
	unsigned char *out = NULL;

	while (len > 0 && is_space(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_space(text[len - 1]))
		len--;
	if (len == 0)
		return true;
	if (len % 4 != 0)
		return false;
	pad =
	    (size_t)(text[len - 1] == '=') + (size_t)(text[len - 1] == '=' && text[len - 2] == '=');
	out = buf_reserve(b, len / 4 * 3 - pad);
	if (out == NULL)
		return false;
	for (size_t i = 0; i < len; i += 4) {
		unsigned char group[3];
		size_t group_pad = i + 4 == len ? pad : 0;

		if (!decode_group(text + i, group_pad, group)) {
			b->data[old] = '\0';
			return false;
		}
		memcpy(out, group, 3 - group_pad);
		out += 3 - group_pad;
	}
	b->len += len / 4 * 3 - pad;
	b->data[b->len] = '\0';
	return true;
}

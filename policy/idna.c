/* SPDX-License-Identifier: MIT */
/*
 * The ASCII form of a name in other letters, for the message that refuses it. Only letters that
 * every mapping leaves as they are (small, composed, no variants) are converted: a suggestion that
 * names another host than the one that was meant would be worse than none.
 * Source: RFC 3492 (Punycode), RFC 5890.
 */
#include "policy/net.h"

#include "base/attr.h"
#include "base/utf8.h"

#include <string.h>

#define LABEL_MAX 63
#define BASE 36u

struct letters {
	uint32_t first, last;
};

static const struct letters stable[] = {{0xe0, 0xf6}, {0xf8, 0xff}, {0x3ac, 0x3c1}, {0x3c3, 0x3ce},
    {0x430, 0x45f}, {0x5d0, 0x5ea}, {0x620, 0x63f}, {0x3041, 0x3094}, {0x30a1, 0x30fa},
    {0x4e00, 0x9fff}, {0xac00, 0xd7a3}};

static bool is_stable(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	for (size_t i = 0; i < ARRAY_LEN(stable); i++) {
		if (c >= stable[i].first && c <= stable[i].last)
			return true;
	}
	return false;
}

/* Code points of a label; 0 when one is not stable or there are too many. */
static uint32_t decode(uint32_t out[LABEL_MAX], const char *label, size_t len)
{
	const unsigned char *at = (const unsigned char *)label, *end = at + len;
	uint32_t n = 0;

	while (at < end) {
		size_t step = utf8_sequence(at, end);
		uint32_t c = step == 1 ? at[0] : step == 2 ? at[0] & 0x1fu : at[0] & 0x0fu;

		if (step == 0 || step > 3 || n == LABEL_MAX)
			return 0;
		for (size_t i = 1; i < step; i++)
			c = c << 6 | (at[i] & 0x3fu);
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (!is_stable(c))
			return 0;
		out[n++] = c;
		at += step;
	}
	return n;
}

/* RFC 3492, 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / 700 : delta / 2;
	delta += delta / points;
	for (; delta > 455; k += BASE)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

static char digit(uint32_t d)
{
	return (char)(d < 26 ? 'a' + d : '0' + d - 26);
}

/* One variable-length integer; false when there is no room. */
static bool put_integer(char *out, size_t *len, uint32_t q, uint32_t bias)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;

		if (*len == LABEL_MAX)
			return false;
		if (q < t) {
			out[(*len)++] = digit(q);
			return true;
		}
		out[(*len)++] = digit(t + (q - t) % (BASE - t));
		q = (q - t) / (BASE - t);
	}
}

static uint32_t next_point(const uint32_t *points, uint32_t count, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < count; i++) {
		if (points[i] >= from && points[i] < least)
			least = points[i];
	}
	return least;
}

/* RFC 3492, 6.3; the numbers are small enough (63 points below 2^16) never to overflow. */
static bool encode(char *out, size_t *len, const uint32_t *points, uint32_t count)
{
	uint32_t n = 0x80, delta = 0, bias = 72, done = 0, basic = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (points[i] < 0x80)
			out[(*len)++] = (char)points[i];
		if (*len == LABEL_MAX)
			return false;
	}
	done = basic = (uint32_t)*len - 4; /* behind "xn--" */
	if (basic > 0)
		out[(*len)++] = '-';
	for (; done < count; n++, delta++) {
		uint32_t m = next_point(points, count, n);

		delta += (m - n) * (done + 1);
		n = m;
		for (uint32_t i = 0; i < count; i++) {
			delta += points[i] < n;
			if (points[i] != n)
				continue;
			if (!put_integer(out, len, delta, bias))
				return false;
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
	return true;
}

static bool add_label(char out[POLICY_HOST_MAX + 1], size_t *at, const char *label, size_t len)
{
	uint32_t points[LABEL_MAX], count = decode(points, label, len);
	char text[LABEL_MAX + 1] = "xn--";
	size_t n = 4;
	bool ascii = true;

	for (uint32_t i = 0; i < count; i++)
		ascii = ascii && points[i] < 0x80;
	if (count == 0)
		return false;
	for (n = ascii ? 0 : 4; ascii && n < count; n++)
		text[n] = (char)points[n];
	if ((!ascii && !encode(text, &n, points, count)) || *at + n > POLICY_HOST_MAX)
		return false;
	memcpy(out + *at, text, n);
	*at += n;
	out[*at] = '\0';
	return true;
}

bool policy_host_ascii(char out[POLICY_HOST_MAX + 1], const char *host, size_t len)
{
	char text[POLICY_HOST_MAX + 1] = "";
	size_t at = 0;

	for (;;) {
		const char *dot = memchr(host, '.', len);
		size_t n = dot ? (size_t)(dot - host) : len;

		if (!add_label(text, &at, host, n))
			return false;
		if (!dot)
			break;
		if (at == POLICY_HOST_MAX)
			return false;
		text[at++] = '.';
		text[at] = '\0';
		host += n + 1;
		len -= n + 1;
	}
	memcpy(out, text, sizeof(text));
	return true;
}

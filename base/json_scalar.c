/* SPDX-License-Identifier: MIT */
/*
 * Strings and numbers of the JSON reader. A string without escapes stays where it is in the text;
 * one with escapes is decoded into the arena.
 * Source: RFC 8259, sections 6, 7 and 8.
 */
#include "base/json_scalar_priv.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

int json_fail(struct json_reader *r, const char *at, const char *message)
{
	r->fault.offset = (uint32_t)(at - r->start);
	(void)snprintf(r->fault.message, sizeof(r->fault.message), "%s", message);
	return ERR_FORMAT;
}

int json_limit(struct json_reader *r, const char *message)
{
	r->fault.offset = (uint32_t)(r->at - r->start);
	(void)snprintf(r->fault.message, sizeof(r->fault.message), "%s", message);
	return ERR_LIMIT;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* unescaped = %x20-21 / %x23-5B / %x5D-10FFFF: up to a quote, an escape or a fault. */
static int scan_plain(struct json_reader *r)
{
	const char *at = r->at;

	for (;;) {
		unsigned char c = 0;
		size_t len = 0;

		if (at == r->end)
			return json_fail(r, at, "unexpected end");
		c = (unsigned char)*at;
		if (c == '"' || c == '\\')
			break;
		if (c < 0x20)
			return json_fail(r, at, "control character in a string");
		if (c < 0x80) {
			at++;
			continue;
		}
		len = utf8_sequence((const unsigned char *)at, (const unsigned char *)r->end);
		if (len == 0)
			return json_fail(r, at, "not UTF-8");
		at += len;
	}
	r->at = at;
	return 0;
}

/* Four hexadecimal digits of the escape that starts at @p from. */
static int read_hex4(struct json_reader *r, const char *from, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++, r->at++) {
		int d = 0;

		if (r->at == r->end)
			return json_fail(r, r->at, "unexpected end");
		d = hex_digit(*r->at);
		if (d < 0)
			return json_fail(r, from, "bad \\u escape");
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return 0;
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xC0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xE0 | c >> 12);
		} else {
			*to++ = (char)(0xF0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3F));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
	}
	*to++ = (char)(0x80 | (c & 0x3F));
	return to;
}

/* uXXXX or the pair uD8xx \uDCxx; half a pair is refused because it has no UTF-8. */
static int read_unicode(struct json_reader *r, const char *from, char **to)
{
	uint32_t high = 0;
	uint32_t low = 0;
	int rc = read_hex4(r, from, &high);

	if (rc < 0)
		return rc;
	if (high >= 0xD800 && high <= 0xDBFF) {
		if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
			return json_fail(r, from, "half a surrogate pair");
		r->at += 2;
		rc = read_hex4(r, r->at - 2, &low);
		if (rc < 0)
			return rc;
		if (low < 0xDC00 || low > 0xDFFF)
			return json_fail(r, from, "half a surrogate pair");
		high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	} else if (high >= 0xDC00 && high <= 0xDFFF) {
		return json_fail(r, from, "half a surrogate pair");
	}
	*to = put_utf8(*to, high);
	return 0;
}

/* escape = "\" ( quote / "\" / "/" / b / f / n / r / t / uXXXX ); r->at is at the backslash. */
static int read_escape(struct json_reader *r, char **to)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *from = r->at;
	const char *found = NULL;

	if (r->end - r->at < 2)
		return json_fail(r, r->end, "unexpected end");
	if (from[1] == 'u') {
		r->at += 2;
		return read_unicode(r, from, to);
	}
	found = memchr(names, from[1], sizeof(names) - 1);
	if (found == NULL)
		return json_fail(r, from, "unknown escape");
	*(*to)++ = values[found - names];
	r->at += 2;
	return 0;
}

/* Bytes up to the closing quote: at least as many as the decoded text. NULL when there is none. */
static const char *find_quote(const struct json_reader *r)
{
	for (const char *at = r->at; at < r->end; at++) {
		if (*at == '"')
			return at;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

/* From the first escape on: copy plain runs, decode escapes. */
static int decode(struct json_reader *r, const char *from, struct str *out)
{
	const char *quote = find_quote(r);
	char *text = NULL;
	char *to = NULL;

	/* Without an end there is a fault, and the loop below finds where the first one is. */
	if (quote == NULL)
		quote = r->end;
	text = arena_alloc(r->arena, (size_t)(quote - from) + 1);
	if (text == NULL)
		return json_limit(r, "document too large");
	memcpy(text, from, (size_t)(r->at - from));
	to = text + (r->at - from);
	while (*r->at != '"') {
		const char *run = NULL;
		int rc = read_escape(r, &to);

		if (rc < 0)
			return rc;
		run = r->at;
		rc = scan_plain(r);
		if (rc < 0)
			return rc;
		memcpy(to, run, (size_t)(r->at - run));
		to += r->at - run;
	}
	*out = (struct str){text, (uint32_t)(to - text)};
	return 0;
}

int json_read_string(struct json_reader *r, struct str *out)
{
	const char *from = ++r->at;
	int rc = scan_plain(r);

	if (rc < 0)
		return rc;
	if (*r->at == '"') {
		*out = (struct str){from, (uint32_t)(r->at - from)};
	} else {
		rc = decode(r, from, out);
		if (rc < 0)
			return rc;
	}
	r->at++;
	return 0;
}

static bool at_digit(const struct json_reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* 1*DIGIT. */
static int read_digits(struct json_reader *r)
{
	if (r->at == r->end)
		return json_fail(r, r->at, "unexpected end");
	if (!at_digit(r))
		return json_fail(r, r->at, "expected a digit");
	while (at_digit(r))
		r->at++;
	return 0;
}

/* [ frac ] [ exp ]; @p found says whether there was one. */
static int read_fraction(struct json_reader *r, bool *found)
{
	int rc = 0;

	if (r->at < r->end && *r->at == '.') {
		*found = true;
		r->at++;
		rc = read_digits(r);
		if (rc < 0)
			return rc;
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		*found = true;
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
			r->at++;
		rc = read_digits(r);
	}
	return rc;
}

/* The value of "-"digits or digits when int64 holds it; counted downwards, as INT64_MIN needs. */
static bool to_int64(const char *at, const char *end, int64_t *out)
{
	bool minus = *at == '-';
	int64_t v = 0;

	for (at += minus; at < end; at++) {
		if (__builtin_mul_overflow(v, (int64_t)10, &v) ||
		    __builtin_sub_overflow(v, (int64_t)(*at - '0'), &v))
			return false;
	}
	/* "-0" is no integer: an int64 would lose its sign. */
	if (minus && v == 0)
		return false;
	*out = v;
	return minus || !__builtin_sub_overflow((int64_t)0, v, out);
}

/* number = [ minus ] int [ frac ] [ exp ] */
int json_read_number(struct json_reader *r, struct json_number *out)
{
	const char *from = r->at;
	bool fraction = false;
	const char *first = NULL;
	int rc = 0;

	if (*r->at == '-')
		r->at++;
	first = r->at;
	rc = read_digits(r);
	if (rc < 0)
		return rc;
	if (*first == '0' && r->at - first > 1)
		return json_fail(r, first, "leading zero");
	rc = read_fraction(r, &fraction);
	if (rc < 0)
		return rc;
	out->is_int = !fraction && to_int64(from, r->at, &out->integer);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Reading and ordering of versions (pkg/version.h). The grammar lines are those of Semantic
 * Versioning 2.0.0.
 */
#include "pkg/version.h"

#include <string.h>

/* What is still to be read, and why it cannot be. */
struct cursor {
	const char *at, *end;
	const char *fault; /* static storage */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_identifier_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool fail(struct cursor *c, const char *fault)
{
	c->fault = fault;
	return false;
}

/* <numeric identifier> ::= "0" | <positive digit> <digits>; must fit 64 bits. */
static const char *number_fault(uint64_t *out, struct str digits)
{
	uint64_t value = 0;

	if (digits.len > 1 && digits.ptr[0] == '0')
		return "a number starts with 0";
	for (uint32_t i = 0; i < digits.len; i++) {
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(digits.ptr[i] - '0'), &value))
			return "a number does not fit 64 bits";
	}
	*out = value;
	return NULL;
}

static bool read_number(struct cursor *c, uint64_t *out)
{
	const char *start = c->at;

	while (c->at < c->end && is_digit(*c->at))
		c->at++;
	if (c->at == start)
		return fail(c, "three numbers divided by dots are needed");
	c->fault = number_fault(out, (struct str){start, (uint32_t)(c->at - start)});
	return c->fault == NULL;
}

static bool read_char(struct cursor *c, char want)
{
	if (c->at == c->end || *c->at != want)
		return false;
	c->at++;
	return true;
}

/* <version core> ::= <major> "." <minor> "." <patch> */
static bool read_core(struct cursor *c, struct pkg_version *v)
{
	return read_number(c, &v->major) &&
	       (read_char(c, '.') || fail(c, "three numbers divided by dots are needed")) &&
	       read_number(c, &v->minor) &&
	       (read_char(c, '.') || fail(c, "three numbers divided by dots are needed")) &&
	       read_number(c, &v->patch);
}

static bool is_number(struct str id)
{
	for (uint32_t i = 0; i < id.len; i++) {
		if (!is_digit(id.ptr[i]))
			return false;
	}
	return id.len > 0;
}

/*
 * <dot-separated pre-release identifiers>, and those of the build, which may start with 0: not
 * empty, [0-9A-Za-z-].
 */
static bool read_identifiers(struct cursor *c, struct str *out, bool pre)
{
	const char *start = c->at;

	do {
		const char *id = c->at;
		struct str text;
		uint64_t ignored;

		while (c->at < c->end && is_identifier_char(*c->at))
			c->at++;
		text = (struct str){id, (uint32_t)(c->at - id)};
		if (!text.len)
			return fail(c, "an identifier behind - or + is empty");
		if (pre && is_number(text)) {
			c->fault = number_fault(&ignored, text);
			if (c->fault)
				return false;
		}
	} while (read_char(c, '.'));
	*out = (struct str){start, (uint32_t)(c->at - start)};
	return true;
}

/* <valid semver> ::= <core> [ "-" <pre-release> ] [ "+" <build> ] */
static bool read_version(struct cursor *c, struct pkg_version *v)
{
	if (!read_core(c, v))
		return false;
	if (read_char(c, '-') && !read_identifiers(c, &v->pre, true))
		return false;
	if (read_char(c, '+') && !read_identifiers(c, &v->build, false))
		return false;
	return c->at == c->end || fail(c, "unexpected character");
}

int pkg_version_parse(struct pkg_version *out, struct str text, struct err *err)
{
	struct cursor c = {.at = text.ptr, .end = text.ptr + text.len};
	struct pkg_version v = {.pre = STR(""), .build = STR("")};

	if (text.len > PKG_VERSION_MAX)
		return err_set(err, ERR_FORMAT, "version is longer than %d characters: %.*s...",
		    PKG_VERSION_MAX, PKG_VERSION_MAX, text.ptr);
	if (!read_version(&c, &v))
		return err_set(err, ERR_FORMAT, "not a version: \"%.*s\": %s", (int)text.len,
		    text.ptr, c.fault);
	*out = v;
	return 0;
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Numbers by value and below texts; texts by bytes. Item 11.4. */
static int cmp_identifier(struct str a, struct str b)
{
	bool a_number = is_number(a), b_number = is_number(b);

	if (a_number != b_number)
		return a_number ? -1 : 1;
	/* Without leading zeros the longer number is the larger one. */
	if (a_number && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return str_cmp(a, b);
}

static struct str next_identifier(struct str *rest)
{
	const char *dot = memchr(rest->ptr, '.', rest->len);
	struct str id = *rest;

	if (!dot) {
		*rest = STR("");
		return id;
	}
	id.len = (uint32_t)(dot - rest->ptr);
	*rest = (struct str){dot + 1, rest->len - id.len - 1};
	return id;
}

static int cmp_pre(struct str a, struct str b)
{
	if (!a.len || !b.len) /* a release is above its pre-releases */
		return (a.len == 0) - (b.len == 0);
	while (a.len && b.len) {
		int order = cmp_identifier(next_identifier(&a), next_identifier(&b));

		if (order)
			return order;
	}
	return (a.len > 0) - (b.len > 0);
}

bool pkg_version_same_release(const struct pkg_version *a, const struct pkg_version *b)
{
	return a->major == b->major && a->minor == b->minor && a->patch == b->patch;
}

int pkg_version_cmp(const struct pkg_version *a, const struct pkg_version *b)
{
	int order = cmp_u64(a->major, b->major);

	if (!order)
		order = cmp_u64(a->minor, b->minor);
	if (!order)
		order = cmp_u64(a->patch, b->patch);
	return order ? order : cmp_pre(a->pre, b->pre);
}

bool pkg_name_is_valid(struct str name)
{
	if (!name.len || name.len > PKG_NAME_MAX || name.ptr[0] < 'a' || name.ptr[0] > 'z')
		return false;
	for (uint32_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '_' && c != '-')
			return false;
	}
	return true;
}

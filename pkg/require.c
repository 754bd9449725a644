/* SPDX-License-Identifier: MIT */
/* Requirements of pkg/require.h: reading and checking. */
#include "pkg/require.h"

#include <string.h>

static const struct {
	const char *text;
	enum pkg_op op;
} operators[] = {
    {">=", PKG_OP_GE},
    {"<=", PKG_OP_LE},
    {">", PKG_OP_GT},
    {"<", PKG_OP_LT},
    {"=", PKG_OP_EQ},
    {"", PKG_OP_EQ},
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str skip(struct str s, uint32_t n)
{
	return (struct str){s.ptr + n, s.len - n};
}

static struct str skip_space(struct str s)
{
	while (s.len && is_space(s.ptr[0]))
		s = skip(s, 1);
	return s;
}

/* <condition> ::= [ ">=" | "<=" | ">" | "<" | "=" ] <version> */
static int parse_condition(struct pkg_condition *out, struct str text, struct err *err)
{
	uint32_t i = 0;
	size_t len;

	for (;; i++) {
		len = strlen(operators[i].text);
		if (text.len >= len && memcmp(text.ptr, operators[i].text, len) == 0)
			break;
	}
	out->op = operators[i].op;
	text = skip(text, (uint32_t)len);
	if (!text.len)
		return err_set(
		    err, ERR_FORMAT, "no version directly behind \"%s\"", operators[i].text);
	if (strchr("^~*", text.ptr[0]))
		return err_set(err, ERR_FORMAT,
		    "\"%.*s\": `%c` is not part of requirements; write a range as "
		    "`>=1.2.3 <2.0.0`",
		    (int)(text.len < 80 ? text.len : 80), text.ptr, text.ptr[0]);
	return pkg_version_parse(&out->version, text, err);
}

/* The text up to the next white space or comma; both, and what stands between, are skipped. */
static struct str next_token(struct str *rest)
{
	struct str token = *rest;
	uint32_t n = 0;

	while (n < rest->len && !is_space(rest->ptr[n]) && rest->ptr[n] != ',')
		n++;
	token.len = n;
	*rest = skip(*rest, n);
	while (rest->len && rest->ptr[0] == ',')
		*rest = skip(*rest, 1);
	*rest = skip_space(*rest);
	return token;
}

/* <requirement> ::= <condition> { ( <spaces> | ","+ [ <spaces> ] ) <condition> } [ ","+ ] */
int pkg_requirement_parse(struct pkg_requirement *out, struct str text, struct err *err)
{
	struct pkg_requirement r = {.count = 0};
	struct str rest = skip_space(text);

	if (!rest.len)
		return err_set(err, ERR_FORMAT, "a requirement is empty");
	while (rest.len) {
		int rc;

		if (r.count == PKG_REQUIREMENT_CLAUSES_MAX)
			return err_set(err, ERR_LIMIT, "more than %d conditions in a requirement",
			    PKG_REQUIREMENT_CLAUSES_MAX);
		rc = parse_condition(&r.items[r.count++], next_token(&rest), err);
		if (rc < 0)
			return err_wrap(err, "requirement");
	}
	*out = r;
	return 0;
}

static bool condition_holds(const struct pkg_condition *c, const struct pkg_version *v)
{
	int order = pkg_version_cmp(v, &c->version);

	switch (c->op) {
	case PKG_OP_EQ:
		return order == 0;
	case PKG_OP_GE:
		return order >= 0;
	case PKG_OP_LE:
		return order <= 0;
	case PKG_OP_GT:
		return order > 0;
	case PKG_OP_LT:
		return order < 0;
	}
	return false;
}

bool pkg_requirement_holds(const struct pkg_requirement *r, const struct pkg_version *v)
{
	for (uint32_t i = 0; i < r->count; i++) {
		if (!condition_holds(&r->items[i], v))
			return false;
	}
	return true;
}

bool pkg_requirement_names_pre(const struct pkg_requirement *r, const struct pkg_version *v)
{
	for (uint32_t i = 0; i < r->count; i++) {
		const struct pkg_version *named = &r->items[i].version;

		if (named->pre.len && pkg_version_same_release(named, v))
			return true;
	}
	return false;
}

bool pkg_requirement_is_exact(const struct pkg_requirement *r)
{
	return r->count == 1 && r->items[0].op == PKG_OP_EQ;
}

int pkg_spec_split(struct str *name, struct str *requirement, struct str text, struct err *err)
{
	const char *at = memchr(text.ptr, '@', text.len);
	struct str head = text;
	struct str tail = STR("");

	if (at) {
		head.len = (uint32_t)(at - text.ptr);
		tail = skip_space(skip(text, head.len + 1));
	}
	if (!pkg_name_is_valid(head))
		return err_set(err, ERR_FORMAT, "not a package name: \"%.*s\"",
		    (int)(head.len < 80 ? head.len : 80), head.ptr);
	if (at && !tail.len)
		return err_set(
		    err, ERR_FORMAT, "no version behind \"%.*s@\"", (int)head.len, head.ptr);
	*name = head;
	*requirement = tail;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Name rules of source files: module ids, symbols, brands, locals, types. Source:
 * docs/spec/language.md 1.
 */
#include "lang/ast/names_priv.h"

#include "lang/ast/fault_priv.h"
#include "lang/ast/member_priv.h"

#include <string.h>

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Code points of the Unicode property White_Space. Source: Unicode, PropList.txt. */
static bool is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* One code point of text that the JSON reader has checked to be UTF-8. */
static uint32_t next_code_point(struct str s, uint32_t *at)
{
	unsigned char c = (unsigned char)s.ptr[(*at)++];
	uint32_t more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	uint32_t v = more == 0 ? c : c & (0x3fu >> more);

	for (; more > 0 && *at < s.len; more--)
		v = v << 6 | ((unsigned char)s.ptr[(*at)++] & 0x3fu);
	return v;
}

bool ast_has_whitespace(struct str s)
{
	for (uint32_t at = 0; at < s.len;) {
		if (is_space(next_code_point(s, &at)))
			return true;
	}
	return false;
}

struct str ast_trimmed(struct str s)
{
	while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0 && strchr(" \t\r\n", s.ptr[s.len - 1]) != NULL)
		s.len--;
	return s;
}

/* [A-Za-z_][A-Za-z0-9_-]* separated by dots */
static int check_dotted(
    struct ast_loader *l, const struct ast_module *m, const struct json *v, const char *what)
{
	struct str s = v->text;
	bool start = true;

	for (uint32_t i = 0; i <= s.len; i++) {
		char c = '.';

		if (i < s.len)
			c = s.ptr[i];
		if (c == '.' && start)
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "invalid %s (empty segment): \"%.*s\"", what, (int)s.len, s.ptr);
		if (c != '.' && start && !is_alpha(c) && c != '_')
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "invalid %s segment start (must be [A-Za-z_]): \"%.*s\"", what,
			    (int)s.len, s.ptr);
		if (c != '.' && !is_alpha(c) && !is_digit(c) && c != '_' && c != '-')
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "invalid %s segment char (allowed [A-Za-z0-9_-]): \"%.*s\"", what,
			    (int)s.len, s.ptr);
		start = c == '.';
	}
	return 0;
}

/* [A-Za-z_][A-Za-z0-9_]*, without the leading underscore for types */
static int check_plain(struct ast_loader *l, const struct ast_module *m, enum ast_name_rule rule,
    const struct json *v, const char *what)
{
	struct str s = v->text;
	bool underscore = rule == AST_NAME_LOCAL;

	if (s.len == 0 || !(is_alpha(s.ptr[0]) || (underscore && s.ptr[0] == '_')))
		return ast_fault(l, m, LANG_CODE_SHAPE, v,
		    "invalid %s start (must be [A-Za-z%s]): \"%.*s\"", what, underscore ? "_" : "",
		    (int)s.len, s.ptr);
	for (uint32_t i = 1; i < s.len; i++) {
		if (!is_alpha(s.ptr[i]) && !is_digit(s.ptr[i]) && s.ptr[i] != '_')
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "invalid %s char (allowed [A-Za-z0-9_]): \"%.*s\"", what, (int)s.len,
			    s.ptr);
	}
	return 0;
}

int ast_check_name(struct ast_loader *l, const struct ast_module *m, enum ast_name_rule rule,
    const struct json *v, const char *what)
{
	struct str unused;
	int rc = ast_need_string(l, m, &unused, v, what);

	if (rc < 0)
		return rc;
	return rule == AST_NAME_DOTTED ? check_dotted(l, m, v, what)
				       : check_plain(l, m, rule, v, what);
}

/* `mono` and stream names belong to what the compiler itself generates. */
static bool is_reserved(struct str name)
{
	static const char *const marks[] = {"__x07_mono_v1__", ".__std_stream_pipe_v1_"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (memmem(name.ptr, name.len, marks[i], strlen(marks[i])) != NULL)
			return true;
	}
	return false;
}

static bool has_prefix(struct str name, struct str module)
{
	return name.len > module.len + 1 && memcmp(name.ptr, module.ptr, module.len) == 0 &&
	       name.ptr[module.len] == '.';
}

int ast_decl_name(struct ast_loader *l, struct ast_module *m, struct str *out,
    const struct json *decl, bool prefixed)
{
	const struct json *v;
	int rc = ast_need_member(l, m, &v, decl, "name", JSON_STRING);

	if (rc < 0)
		return rc;
	rc = ast_check_name(l, m, AST_NAME_DOTTED, v, "symbol");
	if (rc < 0)
		return rc;
	if (prefixed && !has_prefix(v->text, m->id))
		return ast_fault(l, m, LANG_CODE_SHAPE, v,
		    "name must start with \"%.*s.\": \"%.*s\"", (int)m->id.len, m->id.ptr,
		    (int)v->text.len, v->text.ptr);
	if (is_reserved(v->text))
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "reserved function name: \"%.*s\"",
		    (int)v->text.len, v->text.ptr);
	*out = v->text;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* A small validator for JSON Schema. Source: JSON Schema draft 2020-12, validation. */
#include "tests/unit/policy/schema_check.h"

#include "tests/support/support.h"

#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

/* What \s means in ECMA-262, beside ASCII: the members of Unicode's Zs, and three more. */
#define WIDE_SPACES                                                                                \
	"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028"     \
	"\u2029\u202f\u205f\u3000\ufeff"

/* A bracket expression: in POSIX a backslash stands for itself, `]` comes first and `-` last. */
static const char *add_bracket(struct buf *out, const char *p)
{
	CLEANUP(buf_clear) struct buf set = buf_init(4096);
	bool closing = false, dash = false;
	unsigned code = 0;

	buf_putc(out, '[');
	if (*p == '^')
		buf_putc(out, *p++);
	for (; *p != ']'; p++) {
		if (p[0] == '\\' && p[1] == 's') {
			buf_puts(&set, " \t\n\v\f\r" WIDE_SPACES);
			p++;
		} else if (p[0] == '\\' && p[1] == 'u') {
			ck_assert_int_eq(sscanf(p + 2, "%4x", &code), 1);
			buf_putc(&set, (char)(code == 0 ? 1 : code)); /* NUL is asked before */
			p += 5;
		} else if (p[0] == '\\' && p[1] == ']') {
			closing = true;
			p++;
		} else if (p[0] == '-' && p[1] == ']') {
			dash = true;
		} else {
			p += *p == '\\';
			buf_putc(&set, *p);
		}
	}
	if (closing)
		buf_putc(out, ']');
	buf_puts(out, buf_str(&set));
	if (dash)
		buf_putc(out, '-');
	buf_putc(out, ']');
	return p + 1;
}

bool schema_matches(const char *pattern, const char *text)
{
	CLEANUP(buf_clear) struct buf posix = buf_init(1 << 16);
	regex_t regex;
	bool matches = false;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	for (const char *p = pattern; *p != '\0';) {
		if (*p == '[') {
			p = add_bracket(&posix, p + 1);
		} else if (strncmp(p, "(?:", 3) == 0) {
			buf_putc(&posix, '(');
			p += 3;
		} else {
			if (*p == '\\')
				buf_putc(&posix, *p++);
			buf_putc(&posix, *p++);
		}
	}
	ck_assert_int_eq(regcomp(&regex, posix.data, REG_EXTENDED | REG_NOSUB), 0);
	matches = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return matches;
}

static bool fault(struct buf *pointer, const struct json *v)
{
	json_pointer(pointer, v);
	return false;
}

static bool is_type(const char *type, const struct json *v)
{
	if (strcmp(type, "boolean") == 0)
		return v->kind == JSON_TRUE || v->kind == JSON_FALSE;
	return strcmp(type, json_kind_name(v)) == 0;
}

static int64_t number(const struct json *schema, const char *key, int64_t otherwise)
{
	const struct json *v = json_get(schema, key);

	return v != NULL ? v->integer : otherwise;
}

static bool check_string(const struct json *schema, const struct json *v)
{
	const struct json *pattern = json_get(schema, "pattern");
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 20), form = buf_init(4096);
	int64_t chars = 0;

	for (uint32_t i = 0; i < v->text.len; i++)
		chars += ((unsigned char)v->text.ptr[i] & 0xc0) != 0x80;
	if (chars < number(schema, "minLength", 0) || chars > number(schema, "maxLength", chars))
		return false;
	if (pattern == NULL)
		return true;
	if (memchr(v->text.ptr, '\0', v->text.len) != NULL)
		return false; /* no pattern of ours takes NUL */
	buf_add(&text, v->text.ptr, v->text.len);
	buf_add(&form, pattern->text.ptr, pattern->text.len);
	return schema_matches(form.data, text.len != 0 ? text.data : "");
}

static bool check_array(const struct json *schema, const struct json *v, struct buf *pointer)
{
	const struct json *items = json_get(schema, "items");

	if ((int64_t)v->count < number(schema, "minItems", 0) ||
	    (int64_t)v->count > number(schema, "maxItems", v->count))
		return fault(pointer, v);
	for (uint32_t i = 0; i < v->count; i++) {
		if (!schema_accepts(items, &v->items[i], pointer))
			return false;
	}
	return true;
}

static const struct json *property(const struct json *schema, struct str name)
{
	const struct json *all = json_get(schema, "properties");

	for (uint32_t i = 0; all != NULL && i < all->count; i++) {
		if (str_eq(all->items[i].key, name))
			return &all->items[i];
	}
	return NULL;
}

static bool check_object(const struct json *schema, const struct json *v, struct buf *pointer)
{
	const struct json *required = json_get(schema, "required");

	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *own = property(schema, v->items[i].key);

		if (own == NULL)
			return fault(pointer, &v->items[i]);
		if (!schema_accepts(own, &v->items[i], pointer))
			return false;
	}
	for (uint32_t i = 0; required != NULL && i < required->count; i++) {
		bool there = false;

		for (uint32_t n = 0; n < v->count; n++)
			there = there || str_eq(v->items[n].key, required->items[i].text);
		if (!there)
			return fault(pointer, v);
	}
	return true;
}

static void check_keywords(const struct json *schema)
{
	static const char *const known[] = {"$id", "$schema", "additionalProperties", "const",
	    "default", "description", "items", "maxItems", "maxLength", "maximum", "minItems",
	    "minLength", "minimum", "pattern", "properties", "required", "type"};

	for (uint32_t i = 0; i < schema->count; i++) {
		bool is = false;

		for (size_t n = 0; n < ARRAY_LEN(known); n++)
			is = is || str_eq_c(schema->items[i].key, known[n]);
		ck_assert_msg(
		    is, "keyword %.*s", (int)schema->items[i].key.len, schema->items[i].key.ptr);
	}
}

bool schema_accepts(const struct json *schema, const struct json *v, struct buf *pointer)
{
	const struct json *type = json_get(schema, "type"), *value = json_get(schema, "const");
	char name[16];

	check_keywords(schema);
	if (value != NULL)
		return (v->kind == JSON_STRING && str_eq(value->text, v->text)) ||
		       fault(pointer, v);
	(void)snprintf(name, sizeof(name), "%.*s", (int)type->text.len, type->text.ptr);
	if (!is_type(name, v))
		return fault(pointer, v);
	if (v->kind == JSON_INT && (v->integer < number(schema, "minimum", INT64_MIN) ||
				       v->integer > number(schema, "maximum", INT64_MAX)))
		return fault(pointer, v);
	if (v->kind == JSON_STRING && !check_string(schema, v))
		return fault(pointer, v);
	if (v->kind == JSON_ARRAY)
		return check_array(schema, v, pointer);
	return v->kind != JSON_OBJECT || check_object(schema, v, pointer);
}

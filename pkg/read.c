/* SPDX-License-Identifier: MIT */
/* The typed members of pkg/read_priv.h. */
#include "pkg/read_priv.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

static struct jsondoc_at at_key(const struct json *v)
{
	return (struct jsondoc_at){.value = v, .at_key = true};
}

static int by_key(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;
	int order = str_cmp((*x)->key, (*y)->key);

	if (order)
		return order;
	return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

/* Sorted, because a hostile document may have very many members. */
static void check_duplicates(struct pkg_reader *r, const struct json *object)
{
	AUTO_FREE const struct json **members = base_calloc(object->count, sizeof(void *));
	char quoted[JSONDOC_QUOTED_SIZE];

	for (uint32_t i = 0; i < object->count; i++)
		members[i] = &object->items[i];
	qsort(members, object->count, sizeof(void *), by_key);
	for (uint32_t i = 1; i < object->count; i++) {
		if (str_eq(members[i]->key, members[i - 1]->key))
			jsondoc_fault(&r->doc, at_key(members[i]), "keep one of them",
			    "field %s is there twice", jsondoc_quote(quoted, members[i]->key));
	}
}

bool pkg_read_is_object(struct pkg_reader *r, const struct json *v, const char *what)
{
	if (v->kind != JSON_OBJECT) {
		jsondoc_fault(&r->doc, pkg_at(v), NULL, "%s must be an object, not %s", what,
		    json_kind_name(v));
		return false;
	}
	if (v->count > 1)
		check_duplicates(r, v);
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str trim(struct str s)
{
	while (s.len && is_space(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool is_separator(char c)
{
	return c == '/' || c == '\\';
}

static bool has_parent_component(struct str s)
{
	for (uint32_t i = 0; i + 1 < s.len; i++) {
		bool starts = i == 0 || is_separator(s.ptr[i - 1]);
		bool ends = i + 2 == s.len || is_separator(s.ptr[i + 2]);

		if (starts && ends && s.ptr[i] == '.' && s.ptr[i + 1] == '.')
			return true;
	}
	return false;
}

/* Relative: no leading `/` or `\`, no drive, no `..`. Source: docs/spec/run-and-policy.md 6.3. */
static const char *path_fault(struct str s)
{
	if (is_separator(s.ptr[0]) || (s.len > 1 && s.ptr[1] == ':'))
		return "must be relative to the project";
	if (has_parent_component(s))
		return "must not contain `..`";
	if (path_enters_version_control(s.ptr, s.len))
		return "must not lead into a folder of version control";
	return NULL;
}

static const char *sha256_fault(struct str s)
{
	for (uint32_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return "must be 64 lower-case hexadecimal digits";
	}
	return s.len == 64 ? NULL : "must be 64 lower-case hexadecimal digits";
}

static const char *text_fault(struct str s, unsigned flags)
{
	if (!s.len)
		return "is empty";
	if (memchr(s.ptr, '\0', s.len))
		return "contains a NUL character";
	if (flags & PKG_REL_PATH)
		return path_fault(s);
	return flags & PKG_SHA256 ? sha256_fault(s) : NULL;
}

const char *pkg_read_text(
    struct pkg_reader *r, const struct json *v, const char *what, unsigned flags)
{
	char quoted[JSONDOC_QUOTED_SIZE];
	const char *fault;
	struct str s;

	if (v->kind != JSON_STRING) {
		jsondoc_fault(&r->doc, pkg_at(v), NULL, "`%s` must be a string, not %s", what,
		    json_kind_name(v));
		return NULL;
	}
	s = trim(v->text);
	fault = text_fault(s, flags);
	if (fault) {
		jsondoc_fault(&r->doc, pkg_at(v), NULL, "`%s` %s: %s", what, fault,
		    jsondoc_quote(quoted, v->text));
		return NULL;
	}
	return arena_strndup(r->arena, s.ptr, s.len);
}

/* The member, or NULL when it is absent, with a fault when it must be there. */
static const struct json *member(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags)
{
	const struct json *v = json_get(object, name);

	if (v && v->kind == JSON_NULL && (flags & PKG_NULLABLE))
		return NULL;
	if (!v && (flags & PKG_REQUIRED))
		jsondoc_fault(&r->doc, pkg_at(object), NULL, "missing field `%s`", name);
	return v;
}

const char *pkg_read_string(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags)
{
	const struct json *v = member(r, object, name, flags);

	if (!v)
		return NULL;
	if (!(flags & PKG_REQUIRED) && v->kind == JSON_STRING && trim(v->text).len == 0)
		return NULL;
	return pkg_read_text(r, v, name, flags);
}

bool pkg_read_u64(struct pkg_reader *r, const struct json *object, const char *name, uint64_t *out)
{
	const struct json *v = member(r, object, name, 0);

	if (!v)
		return false;
	if (v->kind == JSON_INT && v->integer >= 0) {
		*out = (uint64_t)v->integer;
		return true;
	}
	jsondoc_fault(&r->doc, pkg_at(v), NULL, "`%s` must be an integer, 0 or more", name);
	return false;
}

bool pkg_read_bool(struct pkg_reader *r, const struct json *object, const char *name, bool *out)
{
	const struct json *v = member(r, object, name, 0);

	if (!v)
		return false;
	if (v->kind == JSON_TRUE || v->kind == JSON_FALSE) {
		*out = v->kind == JSON_TRUE;
		return true;
	}
	jsondoc_fault(&r->doc, pkg_at(v), NULL, "`%s` must be true or false, not %s", name,
	    json_kind_name(v));
	return false;
}

const struct json *pkg_read_array(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags)
{
	const struct json *v = member(r, object, name, flags);

	if (!v || v->kind == JSON_ARRAY)
		return v;
	jsondoc_fault(
	    &r->doc, pkg_at(v), NULL, "`%s` must be an array, not %s", name, json_kind_name(v));
	return NULL;
}

const struct json *pkg_read_object(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags)
{
	const struct json *v = member(r, object, name, flags);

	return v && pkg_read_is_object(r, v, name) ? v : NULL;
}

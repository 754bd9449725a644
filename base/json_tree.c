/* SPDX-License-Identifier: MIT */
/*
 * Questions to a parsed document: members, pointers, positions. Nothing here allocates from the
 * arena or changes a value.
 */
#include "base/json.h"

#include <string.h>

const struct json *json_get(const struct json *object, const char *name)
{
	struct str wanted;

	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	wanted = str_c(name);
	for (uint32_t i = object->count; i > 0; i--) {
		if (str_eq(object->items[i - 1].key, wanted))
			return &object->items[i - 1];
	}
	return NULL;
}

bool json_is(const struct json *v, const char *text)
{
	return v != NULL && v->kind == JSON_STRING && str_eq_c(v->text, text);
}

/* RFC 6901, section 3: '~' is written "~0" and '/' is written "~1". */
static void add_escaped(struct buf *out, struct str key)
{
	for (uint32_t i = 0; i < key.len; i++) {
		if (key.ptr[i] == '~')
			buf_puts(out, "~0");
		else if (key.ptr[i] == '/')
			buf_puts(out, "~1");
		else
			buf_putc(out, key.ptr[i]);
	}
}

/* As deep as the document, which json_parse bounded. */
void json_pointer(struct buf *out, const struct json *v)
{
	if (v == NULL || v->parent == NULL)
		return;
	json_pointer(out, v->parent);
	buf_putc(out, '/');
	if (v->parent->kind == JSON_OBJECT)
		add_escaped(out, v->key);
	else
		buf_printf(out, "%u", v->index);
}

void json_position(const char *text, size_t len, uint32_t offset, uint32_t *line, uint32_t *column)
{
	const char *at = text;
	const char *stop = text + (offset < len ? offset : len);
	uint32_t lines = 1;

	for (;;) {
		const char *newline = at < stop ? memchr(at, '\n', (size_t)(stop - at)) : NULL;

		if (newline == NULL)
			break;
		lines++;
		at = newline + 1;
	}
	*line = lines;
	*column = (uint32_t)(stop - at) + 1;
}

const char *json_kind_name(const struct json *v)
{
	static const char *const names[] = {
	    [JSON_NULL] = "null",
	    [JSON_FALSE] = "boolean",
	    [JSON_TRUE] = "boolean",
	    [JSON_INT] = "integer",
	    [JSON_NUMBER] = "number",
	    [JSON_STRING] = "string",
	    [JSON_ARRAY] = "array",
	    [JSON_OBJECT] = "object",
	};

	return v->kind < ARRAY_LEN(names) ? names[v->kind] : "null";
}

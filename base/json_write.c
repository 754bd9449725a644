/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer. It cannot fail by itself: a full buffer, or nesting over the maximum, is the
 * sticky `overflow` of the buffer. Invalid UTF-8 becomes U+FFFD, one for each offending byte.
 * Source: RFC 8259, section 7 for what must be escaped.
 */
#include "base/json_write.h"

#include "base/base64.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct jsonw jsonw_init(struct buf *out, bool pretty)
{
	struct jsonw w = {.out = out, .pretty = pretty, .first = {true}};

	return w;
}

static void newline(struct jsonw *w)
{
	if (!w->pretty)
		return;
	buf_putc(w->out, '\n');
	for (uint32_t i = 0; i < w->depth; i++)
		buf_puts(w->out, "  ");
}

/* Comma, line break and indentation in front of a value or a key. */
static void before_value(struct jsonw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (!w->first[w->depth])
		buf_putc(w->out, ',');
	w->first[w->depth] = false;
	newline(w);
}

static void open_container(struct jsonw *w, char c)
{
	before_value(w);
	buf_putc(w->out, c);
	if (w->depth + 1 == ARRAY_LEN(w->first)) {
		/* Counting stops with the array; the text is lost, and the buffer says so. */
		w->out->overflow = true;
		return;
	}
	w->first[++w->depth] = true;
}

static void close_container(struct jsonw *w, char c)
{
	bool empty = w->first[w->depth];

	if (w->depth > 0)
		w->depth--;
	if (!empty)
		newline(w);
	buf_putc(w->out, c);
}

void jsonw_object(struct jsonw *w)
{
	open_container(w, '{');
}

void jsonw_end_object(struct jsonw *w)
{
	close_container(w, '}');
}

void jsonw_array(struct jsonw *w)
{
	open_container(w, '[');
}

void jsonw_end_array(struct jsonw *w)
{
	close_container(w, ']');
}

static void put_escaped(struct buf *out, unsigned c)
{
	static const char controls[] = "\b\t\n\f\r\"\\";
	static const char names[] = "btnfr\"\\";
	const char *found = c != 0 && c < 0x80 ? strchr(controls, (int)c) : NULL;

	if (found != NULL) {
		buf_putc(out, '\\');
		buf_putc(out, names[found - controls]);
	} else {
		buf_printf(out, "\\u%04x", c);
	}
}

/* RFC 8259, 7; and for terminals what they may obey. */
static bool must_escape(const unsigned char *at, size_t len, bool for_terminal)
{
	if (*at < 0x20 || *at == '"' || *at == '\\')
		return true;
	return for_terminal && utf8_is_control(at, len);
}

/* Of one to three bytes: what must_escape names has no more. */
static unsigned code_point(const unsigned char *at, size_t len)
{
	if (len == 1)
		return *at;
	if (len == 2)
		return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
	return (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
}

static void put_quoted(struct jsonw *w, const char *text, size_t len)
{
	struct buf *out = w->out;
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;
	const unsigned char *run = at;

	buf_putc(out, '"');
	while (at < end) {
		size_t step = utf8_sequence(at, end);

		if (step > 0 && !must_escape(at, step, w->for_terminal)) {
			at += step;
			continue;
		}
		buf_add(out, run, (size_t)(at - run));
		if (step == 0)
			buf_puts(out, "\xEF\xBF\xBD");
		else
			put_escaped(out, code_point(at, step));
		at += step > 0 ? step : 1;
		run = at;
	}
	buf_add(out, run, (size_t)(at - run));
	buf_putc(out, '"');
}

static void key_n(struct jsonw *w, const char *key, size_t len)
{
	before_value(w);
	put_quoted(w, key, len);
	buf_puts(w->out, w->pretty ? ": " : ":");
	w->after_key = true;
}

void jsonw_key(struct jsonw *w, const char *key)
{
	key_n(w, key, strlen(key));
}

void jsonw_string(struct jsonw *w, const char *text)
{
	jsonw_string_n(w, text, text != NULL ? strlen(text) : 0);
}

void jsonw_string_n(struct jsonw *w, const char *text, size_t len)
{
	before_value(w);
	if (text == NULL)
		buf_puts(w->out, "null");
	else
		put_quoted(w, text, len);
}

void jsonw_int(struct jsonw *w, int64_t v)
{
	before_value(w);
	buf_printf(w->out, "%" PRId64, v);
}

void jsonw_uint(struct jsonw *w, uint64_t v)
{
	before_value(w);
	buf_printf(w->out, "%" PRIu64, v);
}

void jsonw_bool(struct jsonw *w, bool v)
{
	before_value(w);
	buf_puts(w->out, v ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
	before_value(w);
	buf_puts(w->out, "null");
}

void jsonw_base64(struct jsonw *w, const void *data, size_t len)
{
	before_value(w);
	buf_putc(w->out, '"');
	buf_put_base64(w->out, data, len);
	buf_putc(w->out, '"');
}

void jsonw_kv_string(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_string(w, text);
}

void jsonw_kv_int(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

void jsonw_kv_bool(struct jsonw *w, const char *key, bool v)
{
	jsonw_key(w, key);
	jsonw_bool(w, v);
}

static int cmp_members(const void *left, const void *right)
{
	const struct json *a = *(const struct json *const *)left;
	const struct json *b = *(const struct json *const *)right;
	int order = str_cmp(a->key, b->key);

	/* Equal keys keep their order: the last one is the one that counts. */
	return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static void put_members(struct jsonw *w, const struct json *v, bool sorted)
{
	AUTO_FREE const struct json **members = base_calloc(v->count, sizeof(struct json *));

	for (uint32_t i = 0; i < v->count; i++)
		members[i] = &v->items[i];
	if (sorted && v->count > 1)
		qsort(members, v->count, sizeof(struct json *), cmp_members);
	jsonw_object(w);
	for (uint32_t i = 0; i < v->count && !w->out->overflow; i++) {
		key_n(w, members[i]->key.ptr, members[i]->key.len);
		jsonw_value(w, members[i], sorted);
	}
	jsonw_end_object(w);
}

static void put_items(struct jsonw *w, const struct json *v, bool sorted)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < v->count && !w->out->overflow; i++)
		jsonw_value(w, &v->items[i], sorted);
	jsonw_end_array(w);
}

/* The recursion ends with the nesting the writer can hold: over it, overflow stops the loops. */
void jsonw_value(struct jsonw *w, const struct json *v, bool sorted)
{
	switch ((enum json_kind)v->kind) {
	case JSON_NULL:
		jsonw_null(w);
		return;
	case JSON_FALSE:
	case JSON_TRUE:
		jsonw_bool(w, v->kind == JSON_TRUE);
		return;
	case JSON_INT:
		jsonw_int(w, v->integer);
		return;
	case JSON_NUMBER:
		before_value(w);
		buf_add(w->out, v->text.ptr, v->text.len);
		return;
	case JSON_STRING:
		jsonw_string_n(w, v->text.ptr, v->text.len);
		return;
	case JSON_ARRAY:
		put_items(w, v, sorted);
		return;
	case JSON_OBJECT:
		put_members(w, v, sorted);
		return;
	}
}

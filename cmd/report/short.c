/* SPDX-License-Identifier: MIT */
/*
 * The report for a terminal, made from the whole one: whatever report.c prints, this file never
 * needs to know a field. Source: docs/format/run-report.md.
 */
#include "cmd/report/short.h"

#include "base/attr.h"
#include "base/json.h"
#include "base/near.h"

#include <stdio.h>
#include <string.h>

#define LINE_WIDTH 96
#define SHORT_ARENA_MAX (64u << 20)
#define SHORT_TEXT_MAX (64u << 20) /* longer reports are printed whole */

static bool is_one_of(const struct json *v, const char *names)
{
	char name[32];

	if (v->key.len >= sizeof(name))
		return false;
	memcpy(name, v->key.ptr, v->key.len);
	name[v->key.len] = '\0';
	return near_is_choice(names, name);
}

/* Whether a member says nothing that a person on a terminal would miss. */
static bool is_noise(const struct json *v)
{
	if (v->parent == NULL || v->parent->kind != JSON_OBJECT)
		return false;
	if (is_one_of(v, "ok|exit_code|exit_status|solve_output_b64"))
		return false;
	if (is_one_of(v, "stdout_b64|stderr_b64|sched_trace_hash"))
		return true;
	switch ((enum json_kind)v->kind) {
	case JSON_NULL:
		return true;
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER:
		return false;
	case JSON_INT:
		return v->integer == 0;
	case JSON_STRING:
		return v->text.len == 0;
	case JSON_ARRAY:
		return v->count == 0;
	case JSON_OBJECT:
		break;
	}
	for (uint32_t i = 0; i < v->count; i++) {
		if (!is_noise(&v->items[i]))
			return false;
	}
	return true;
}

/* A container as it is written here, on one line or many; scalars as everywhere. */
static void short_value(struct jsonw *w, const struct json *v)
{
	bool object = v->kind == JSON_OBJECT;

	if (!object && v->kind != JSON_ARRAY) {
		jsonw_value(w, v, false);
		return;
	}
	if (object)
		jsonw_object(w);
	else
		jsonw_array(w);
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];
		CLEANUP(buf_clear) struct buf key = buf_init(65536);

		if (is_noise(item))
			continue;
		if (object) {
			buf_add(&key, item->key.ptr, item->key.len);
			jsonw_key(w, buf_str(&key));
		}
		short_value(w, item);
	}
	if (object)
		jsonw_end_object(w);
	else
		jsonw_end_array(w);
}

/* `"key": value`, all on one line. */
static void flat_member(struct buf *out, const struct json *v)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	if (v->parent != NULL && v->parent->kind == JSON_OBJECT) {
		jsonw_string_n(&w, v->key.ptr, v->key.len);
		buf_puts(out, ": ");
		w = jsonw_init(out, false);
		w.for_terminal = true;
	}
	short_value(&w, v);
}

static void lines(struct buf *out, const struct json *v, uint32_t depth);

/* Where the next member goes: behind the last one, or on a line of its own. */
static void place_member(struct buf *out, const struct json *v, uint32_t depth, size_t *column)
{
	CLEANUP(buf_clear) struct buf flat = buf_init(SHORT_TEXT_MAX);
	size_t indent = (size_t)2 * depth;
	bool is_scalar = v->kind != JSON_OBJECT && v->kind != JSON_ARRAY;
	bool fits;

	flat_member(&flat, v);
	fits = is_scalar || indent + flat.len <= LINE_WIDTH;
	/* Top members keep a line each: scripts and eyes find them there. */
	if (depth > 1 && *column > 0 && fits && *column + flat.len + 3 <= LINE_WIDTH) {
		buf_printf(out, ", ");
		*column += 2;
	} else {
		buf_printf(out, "%s\n%*s", *column > 0 ? "," : "", (int)indent, "");
		*column = indent;
	}
	if (fits)
		buf_add(out, flat.data, flat.len);
	else
		lines(out, v, depth);
	*column += fits ? flat.len : LINE_WIDTH;
}

/* A container with as many members on a line as fit; with its key, when it has one. */
static void lines(struct buf *out, const struct json *v, uint32_t depth)
{
	bool object = v->kind == JSON_OBJECT;
	size_t column = 0;

	if (v->parent != NULL && v->parent->kind == JSON_OBJECT) {
		struct jsonw w = jsonw_init(out, false);

		w.for_terminal = true;
		jsonw_string_n(&w, v->key.ptr, v->key.len);
		buf_puts(out, ": ");
	}
	buf_putc(out, object ? '{' : '[');
	for (uint32_t i = 0; i < v->count; i++) {
		if (!is_noise(&v->items[i]))
			place_member(out, &v->items[i], depth + 1, &column);
	}
	/* Only the whole document is closed on a line of its own: a screen has few. */
	buf_printf(out, "%s%c", depth == 0 ? "\n" : "", object ? '}' : ']');
}

void report_shorten(struct buf *out, const struct buf *full)
{
	const struct json_options options = {.max_depth = 64, .max_nodes = 100000};
	struct arena arena;
	const struct json *doc = NULL;
	struct json_fault fault;

	arena_init(&arena, SHORT_ARENA_MAX);
	if (full->len <= SHORT_TEXT_MAX &&
	    json_parse(&doc, &arena, buf_str(full), full->len, &options, &fault) == 0 &&
	    doc->kind == JSON_OBJECT) {
		lines(out, doc, 0);
		buf_putc(out, '\n');
	} else {
		buf_add(out, full->data, full->len);
	}
	arena_clear(&arena);
}

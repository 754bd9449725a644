/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader: one pass without recursion. Values are pushed on a stack; when an array or an
 * object closes, its children move to the arena in one piece. Strings and numbers are
 * base/json_scalar.c, looking things up is base/json_tree.c.
 */
#include "base/json.h"
#include "base/json_scalar_priv.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX_NODES ((uint32_t)2000000)
#define NO_CONTAINER UINT32_MAX

static void skip_space(struct json_reader *r)
{
	while (
	    r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

/* A new value on the stack with the pending key; the stack never outgrows what the arena may hold.
 */
static struct json *push(struct json_reader *r, enum json_kind kind, const char *from)
{
	struct json *v = NULL;

	if (r->nodes == r->max_nodes)
		return NULL;
	r->nodes++;
	r->stack = base_grow(r->stack, &r->cap, r->top + 1, sizeof(*r->stack));
	v = &r->stack[r->top++];
	*v = (struct json){.kind = (uint8_t)kind,
	    .offset = (uint32_t)(from - r->start),
	    .key = r->key,
	    .key_offset = r->key_offset};
	r->key = (struct str){0};
	r->key_offset = 0;
	return v;
}

static int push_literal(struct json_reader *r, const char *word, enum json_kind kind)
{
	const char *from = r->at;
	size_t len = strlen(word);
	struct json *v = NULL;

	for (size_t i = 0; i < len; i++, r->at++) {
		if (r->at == r->end)
			return json_fail(r, r->at, "unexpected end");
		if (*r->at != word[i])
			return json_fail(r, from, "unexpected word");
	}
	v = push(r, kind, from);
	if (v == NULL)
		return json_limit(r, "too many values");
	v->end = (uint32_t)(r->at - r->start);
	return 0;
}

static int push_string(struct json_reader *r)
{
	struct str text = {0};
	const char *from = r->at;
	struct json *v = NULL;
	int rc = json_read_string(r, &text);

	if (rc < 0)
		return rc;
	v = push(r, JSON_STRING, from);
	if (v == NULL)
		return json_limit(r, "too many values");
	v->end = (uint32_t)(r->at - r->start);
	v->text = text;
	return 0;
}

static int push_number(struct json_reader *r)
{
	const char *from = r->at;
	struct json_number number = {0};
	struct json *v = NULL;
	int rc = json_read_number(r, &number);

	if (rc < 0)
		return rc;
	v = push(r, number.is_int ? JSON_INT : JSON_NUMBER, from);
	if (v == NULL)
		return json_limit(r, "too many values");
	v->end = (uint32_t)(r->at - r->start);
	if (number.is_int)
		v->integer = number.integer;
	else
		v->text = (struct str){from, (uint32_t)(r->at - from)};
	return 0;
}

/* Open a container. While it is open its `integer` holds the position of the one around it. */
static int push_open(struct json_reader *r, enum json_kind kind)
{
	struct json *v = NULL;
	char text[64];

	if (r->depth == r->max_depth) {
		(void)snprintf(text, sizeof(text), "nested too deeply: more than %u levels",
		    (unsigned)r->max_depth);
		return json_fail(r, r->at, text);
	}
	v = push(r, kind, r->at);
	if (v == NULL)
		return json_limit(r, "too many values");
	v->integer = r->open;
	r->open = (uint32_t)(r->top - 1);
	r->depth++;
	r->at++;
	return 0;
}

/* The children of @p v have their final address now: tell their own children. */
static void adopt(const struct json *v)
{
	struct json *items = NULL;

	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT)
		return;
	items = (struct json *)v->items;
	for (uint32_t i = 0; i < v->count; i++)
		items[i].parent = v;
}

/* Close the innermost container, whose last character is at r->at. */
static int close_open(struct json_reader *r)
{
	struct json *v = &r->stack[r->open];
	size_t count = r->top - r->open - 1;
	struct json *items = NULL;

	if (count > 0) {
		items = arena_alloc(r->arena, count * sizeof(*items));
		if (items == NULL)
			return json_limit(r, "document too large");
		memcpy(items, v + 1, count * sizeof(*items));
	}
	for (size_t i = 0; i < count; i++) {
		items[i].index = (uint32_t)i;
		adopt(&items[i]);
	}
	r->top = (size_t)r->open + 1;
	r->open = (uint32_t)v->integer;
	r->depth--;
	r->at++;
	v->items = items;
	v->count = (uint32_t)count;
	v->end = (uint32_t)(r->at - r->start);
	return 0;
}

/* member = string name-separator value (RFC 8259, section 4); up to the colon and spaces behind. */
static int read_key(struct json_reader *r)
{
	const char *from = NULL;
	int rc = 0;

	skip_space(r);
	from = r->at;
	if (r->at == r->end)
		return json_fail(r, r->at, "unexpected end");
	if (*r->at != '"')
		return json_fail(r, r->at, "expected a member name in quotes");
	rc = json_read_string(r, &r->key);
	if (rc < 0)
		return rc;
	r->key_offset = (uint32_t)(from - r->start);
	skip_space(r);
	if (r->at == r->end)
		return json_fail(r, r->at, "unexpected end");
	if (*r->at != ':')
		return json_fail(r, r->at, "expected ':' behind a member name");
	r->at++;
	return 0;
}

static int push_value(struct json_reader *r)
{
	if (r->at == r->end)
		return json_fail(r, r->at, "unexpected end");
	switch (*r->at) {
	case '{':
		return push_open(r, JSON_OBJECT);
	case '[':
		return push_open(r, JSON_ARRAY);
	case '"':
		return push_string(r);
	case 't':
		return push_literal(r, "true", JSON_TRUE);
	case 'f':
		return push_literal(r, "false", JSON_FALSE);
	case 'n':
		return push_literal(r, "null", JSON_NULL);
	default:
		if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
			return push_number(r);
		return json_fail(r, r->at, "expected a value");
	}
}

static char closer(const struct json_reader *r)
{
	return r->stack[r->open].kind == JSON_OBJECT ? '}' : ']';
}

/*
 * Behind a value or an opening bracket: close what closes, and stop where the next value starts
 * (1) or behind the root (0).
 */
static int to_next_value(struct json_reader *r)
{
	while (r->open != NO_CONTAINER) {
		bool empty = r->top == (size_t)r->open + 1;
		bool object = r->stack[r->open].kind == JSON_OBJECT;
		int rc = 0;

		skip_space(r);
		if (r->at == r->end)
			return json_fail(r, r->at, "unexpected end");
		if (*r->at == closer(r)) {
			rc = close_open(r);
			if (rc < 0)
				return rc;
			continue;
		}
		if (!empty && *r->at != ',')
			return json_fail(
			    r, r->at, object ? "expected ',' or '}'" : "expected ',' or ']'");
		r->at += !empty;
		rc = object ? read_key(r) : 0;
		return rc < 0 ? rc : 1;
	}
	return 0;
}

static int read_document(struct json_reader *r)
{
	int more = 1;

	if (r->end - r->at >= 3 && memcmp(r->at, "\xEF\xBB\xBF", 3) == 0)
		return json_fail(r, r->at, "byte order mark");
	while (more == 1) {
		int rc = 0;

		skip_space(r);
		rc = push_value(r);
		if (rc < 0)
			return rc;
		more = to_next_value(r);
	}
	if (more < 0)
		return more;
	skip_space(r);
	if (r->at != r->end)
		return json_fail(r, r->at, "something behind the value");
	return 0;
}

/* Every value ends up in the arena, so what it cannot hold need not go on the stack first. */
static uint32_t node_limit(const struct arena *arena, const struct json_options *options)
{
	uint32_t limit = options->max_nodes > 0 ? options->max_nodes : DEFAULT_MAX_NODES;
	size_t fits = 0;

	if (arena->max == 0)
		return limit;
	if (arena->used < arena->max)
		fits = (arena->max - arena->used) / sizeof(struct json);
	return fits < limit ? (uint32_t)fits : limit;
}

static int read_to_arena(const struct json **out, struct json_reader *r)
{
	struct json *root = NULL;
	int rc = read_document(r);

	if (rc < 0)
		return rc;
	root = arena_alloc(r->arena, sizeof(*root));
	if (root == NULL)
		return json_limit(r, "document too large");
	*root = r->stack[0];
	adopt(root);
	*out = root;
	return 0;
}

int json_parse(const struct json **out, struct arena *arena, const char *text, size_t len,
    const struct json_options *options, struct json_fault *fault)
{
	static const struct json_options none = {0};
	const struct json_options *opt = options != NULL ? options : &none;
	const char *start = len > 0 ? text : ""; /* NULL is a fair empty text */
	struct json_reader r = {
	    .start = start,
	    .at = start,
	    .end = start + len,
	    .arena = arena,
	    .open = NO_CONTAINER,
	    .max_depth = opt->max_depth > 0 ? opt->max_depth : JSON_DEPTH_MAX,
	    .max_nodes = node_limit(arena, opt),
	};
	int rc = 0;

	if (len >= UINT32_MAX)
		rc = json_limit(&r, "longer than 4 GiB");
	else
		rc = read_to_arena(out, &r);
	free(r.stack);
	if (rc < 0 && fault != NULL)
		*fault = r.fault;
	return rc;
}

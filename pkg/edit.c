/* SPDX-License-Identifier: MIT */
/*
 * Edits of x07.json as replacements of byte ranges. The layout of what is new is read off what is
 * there: the white space of a neighbour, or that of the document.
 */
#include "pkg/edit.h"

#include "base/json.h"

#include <string.h>

/* The text being edited, parsed. */
struct document {
	struct arena arena;
	const char *text;
	size_t len;
	const struct json *root, *dependencies; /* the latter NULL when absent */
};

/* The bytes between the tokens of an object. */
struct style {
	struct str open, colon, comma, close;
};

static void document_clear(struct document *d)
{
	arena_clear(&d->arena);
}

static int document_parse(struct document *d, struct err *err)
{
	const struct json_options options = {.max_depth = 64, .max_nodes = 1u << 20};
	struct json_fault fault = {0};

	if (json_parse(&d->root, &d->arena, d->text, d->len, &options, &fault) < 0)
		return err_set(err, ERR_FORMAT, "x07.json: byte %u: %s", (unsigned)fault.offset,
		    fault.message);
	if (d->root->kind != JSON_OBJECT || !d->root->count)
		return err_set(err, ERR_FORMAT, "x07.json is not an object with members");
	d->dependencies = json_get(d->root, "dependencies");
	if (!d->dependencies)
		return 0;
	if (d->dependencies->kind != JSON_ARRAY)
		return err_set(err, ERR_FORMAT, "`dependencies` is not an array");
	for (uint32_t i = 0; i < d->dependencies->count; i++) {
		const struct json *item = &d->dependencies->items[i];

		if (item->kind != JSON_OBJECT || !item->count)
			return err_set(err, ERR_FORMAT, "`dependencies` holds what is no object");
	}
	return 0;
}

static struct str slice(const struct document *d, size_t from, size_t to)
{
	return (struct str){d->text + from, (uint32_t)(to - from)};
}

static void put(struct buf *out, struct str s)
{
	buf_add(out, s.ptr, s.len);
}

static void put_literal(struct buf *out, const char *text)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_string(&w, text);
}

/* Everything, with the bytes of one range replaced. */
static void splice(
    struct buf *out, const struct document *d, size_t from, size_t to, const struct buf *with)
{
	buf_add(out, d->text, from);
	if (with->len)
		buf_add(out, with->data, with->len);
	buf_add(out, d->text + to, d->len - to);
}

/* The first byte behind the name of a member. */
static size_t key_end(const struct document *d, const struct json *member)
{
	size_t at = member->key_offset + 1;

	while (d->text[at] != '"')
		at += d->text[at] == '\\' ? 2 : 1;
	return at + 1;
}

static struct style style_of(const struct document *d, const struct json *object)
{
	const struct json *first = &object->items[0];
	const struct json *last = &object->items[object->count - 1];
	struct style s = {.open = slice(d, object->offset + 1, first->key_offset),
	    .colon = slice(d, key_end(d, first), first->offset),
	    .close = slice(d, last->end, object->end - 1)};

	if (object->count > 1)
		s.comma = slice(d, first->end, object->items[1].key_offset);
	return s;
}

static void put_comma(struct buf *out, const struct style *s)
{
	if (s->comma.len) {
		put(out, s->comma);
		return;
	}
	buf_putc(out, ',');
	put(out, s->open);
}

static void put_member(struct buf *out, const struct style *s, const char *key, const char *value)
{
	put_literal(out, key);
	put(out, s->colon);
	put_literal(out, value);
}

static void put_object(struct buf *out, const struct style *s, const struct pkg_edit *e)
{
	buf_putc(out, '{');
	put(out, s->open);
	put_member(out, s, "name", e->name);
	put_comma(out, s);
	put_member(out, s, "version", e->version);
	put_comma(out, s);
	put_member(out, s, "path", e->path);
	put(out, s->close);
	buf_putc(out, '}');
}

/* Line break and indentation of the document's members, @p depth times; nothing on one line. */
static struct str indentation(struct document *d, const struct style *root, int depth)
{
	const char *line = memrchr(root->open.ptr, '\n', root->open.len);
	struct str unit;
	CLEANUP(buf_clear) struct buf text = buf_init(4096);

	if (!line)
		return STR("");
	unit = (struct str){line + 1, (uint32_t)(root->open.ptr + root->open.len - line - 1)};
	if (line > root->open.ptr && line[-1] == '\r')
		buf_putc(&text, '\r');
	buf_putc(&text, '\n');
	for (int i = 0; i < depth; i++)
		put(&text, unit);
	return str_c(arena_strndup(&d->arena, text.data, text.len));
}

/* An array of one, laid out like the document. */
static void put_first(struct buf *out, struct document *d, const struct pkg_edit *e)
{
	const struct style root = style_of(d, d->root);
	struct style s = {.open = indentation(d, &root, 3),
	    .colon = root.colon,
	    .close = indentation(d, &root, 2)};

	if (!s.open.len)
		s.comma = root.comma;
	buf_putc(out, '[');
	put(out, s.close);
	put_object(out, &s, e);
	put(out, indentation(d, &root, 1));
	buf_putc(out, ']');
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The name as the loader reads it: without white space around it. */
static struct str name_of(const struct json *item)
{
	const struct json *v = json_get(item, "name");
	struct str s = v && v->kind == JSON_STRING ? v->text : STR("");

	while (s.len && is_space(s.ptr[0]))
		s = (struct str){s.ptr + 1, s.len - 1};
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

#define NOWHERE UINT32_MAX

/* Index of a dependency. */
static uint32_t find(const struct document *d, const char *name)
{
	for (uint32_t i = 0; d->dependencies && i < d->dependencies->count; i++) {
		if (str_eq_c(name_of(&d->dependencies->items[i]), name))
			return i;
	}
	return NOWHERE;
}

/* Where a new name goes: before the first greater one, behind all if they are in no order. */
static uint32_t place_of(const struct json *list, const char *name)
{
	uint32_t place = list->count;

	for (uint32_t i = list->count; i > 0; i--) {
		struct str this = name_of(&list->items[i - 1]);

		if (i > 1 && str_cmp(name_of(&list->items[i - 2]), this) > 0)
			return list->count;
		if (str_cmp(this, str_c(name)) > 0)
			place = i - 1;
	}
	return place;
}

static void insert(struct buf *out, struct document *d, const struct pkg_edit *e)
{
	CLEANUP(buf_clear) struct buf with = buf_init(out->max);
	const struct json *list = d->dependencies;
	const struct json *last = &d->root->items[d->root->count - 1];
	const struct style root = style_of(d, d->root);

	if (!list) {
		put_comma(&with, &root);
		put_literal(&with, "dependencies");
		put(&with, root.colon);
		put_first(&with, d, e);
		splice(out, d, last->end, last->end, &with);
	} else if (!list->count) {
		put_first(&with, d, e);
		splice(out, d, list->offset, list->end, &with);
	} else {
		uint32_t place = place_of(list, e->name);
		bool behind = place > 0;
		const struct json *near = &list->items[behind ? place - 1 : place];
		const struct style s = style_of(d, near);
		size_t at = behind ? near->end : near->offset;
		struct style between = {.open = slice(d, list->offset + 1, list->items[0].offset)};

		if (list->count > 1)
			between.comma = slice(d, list->items[0].end, list->items[1].offset);
		if (behind)
			put_comma(&with, &between);
		put_object(&with, &s, e);
		if (!behind)
			put_comma(&with, &between);
		splice(out, d, at, at, &with);
	}
}

/* Replace the value of a member of a dependency, or add the member behind its first one. */
static void set_member(struct buf *out, const struct document *d, const struct json *item,
    const char *key, const char *value)
{
	CLEANUP(buf_clear) struct buf with = buf_init(out->max);
	const struct json *member = json_get(item, key);
	const struct style s = style_of(d, item);

	if (member && json_is(member, value)) {
		buf_add(out, d->text, d->len);
	} else if (member) {
		put_literal(&with, value);
		splice(out, d, member->offset, member->end, &with);
	} else {
		put_comma(&with, &s);
		put_member(&with, &s, key, value);
		splice(out, d, item->items[0].end, item->items[0].end, &with);
	}
}

static void cut(struct buf *out, const struct document *d, const struct json *item)
{
	const struct buf nothing = {0};
	const struct json *list = d->dependencies;
	size_t from = item->offset, to = item->end;

	if (list->count == 1) {
		from = list->offset + 1;
		to = list->end - 1;
	} else if (item->index > 0) {
		from = list->items[item->index - 1].end;
	} else {
		to = list->items[1].offset;
	}
	splice(out, d, from, to, &nothing);
}

enum step { STEP_DONE, STEP_AGAIN };

/* One replacement of bytes; an edit may take several. */
static int step(struct buf *out, struct document *d, const struct pkg_edit *e, int round)
{
	uint32_t at = find(d, e->name);

	if (at == NOWHERE) {
		if (e->version)
			insert(out, d, e);
		else
			buf_add(out, d->text, d->len);
		return STEP_DONE;
	}
	if (!e->version)
		cut(out, d, &d->dependencies->items[at]);
	else
		set_member(out, d, &d->dependencies->items[at], round == 0 ? "version" : "path",
		    round == 0 ? e->version : e->path);
	return !e->version || round == 0 ? STEP_AGAIN : STEP_DONE;
}

static int apply_one(struct buf *text, const struct pkg_edit *e, struct err *err)
{
	int again = STEP_AGAIN;

	for (int round = 0; again == STEP_AGAIN; round++) {
		CLEANUP(document_clear)
		struct document d = {.text = text->data, .len = text->len};
		CLEANUP(buf_clear) struct buf next = buf_init(text->max);
		struct buf old;
		int rc = document_parse(&d, err);

		if (rc < 0)
			return rc;
		if (round == 0 && !e->version && find(&d, e->name) == NOWHERE)
			return err_set(err, ERR_NOT_FOUND, "%s is not a dependency", e->name);
		again = step(&next, &d, e, round);
		if (next.overflow)
			return err_set(
			    err, ERR_LIMIT, "x07.json would be larger than %zu bytes", text->max);
		old = *text;
		*text = next;
		next = old;
	}
	return 0;
}

int pkg_edit_apply(struct buf *out, const char *text, size_t len, const struct pkg_edit *edits,
    uint32_t count, struct err *err)
{
	CLEANUP(buf_clear) struct buf now = buf_init(out->max);

	buf_add(&now, text, len);
	for (uint32_t i = 0; i < count && !now.overflow; i++) {
		int rc = apply_one(&now, &edits[i], err);

		if (rc < 0)
			return rc;
	}
	if (!now.overflow && now.len)
		buf_add(out, now.data, now.len);
	if (now.overflow || out->overflow)
		return err_set(err, ERR_LIMIT, "x07.json would be larger than %zu bytes", out->max);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Edits of the dependencies of x07.json: which one changes, and where a new one stands. How it is
 * laid out is base/json_edit.c.
 */
#include "pkg/edit.h"

#include "base/json_edit.h"

#include <string.h>

#define DEPENDENCIES "dependencies"
#define NODES_MAX (1u << 20)
#define DEPTH_MAX 64

/* The text being edited. */
struct document {
	struct json_edit doc;
	const struct json *list; /* of dependencies; NULL when absent */
};

static void document_clear(struct document *d)
{
	json_edit_clear(&d->doc);
}

static int document_open(struct document *d, const struct buf *text, struct err *err)
{
	const struct json_options options = {.max_depth = DEPTH_MAX, .max_nodes = NODES_MAX};
	int rc =
	    json_edit_open(&d->doc, (struct str){text->data, (uint32_t)text->len}, &options, err);

	if (rc < 0)
		return err_wrap(err, "x07.json");
	if (!d->doc.root->count)
		return err_set(err, ERR_FORMAT, "x07.json is not an object with members");
	d->list = json_get(d->doc.root, DEPENDENCIES);
	if (!d->list)
		return 0;
	if (d->list->kind != JSON_ARRAY)
		return err_set(err, ERR_FORMAT, "`" DEPENDENCIES "` is not an array");
	for (uint32_t i = 0; i < d->list->count; i++) {
		const struct json *item = &d->list->items[i];

		if (item->kind != JSON_OBJECT || !item->count)
			return err_set(
			    err, ERR_FORMAT, "`" DEPENDENCIES "` holds what is no object");
	}
	return 0;
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

static const struct json *find(const struct document *d, const char *name)
{
	for (uint32_t i = 0; d->list && i < d->list->count; i++) {
		if (str_eq_c(name_of(&d->list->items[i]), name))
			return &d->list->items[i];
	}
	return NULL;
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

static void put_string(struct buf *out, const char *text)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_string(&w, text);
}

static void put_member(struct json_object *o, const char *key, const char *value)
{
	json_object_key(o, key);
	put_string(o->out, value);
}

/* The new dependency, laid out like its neighbour, else like the document. */
static void put_dependency(struct buf *out, const struct document *d, const struct pkg_edit *e,
    const struct json *neighbour, const char *indent)
{
	struct json_object o;

	if (neighbour)
		json_object_start_like(&o, out, &d->doc, neighbour);
	else
		json_object_start(&o, out, &d->doc, indent, d->doc.style.lines);
	put_member(&o, "name", e->name);
	put_member(&o, "version", e->version);
	put_member(&o, "path", e->path);
	json_object_end(&o);
}

/* The list with a new item before the one at @p place. */
static void put_list(
    struct buf *out, const struct document *d, const struct pkg_edit *e, uint32_t place)
{
	CLEANUP(json_pieces_clear) struct json_pieces pieces = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(out->max);
	uint32_t count = d->list ? d->list->count : 0;
	const struct json *neighbour =
	    count ? &d->list->items[place > 0 ? place - 1 : place] : NULL;
	char list[JSON_INDENT_MAX], item[JSON_INDENT_MAX];

	json_edit_indent_more(list, &d->doc, "");
	json_edit_indent_more(item, &d->doc, list);
	put_dependency(&text, d, e, neighbour, item);
	for (uint32_t i = 0; i < place; i++)
		json_pieces_keep(&pieces, &d->doc, &d->list->items[i]);
	json_pieces_add(&pieces, &text);
	for (uint32_t i = place; i < count; i++)
		json_pieces_keep(&pieces, &d->doc, &d->list->items[i]);
	json_edit_put_array(out, &d->doc, d->list, list, d->doc.style.lines, &pieces);
}

static void insert(struct buf *out, const struct document *d, const struct pkg_edit *e)
{
	CLEANUP(buf_clear) struct buf value = buf_init(out->max);

	put_list(&value, d, e, d->list ? place_of(d->list, e->name) : 0);
	if (d->list)
		json_edit_replace(out, &d->doc, d->list, &value);
	else
		json_edit_insert(
		    out, &d->doc, d->doc.root, d->doc.root->count, DEPENDENCIES, &value);
}

/* Replace the value of a member of a dependency, or add the member behind its first one. */
static void set_member(struct buf *out, const struct document *d, const struct json *item,
    const char *key, const char *value)
{
	CLEANUP(buf_clear) struct buf text = buf_init(out->max);
	const struct json *member = json_get(item, key);

	put_string(&text, value);
	if (member && json_is(member, value))
		buf_add(out, d->doc.text.ptr, d->doc.text.len);
	else if (member)
		json_edit_replace(out, &d->doc, member, &text);
	else
		json_edit_insert(out, &d->doc, item, 1, key, &text);
}

static void cut(struct buf *out, const struct document *d, const struct json *item)
{
	CLEANUP(json_pieces_clear) struct json_pieces pieces = {0};
	CLEANUP(buf_clear) struct buf value = buf_init(out->max);

	for (uint32_t i = 0; i < d->list->count; i++) {
		if (i != item->index)
			json_pieces_keep(&pieces, &d->doc, &d->list->items[i]);
	}
	json_edit_put_array(&value, &d->doc, d->list, "", false, &pieces);
	json_edit_replace(out, &d->doc, d->list, &value);
}

enum step { STEP_DONE, STEP_AGAIN };

/* One change of the text; an edit may take several. */
static int step(struct buf *out, const struct document *d, const struct pkg_edit *e, int round)
{
	const struct json *item = find(d, e->name);

	if (!item && e->version) {
		insert(out, d, e);
		return STEP_DONE;
	}
	if (!item) {
		buf_add(out, d->doc.text.ptr, d->doc.text.len);
		return STEP_DONE;
	}
	if (!e->version) {
		cut(out, d, item);
		return STEP_AGAIN;
	}
	set_member(
	    out, d, item, round == 0 ? "version" : "path", round == 0 ? e->version : e->path);
	return round == 0 ? STEP_AGAIN : STEP_DONE;
}

static int apply_one(struct buf *text, const struct pkg_edit *e, struct err *err)
{
	int again = STEP_AGAIN;

	for (int round = 0; again == STEP_AGAIN; round++) {
		CLEANUP(document_clear) struct document d = {0};
		CLEANUP(buf_clear) struct buf next = buf_init(text->max);
		struct buf old;
		int rc = document_open(&d, text, err);

		if (rc < 0)
			return rc;
		if (round == 0 && !e->version && !find(&d, e->name))
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

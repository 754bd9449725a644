/* SPDX-License-Identifier: MIT */
/*
 * Layout is read off what is there: the white space between neighbours, else that of the document's
 * own members. What the document does not show (it has one line, or no members) is chosen plainly.
 */
#include "base/json_edit.h"

#include "base/vec.h"

#include <stdio.h>
#include <string.h>

#define STRING_MAX_BYTES (8u << 20)

static struct str slice(const struct json_edit *e, uint32_t from, uint32_t to)
{
	return (struct str){e->text.ptr + from, to - from};
}

static void put(struct buf *out, struct str s)
{
	if (s.len > 0)
		buf_add(out, s.ptr, s.len);
}

static void put_buf(struct buf *out, const struct buf *b)
{
	if (b->len > 0)
		buf_add(out, b->data, b->len);
	out->overflow |= b->overflow;
}

static void put_string(struct buf *out, const char *text)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_string(&w, text);
}

static bool has_newline(struct str s)
{
	return s.len > 0 && memchr(s.ptr, '\n', s.len) != NULL;
}

/* ---- the document ---- */

void json_edit_indent(char out[JSON_INDENT_MAX], const struct json_edit *e, uint32_t at)
{
	const char *text = e->text.ptr;
	uint32_t start = at, len = 0;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	while (len + 1 < JSON_INDENT_MAX && start + len < e->text.len &&
	       (text[start + len] == ' ' || text[start + len] == '\t')) {
		out[len] = text[start + len];
		len++;
	}
	out[len] = '\0';
}

void json_edit_indent_more(char out[JSON_INDENT_MAX], const struct json_edit *e, const char *indent)
{
	char text[2 * JSON_INDENT_MAX];

	(void)snprintf(text, sizeof(text), "%.63s%.63s", indent, e->style.unit);
	(void)snprintf(out, JSON_INDENT_MAX, "%.63s", text);
}

bool json_edit_has_lines(const struct json_edit *e, const struct json *v)
{
	return has_newline(slice(e, v->offset, v->end));
}

/* The first byte behind the name of a member. */
static uint32_t key_end(const struct json_edit *e, const struct json *member)
{
	uint32_t at = member->key_offset + 1;

	while (e->text.ptr[at] != '"')
		at += e->text.ptr[at] == '\\' ? 2 : 1;
	return at + 1;
}

/* What stands between the first two members or items, and fits. */
static void read_between(char *out, size_t size, struct str between)
{
	if (between.len < size && !has_newline(between))
		(void)snprintf(out, size, "%.*s", (int)between.len, between.ptr);
}

static void read_style(struct json_edit *e)
{
	const struct json *root = e->root, *first = root->items;
	struct json_style *s = &e->style;
	const char *line = memchr(e->text.ptr, '\n', e->text.len);

	s->newline = line != NULL && line > e->text.ptr && line[-1] == '\r' ? "\r\n" : "\n";
	(void)snprintf(s->colon, sizeof(s->colon), ": ");
	(void)snprintf(s->comma, sizeof(s->comma), ", ");
	if (root->count == 0)
		return;
	s->lines = has_newline(slice(e, root->offset, first->key_offset));
	if (s->lines)
		json_edit_indent(s->unit, e, first->key_offset);
	read_between(s->colon, sizeof(s->colon), slice(e, key_end(e, first), first->offset));
	if (s->colon[strlen(s->colon) - 1] != ' ')
		(void)snprintf(s->comma, sizeof(s->comma), ",");
	if (root->count > 1)
		read_between(s->comma, sizeof(s->comma), slice(e, first->end, first[1].key_offset));
}

int json_edit_open(
    struct json_edit *out, struct str text, const struct json_options *options, struct err *err)
{
	CLEANUP(json_edit_clear) struct json_edit e = {.text = text};
	struct json_fault fault = {0};

	if (json_parse(&e.root, &e.arena, text.ptr, text.len, options, &fault) < 0)
		return err_set(
		    err, ERR_FORMAT, "byte %u: %s", (unsigned)fault.offset, fault.message);
	if (e.root->kind != JSON_OBJECT)
		return err_set(err, ERR_FORMAT, "not a JSON object");
	read_style(&e);
	*out = TAKE(e);
	return 0;
}

void json_edit_clear(struct json_edit *e)
{
	arena_clear(&e->arena);
}

/* ---- arrays ---- */

void json_pieces_clear(struct json_pieces *p)
{
	arena_clear(&p->arena);
	base_free_ptr(&p->items);
	*p = (struct json_pieces){0};
}

static void add_piece(struct json_pieces *p, int32_t old, const char *text, size_t len)
{
	struct json_piece piece = {old, text, len};

	VEC_PUSH(p->items, p->count, p->cap, piece);
}

void json_pieces_keep(struct json_pieces *p, const struct json_edit *e, const struct json *item)
{
	add_piece(p, (int32_t)item->index, e->text.ptr + item->offset, item->end - item->offset);
}

static void copy_piece(struct json_pieces *p, int32_t old, const struct buf *text)
{
	p->overflow |= text->overflow;
	add_piece(p, old, text->len > 0 ? arena_strndup(&p->arena, text->data, text->len) : "",
	    text->len);
}

void json_pieces_change(struct json_pieces *p, const struct json *item, const struct buf *text)
{
	copy_piece(p, (int32_t)item->index, text);
}

void json_pieces_add(struct json_pieces *p, const struct buf *text)
{
	copy_piece(p, -1, text);
}

void json_pieces_add_string(struct json_pieces *p, const char *text)
{
	CLEANUP(buf_clear) struct buf out = buf_init(STRING_MAX_BYTES);

	put_string(&out, text);
	json_pieces_add(p, &out);
}

/* The white space around items and the text between them. */
struct gaps {
	struct str lead, sep, trail;
	char texts[3][2 * JSON_INDENT_MAX];
};

static void style_gaps(struct gaps *g, const struct json_style *s, const char *indent, bool lines)
{
	*g = (struct gaps){.sep = str_c(s->comma)};
	if (!lines)
		return;
	(void)snprintf(
	    g->texts[0], sizeof(g->texts[0]), "%s%.60s%.60s", s->newline, indent, s->unit);
	(void)snprintf(
	    g->texts[1], sizeof(g->texts[1]), ",%s%.60s%.60s", s->newline, indent, s->unit);
	(void)snprintf(g->texts[2], sizeof(g->texts[2]), "%s%.60s", s->newline, indent);
	g->lead = str_c(g->texts[0]);
	g->sep = str_c(g->texts[1]);
	g->trail = str_c(g->texts[2]);
}

/* The gaps of an array that has items. An array of one shows no gap between items. */
static void read_gaps(struct gaps *g, const struct json_edit *e, const struct json *old)
{
	const struct json *first = &old->items[0], *last = &old->items[old->count - 1];

	*g = (struct gaps){.lead = slice(e, old->offset + 1, first->offset),
	    .sep = str_c(e->style.comma),
	    .trail = slice(e, last->end, old->end - 1)};
	if (old->count > 1)
		g->sep = slice(e, first->end, first[1].offset);
	else if (g->lead.len > 0)
		g->sep = (struct str){NULL, 0};
}

static void put_sep(struct buf *out, const struct gaps *g)
{
	if (g->sep.ptr != NULL) {
		put(out, g->sep);
		return;
	}
	buf_putc(out, ',');
	put(out, g->lead);
}

void json_edit_put_array(struct buf *out, const struct json_edit *e, const struct json *old,
    const char *indent, bool lines, const struct json_pieces *pieces)
{
	struct gaps g;

	if (pieces->count == 0) {
		buf_puts(out, "[]");
		return;
	}
	if (old != NULL && old->count > 0)
		read_gaps(&g, e, old);
	else
		style_gaps(&g, &e->style, indent, lines);
	buf_putc(out, '[');
	for (size_t i = 0; i < pieces->count; i++) {
		const struct json_piece *p = &pieces->items[i];

		if (i == 0)
			put(out, g.lead);
		else if (old != NULL && p->old > 0)
			put(out, slice(e, old->items[p->old - 1].end, old->items[p->old].offset));
		else
			put_sep(out, &g);
		buf_add(out, p->text, p->len);
	}
	put(out, g.trail);
	buf_putc(out, ']');
	out->overflow |= pieces->overflow;
}

/* ---- objects ---- */

void json_object_start(struct json_object *o, struct buf *out, const struct json_edit *e,
    const char *indent, bool lines)
{
	struct gaps g;

	style_gaps(&g, &e->style, indent, lines);
	*o = (struct json_object){.out = out, .colon = str_c(e->style.colon), .first = true};
	memcpy(o->texts, g.texts, sizeof(o->texts));
	o->open = str_c(o->texts[0]);
	o->comma = lines ? str_c(o->texts[1]) : str_c(e->style.comma);
	o->close = str_c(o->texts[2]);
	buf_putc(out, '{');
}

void json_object_start_like(
    struct json_object *o, struct buf *out, const struct json_edit *e, const struct json *neighbour)
{
	const struct json *first = &neighbour->items[0];
	const struct json *last = &neighbour->items[neighbour->count - 1];

	*o = (struct json_object){.out = out,
	    .open = slice(e, neighbour->offset + 1, first->key_offset),
	    .colon = slice(e, key_end(e, first), first->offset),
	    .close = slice(e, last->end, neighbour->end - 1),
	    .first = true};
	if (neighbour->count > 1)
		o->comma = slice(e, first->end, first[1].key_offset);
	buf_putc(out, '{');
}

/* Between two members; an object of one shows only the gap before its first. */
static void put_member_sep(struct buf *out, const struct json_object *o)
{
	if (o->comma.len > 0) {
		put(out, o->comma);
		return;
	}
	buf_putc(out, ',');
	put(out, o->open);
}

void json_object_key(struct json_object *o, const char *key)
{
	if (o->first)
		put(o->out, o->open);
	else
		put_member_sep(o->out, o);
	o->first = false;
	put_string(o->out, key);
	put(o->out, o->colon);
}

void json_object_end(struct json_object *o)
{
	if (!o->first)
		put(o->out, o->close);
	buf_putc(o->out, '}');
}

/* ---- the new text ---- */

void json_edit_replace(
    struct buf *out, const struct json_edit *e, const struct json *old, const struct buf *value)
{
	put(out, slice(e, 0, old->offset));
	put_buf(out, value);
	put(out, slice(e, old->end, e->text.len));
}

static bool is_sorted(const struct json *object)
{
	for (uint32_t i = 1; i < object->count; i++) {
		if (str_cmp(object->items[i - 1].key, object->items[i].key) > 0)
			return false;
	}
	return true;
}

uint32_t json_edit_place(const struct json *object, const char *key)
{
	uint32_t i = 0;

	if (!is_sorted(object))
		return object->count;
	while (i < object->count && str_cmp(object->items[i].key, str_c(key)) < 0)
		i++;
	return i;
}

/* What stands between two members of an object that has some. */
static void put_gap(struct buf *out, const struct json_edit *e, const struct json *object)
{
	const struct json *first = &object->items[0];
	struct str open = slice(e, object->offset + 1, first->key_offset);

	if (object->count > 1) {
		put(out, slice(e, first->end, first[1].key_offset));
	} else if (open.len == 0) {
		buf_puts(out, e->style.comma);
	} else {
		buf_putc(out, ',');
		put(out, open);
	}
}

/* The only member of an object that had none. */
static void insert_only(struct buf *out, const struct json_edit *e, const struct json *object,
    const char *key, const struct buf *value)
{
	struct json_object o;
	char indent[JSON_INDENT_MAX];

	json_edit_indent(indent, e, object->offset);
	json_object_start(&o, out, e, indent, e->style.lines);
	json_object_key(&o, key);
	put_buf(out, value);
	json_object_end(&o);
}

void json_edit_insert(struct buf *out, const struct json_edit *e, const struct json *object,
    uint32_t at, const char *key, const struct buf *value)
{
	const struct json *first = object->items;
	bool behind = at > 0 && object->count > 0;
	uint32_t cut = object->offset;

	if (object->count > 0)
		cut = behind ? object->items[at - 1].end : first->key_offset;
	put(out, slice(e, 0, cut));
	if (object->count == 0) {
		insert_only(out, e, object, key, value);
		put(out, slice(e, object->end, e->text.len));
		return;
	}
	if (behind)
		put_gap(out, e, object);
	put_string(out, key);
	put(out, slice(e, key_end(e, first), first->offset));
	put_buf(out, value);
	if (!behind)
		put_gap(out, e, object);
	put(out, slice(e, cut, e->text.len));
}

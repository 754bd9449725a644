/* SPDX-License-Identifier: MIT */
/*
 * Minimal edits of a JSON text. Arrays are put together from pieces of the old text: an item that
 * stays keeps its bytes and the gap before it, a new one gets the gap that its neighbours have.
 */
#include "policy/promote_priv.h"

#include "base/json.h"
#include "policy/locate.h"
#include "policy/net.h"

#include <stdio.h>
#include <string.h>

#define EDIT_MAX_BYTES (8u << 20)
#define INDENT_MAX 64

/* How the document is written. */
struct style {
	bool pretty;           /* members stand on lines of their own */
	char unit[INDENT_MAX]; /* one step of indentation */
	char colon[16];        /* between a key and its value */
	char comma[4];         /* between the items of an array on one line */
	const char *newline;
};

struct edit {
	struct str text;
	const struct policy *want, *present;
	struct style style;
};

/* One item of an array that is put together: of the old text, or new. */
struct piece {
	int32_t old;      /* index in the old array, -1 = new */
	const char *text; /* its bytes; in the arena of `pieces` */
	uint32_t len;
};

struct pieces {
	struct arena arena;
	struct piece *items; /* in the arena, room for `cap` */
	uint32_t count, cap;
};

static void pieces_clear(struct pieces *p)
{
	arena_clear(&p->arena);
}

static void pieces_room(struct pieces *p, size_t cap)
{
	p->items = arena_alloc(&p->arena, (cap + 1) * sizeof(*p->items));
	p->cap = (uint32_t)cap;
}

static void add_piece(struct pieces *p, int32_t old, const char *text, size_t len)
{
	if (p->count < p->cap)
		p->items[p->count++] =
		    (struct piece){old, arena_strndup(&p->arena, text, len), (uint32_t)len};
}

/* ---- style ---- */

static const char *slice(const struct edit *e, uint32_t from)
{
	return e->text.ptr + from;
}

static bool has_newline(const struct edit *e, uint32_t from, uint32_t to)
{
	return to > from && memchr(slice(e, from), '\n', to - from) != NULL;
}

/* White space at the start of the line of a byte. */
static void line_indent(char out[INDENT_MAX], struct str text, uint32_t at)
{
	uint32_t start = at, len = 0;

	while (start && text.ptr[start - 1] != '\n')
		start--;
	while (len + 1 < INDENT_MAX &&
	       (text.ptr[start + len] == ' ' || text.ptr[start + len] == '\t')) {
		out[len] = text.ptr[start + len];
		len++;
	}
	out[len] = '\0';
}

static void read_style(struct edit *e, const struct json *root)
{
	struct style *s = &e->style;
	const char *line = memchr(e->text.ptr, '\n', e->text.len);
	uint32_t colon, end;

	s->newline = line && line > e->text.ptr && line[-1] == '\r' ? "\r\n" : "\n";
	(void)snprintf(s->colon, sizeof(s->colon), ": ");
	if (!root->count)
		return;
	s->pretty = has_newline(e, root->offset, root->items[0].key_offset);
	if (s->pretty)
		line_indent(s->unit, e->text, root->items[0].key_offset);
	end = root->items[0].offset;
	for (colon = end; colon && e->text.ptr[colon - 1] != '"'; colon--)
		;
	if (end - colon < sizeof(s->colon) && !has_newline(e, colon, end))
		(void)snprintf(
		    s->colon, sizeof(s->colon), "%.*s", (int)(end - colon), slice(e, colon));
	(void)snprintf(
	    s->comma, sizeof(s->comma), "%s", s->colon[strlen(s->colon) - 1] == ' ' ? ", " : ",");
}

/* ---- arrays ---- */

/* The white space around items and the text between them. */
struct gaps {
	struct buf lead, sep, trail;
};

static void gaps_clear(struct gaps *g)
{
	buf_clear(&g->lead);
	buf_clear(&g->sep);
	buf_clear(&g->trail);
}

static struct gaps gaps_init(void)
{
	return (struct gaps){
	    buf_init(EDIT_MAX_BYTES), buf_init(EDIT_MAX_BYTES), buf_init(EDIT_MAX_BYTES)};
}

/* @param indent  of the line on which the array starts. */
static void style_gaps(struct gaps *g, const struct style *s, const char *indent)
{
	if (!s->pretty) {
		buf_puts(&g->sep, s->comma);
		return;
	}
	buf_printf(&g->lead, "%s%s%s", s->newline, indent, s->unit);
	buf_printf(&g->sep, ",%s%s%s", s->newline, indent, s->unit);
	buf_printf(&g->trail, "%s%s", s->newline, indent);
}

/* The gaps of an array that has items. */
static void read_gaps(struct gaps *g, const struct edit *e, const struct json *old)
{
	const struct json *first = &old->items[0], *last = &old->items[old->count - 1];

	buf_add(&g->lead, slice(e, old->offset + 1), first->offset - old->offset - 1);
	buf_add(&g->trail, slice(e, last->end), old->end - 1 - last->end);
	if (old->count > 1) {
		buf_add(&g->sep, slice(e, first->end), first[1].offset - first->end);
		return;
	}
	if (!g->lead.len) {
		buf_puts(&g->sep, e->style.comma);
		return;
	}
	buf_putc(&g->sep, ',');
	buf_add(&g->sep, g->lead.data, g->lead.len);
}

static void put_text(struct buf *out, const struct buf *part)
{
	if (part->len)
		buf_add(out, part->data, part->len);
}

/* @param old  NULL for an array that is new. */
static void put_array(struct buf *out, const struct edit *e, const struct json *old,
    const struct gaps *g, const struct pieces *pieces)
{
	int32_t before = -1;

	if (!pieces->count) {
		buf_puts(out, "[]");
		return;
	}
	buf_putc(out, '[');
	for (uint32_t i = 0; i < pieces->count; i++) {
		const struct piece *p = &pieces->items[i];

		if (i == 0)
			put_text(out, &g->lead);
		else if (old && p->old > 0 && p->old == before + 1)
			buf_add(out, slice(e, old->items[before].end),
			    old->items[p->old].offset - old->items[before].end);
		else
			put_text(out, &g->sep);
		buf_add(out, p->text, p->len);
		before = p->old < 0 ? -2 : p->old;
	}
	put_text(out, &g->trail);
	buf_putc(out, ']');
}

static struct gaps gaps_for(const struct edit *e, const struct json *old, const char *indent)
{
	struct gaps g = gaps_init();

	if (old && old->count)
		read_gaps(&g, e, old);
	else
		style_gaps(&g, &e->style, indent);
	return g;
}

static void keep(struct pieces *p, const struct edit *e, const struct json *v)
{
	add_piece(p, (int32_t)v->index, slice(e, v->offset), v->end - v->offset);
}

static void add_string(struct pieces *p, const char *text)
{
	CLEANUP(buf_clear) struct buf out = buf_init(EDIT_MAX_BYTES);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_string(&w, text);
	add_piece(p, -1, out.data, out.len);
}

/* ---- lists of strings ---- */

static const struct json *find_item(const struct json *old, const char *text)
{
	for (uint32_t i = 0; old && i < old->count; i++) {
		if (str_eq_c(old->items[i].text, text))
			return &old->items[i];
	}
	return NULL;
}

static uint32_t index_of(const struct policy_list *list, struct str text)
{
	uint32_t i = 0;

	while (i < list->count && !str_eq_c(text, list->items[i]))
		i++;
	return i;
}

/* What stays of the old items stands in the wanted order. */
static bool keeps_order(const struct json *old, const struct policy_list *want)
{
	uint32_t last = 0;
	bool gone = false;

	for (uint32_t i = 0; i < want->count; i++) {
		const struct json *v = find_item(old, want->items[i]);

		if (!v) {
			gone = true;
			continue;
		}
		/* an old item behind a new one, or before its old neighbour */
		if (gone || v->index < last)
			return false;
		last = v->index;
	}
	return true;
}

static void list_pieces(
    struct pieces *p, const struct edit *e, const struct json *old, const struct policy_list *want)
{
	bool in_order = keeps_order(old, want);

	pieces_room(p, (size_t)want->count + (old ? old->count : 0));
	for (uint32_t i = 0; in_order && old && i < old->count; i++) {
		if (index_of(want, old->items[i].text) < want->count)
			keep(p, e, &old->items[i]);
	}
	for (uint32_t i = 0; i < want->count; i++) {
		const struct json *v = find_item(old, want->items[i]);

		if (index_of(want, str_c(want->items[i])) < i)
			continue;
		if (!v)
			add_string(p, want->items[i]);
		else if (!in_order)
			keep(p, e, v);
	}
}

/* ---- ports ---- */

static bool has_port(const uint16_t *ports, uint32_t count, int64_t port)
{
	for (uint32_t i = 0; i < count; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

static bool array_has(const struct json *array, int64_t number)
{
	for (uint32_t i = 0; array && i < array->count; i++) {
		if (array->items[i].integer == number)
			return true;
	}
	return false;
}

/* Old ports that are wanted, then @p more that the old array lacks. */
static void port_pieces(struct pieces *p, const struct edit *e, const struct json *old,
    const struct policy_host *want, const struct policy_host *more)
{
	char text[16];

	pieces_room(p, (size_t)more->port_count + (old ? old->count : 0));
	for (uint32_t i = 0; old && i < old->count; i++) {
		if (has_port(want->ports, want->port_count, old->items[i].integer))
			keep(p, e, &old->items[i]);
	}
	for (uint32_t i = 0; i < more->port_count; i++) {
		if (array_has(old, more->ports[i]) || has_port(more->ports, i, more->ports[i]))
			continue;
		(void)snprintf(text, sizeof(text), "%u", (unsigned)more->ports[i]);
		add_piece(p, -1, text, strlen(text));
	}
}

static void put_ports(struct buf *out, const struct edit *e, const struct json *old,
    const struct policy_host *want, const char *indent)
{
	CLEANUP(pieces_clear) struct pieces p = {0};
	CLEANUP(gaps_clear) struct gaps g = gaps_for(e, old, indent);

	port_pieces(&p, e, old, want, want);
	put_array(out, e, old, &g, &p);
}

/* ---- hosts ---- */

struct host_edit {
	const struct edit *e;
	const struct json *old; /* NULL when the array is new */
	struct pieces pieces;
	struct gaps gaps;
	char indent[INDENT_MAX]; /* of an item's line */
	bool lines;              /* new objects have a line for each member */
};

static bool same_host(const char *a, size_t a_len, const char *b)
{
	char left[POLICY_HOST_MAX + 1], right[POLICY_HOST_MAX + 1];

	if (policy_host_normal(left, a, a_len) && policy_host_normal(right, b, strlen(b)))
		return strcmp(left, right) == 0;
	return strlen(b) == a_len && memcmp(a, b, a_len) == 0;
}

/* The union of the ports that a policy gives a host. */
static struct policy_host ports_of(
    struct arena *arena, const struct policy_net *net, const char *name, size_t len)
{
	size_t room = 0;
	struct policy_host out = {0};

	for (uint32_t i = 0; i < net->host_count; i++)
		room += net->hosts[i].port_count;
	out.ports = arena_alloc(arena, (room + 1) * sizeof(*out.ports));
	for (uint32_t i = 0; i < net->host_count; i++) {
		const struct policy_host *h = &net->hosts[i];

		if (!same_host(name, len, h->host))
			continue;
		for (uint32_t n = 0; n < h->port_count; n++) {
			if (!has_port(out.ports, out.port_count, h->ports[n]))
				out.ports[out.port_count++] = h->ports[n];
		}
	}
	return out;
}

static struct str host_name(const struct json *item)
{
	return json_get(item, "host")->text;
}

/* Some old entry of the host, before @p end, has the port. */
static bool old_has(const struct json *old, uint32_t end, struct str name, int64_t port)
{
	char text[4 * POLICY_HOST_MAX + 1];

	(void)snprintf(text, sizeof(text), "%.*s", (int)name.len, name.ptr);
	for (uint32_t i = 0; i < end; i++) {
		struct str other = host_name(&old->items[i]);

		if (same_host(other.ptr, other.len, text) &&
		    (port < 0 || array_has(json_get(&old->items[i], "ports"), port)))
			return true;
	}
	return false;
}

/* An old entry: its bytes, with another array of ports when that changed; dropped when empty. */
static void edit_host(struct host_edit *h, const struct json *item)
{
	const struct json *ports = json_get(item, "ports");
	struct str name = host_name(item);
	struct policy_host want = ports_of(&h->pieces.arena, &h->e->want->net, name.ptr, name.len);
	struct policy_host more = {.ports = want.ports};
	CLEANUP(pieces_clear) struct pieces p = {0};
	CLEANUP(gaps_clear) struct gaps g = gaps_for(h->e, ports, "");
	CLEANUP(buf_clear) struct buf out = buf_init(EDIT_MAX_BYTES);

	/* The first entry of a host takes the ports that no entry of it has. */
	if (!old_has(h->old, item->index, name, -1)) {
		uint32_t kept = 0;

		more.ports =
		    arena_alloc(&h->pieces.arena, (want.port_count + 1) * sizeof(*more.ports));
		for (uint32_t i = 0; i < want.port_count; i++) {
			if (!old_has(h->old, h->old->count, name, want.ports[i]))
				more.ports[kept++] = want.ports[i];
		}
		more.port_count = kept;
	}
	port_pieces(&p, h->e, ports, &want, &more);
	if (!p.count)
		return;
	buf_add(&out, slice(h->e, item->offset), ports->offset - item->offset);
	put_array(&out, h->e, ports, &g, &p);
	buf_add(&out, slice(h->e, ports->end), item->end - ports->end);
	add_piece(&h->pieces, (int32_t)item->index, out.data, out.len);
}

static void new_host(struct host_edit *h, const struct policy_host *host)
{
	const struct style *s = &h->e->style;
	struct edit one_line = *h->e;
	CLEANUP(buf_clear) struct buf out = buf_init(EDIT_MAX_BYTES);
	struct jsonw w = jsonw_init(&out, false);
	char member[2 * INDENT_MAX];
	struct policy_host ports =
	    ports_of(&h->pieces.arena, &h->e->want->net, host->host, strlen(host->host));

	(void)snprintf(member, sizeof(member), "%s%s", h->indent, s->unit);
	one_line.style.pretty = h->lines;
	if (h->lines)
		buf_printf(&out, "{%s%s\"host\"%s", s->newline, member, s->colon);
	else
		buf_printf(&out, "{\"host\"%s", s->colon);
	jsonw_string(&w, host->host);
	if (h->lines)
		buf_printf(&out, ",%s%s\"ports\"%s", s->newline, member, s->colon);
	else
		buf_printf(&out, "%s\"ports\"%s", s->comma, s->colon);
	put_ports(&out, &one_line, NULL, &ports, member);
	if (h->lines)
		buf_printf(&out, "%s%s", s->newline, h->indent);
	buf_putc(&out, '}');
	add_piece(&h->pieces, -1, out.data, out.len);
}

static bool is_new(const struct host_edit *h, const struct policy_net *net, uint32_t i)
{
	const char *name = net->hosts[i].host;

	for (uint32_t n = 0; n < i; n++) {
		if (same_host(name, strlen(name), net->hosts[n].host))
			return false;
	}
	return !h->old || !old_has(h->old, h->old->count, str_c(name), -1);
}

static void host_edit_clear(struct host_edit *h)
{
	pieces_clear(&h->pieces);
	gaps_clear(&h->gaps);
}

/* @param indent  of the line on which the array starts. */
static void put_hosts(
    struct buf *out, const struct edit *e, const struct json *old, const char *indent)
{
	const struct policy_net *net = &e->want->net;
	CLEANUP(host_edit_clear)
	struct host_edit h = {.e = e, .old = old, .gaps = gaps_for(e, old, indent)};

	pieces_room(&h.pieces, (size_t)net->host_count + (old ? old->count : 0));
	h.lines = e->style.pretty;
	(void)snprintf(h.indent, sizeof(h.indent), "%.30s%.30s", indent, e->style.unit);
	if (old && old->count) {
		line_indent(h.indent, e->text, old->items[0].offset);
		h.lines = has_newline(e, old->items[0].offset, old->items[0].end);
	}
	for (uint32_t i = 0; old && i < old->count; i++)
		edit_host(&h, &old->items[i]);
	for (uint32_t i = 0; i < net->host_count; i++) {
		if (is_new(&h, net, i))
			new_host(&h, &net->hosts[i]);
	}
	put_array(out, e, old, &h.gaps, &h.pieces);
}

/* ---- values and members ---- */

static const void *slot(const struct policy *p, const struct policy_field *f)
{
	return (const char *)p + f->offset;
}

static void put_list(struct buf *out, const struct edit *e, const struct json *old,
    const struct policy_list *list, const char *indent)
{
	CLEANUP(pieces_clear) struct pieces p = {0};
	CLEANUP(gaps_clear) struct gaps g = gaps_for(e, old, indent);

	list_pieces(&p, e, old, list);
	put_array(out, e, old, &g, &p);
}

static void put_object(struct buf *out, const struct edit *e, size_t row, const char *indent);

/* @param old  the value that is replaced; NULL when the member is new. */
static void put_value(
    struct buf *out, const struct edit *e, size_t row, const struct json *old, const char *indent)
{
	const struct policy_field *f = &policy_fields[row];
	const void *v = slot(e->want, f);
	struct policy_host ports = {0};

	switch (f->kind) {
	case POLICY_BOOL:
		buf_puts(out, *(const bool *)v ? "true" : "false");
		break;
	case POLICY_U32:
		buf_printf(out, "%u", (unsigned)*(const uint32_t *)v);
		break;
	case POLICY_U64:
		buf_printf(out, "%llu", (unsigned long long)*(const uint64_t *)v);
		break;
	case POLICY_LIST:
		put_list(out, e, old, v, indent);
		break;
	case POLICY_PORTS:
		ports.ports = *(uint16_t *const *)v;
		ports.port_count =
		    *(const uint32_t *)(const void *)((const char *)e->want + f->count_offset);
		put_ports(out, e, old, &ports, indent);
		break;
	case POLICY_HOSTS:
		put_hosts(out, e, old, indent);
		break;
	case POLICY_OBJECT:
		put_object(out, e, row, indent);
		break;
	case POLICY_CONST:
	case POLICY_STRING:
		break;
	}
}

static void put_object(struct buf *out, const struct edit *e, size_t row, const char *indent)
{
	const struct style *s = &e->style;
	char inner[2 * INDENT_MAX];
	bool first = true;

	(void)snprintf(inner, sizeof(inner), "%.63s%.63s", indent, s->unit);
	buf_putc(out, '{');
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (!policy_is_present(e->present, i))
			continue;
		if (s->pretty)
			buf_printf(out, "%s%s%s", first ? "" : ",", s->newline, inner);
		else
			buf_puts(out, first ? "" : s->comma);
		first = false;
		buf_printf(out, "\"%s\"%s", policy_field_name(i), s->colon);
		put_value(out, e, i, NULL, inner);
	}
	if (s->pretty && !first)
		buf_printf(out, "%s%s", s->newline, indent);
	buf_putc(out, '}');
}

static bool is_sorted(const struct json *object)
{
	for (uint32_t i = 1; i < object->count; i++) {
		if (str_cmp(object->items[i - 1].key, object->items[i].key) > 0)
			return false;
	}
	return true;
}

/* The member before which a new one stands: by name among sorted ones, else none (the end). */
static uint32_t place_of(const struct json *object, const char *name)
{
	uint32_t i = 0;

	if (!is_sorted(object))
		return object->count;
	while (i < object->count && str_cmp(object->items[i].key, str_c(name)) < 0)
		i++;
	return i;
}

static void put_gap(struct buf *out, const struct edit *e, const struct json *object)
{
	const struct json *first = &object->items[0];

	if (object->count > 1) {
		buf_add(out, slice(e, first->end), first[1].key_offset - first->end);
		return;
	}
	buf_putc(out, ',');
	buf_add(out, slice(e, object->offset + 1), first->key_offset - object->offset - 1);
	if (first->key_offset == object->offset + 1 && e->style.comma[1])
		buf_putc(out, ' ');
}

/* A member that the object lacks. */
static void insert_member(
    struct buf *out, const struct edit *e, const struct json *object, size_t row)
{
	char indent[INDENT_MAX], inner[2 * INDENT_MAX];
	uint32_t i = place_of(object, policy_field_name(row)), at = object->offset + 1;

	line_indent(indent, e->text, object->offset);
	(void)snprintf(inner, sizeof(inner), "%s%s", indent, e->style.unit);
	if (object->count)
		at = i < object->count ? object->items[i].key_offset : object->items[i - 1].end;
	buf_add(out, e->text.ptr, at);
	if (object->count && i == object->count)
		put_gap(out, e, object);
	else if (!object->count && e->style.pretty)
		buf_printf(out, "%s%s", e->style.newline, inner);
	buf_printf(out, "\"%s\"%s", policy_field_name(row), e->style.colon);
	put_value(out, e, row, NULL, inner);
	if (object->count && i < object->count)
		put_gap(out, e, object);
	else if (!object->count && e->style.pretty)
		buf_printf(out, "%s%s", e->style.newline, indent);
	if (!object->count)
		at = object->end - 1;
	buf_add(out, slice(e, at), e->text.len - at);
}

static void replace_value(struct buf *out, const struct edit *e, const struct json *old, size_t row)
{
	char indent[INDENT_MAX];

	line_indent(indent, e->text, old->offset);
	buf_add(out, e->text.ptr, old->offset);
	put_value(out, e, row, old, indent);
	buf_add(out, slice(e, old->end), e->text.len - old->end);
}

/* The row of the member of @p object on the way to @p row. */
static size_t row_below(const struct json *object, size_t row)
{
	CLEANUP(buf_clear) struct buf pointer = buf_init(256);
	char path[64];
	size_t len;

	json_pointer(&pointer, object);
	/* "" or "/db", and behind it one name of the row's path */
	len = pointer.len + strcspn(policy_fields[row].path + pointer.len, "/");
	(void)snprintf(path, sizeof(path), "%.*s", (int)len, policy_fields[row].path);
	return policy_field_find(path);
}

int policy_edit_field(struct buf *out, struct str text, size_t row, const struct policy *want,
    const struct policy *present, struct err *err)
{
	CLEANUP(arena_clear) struct arena values = {0};
	struct edit e = {.text = text, .want = want, .present = present};
	const struct json *root = NULL, *at;
	struct json_fault fault = {0};
	char pointer[64];
	bool exact = false;

	if (json_parse(&root, &values, text.ptr, text.len, NULL, &fault) < 0 ||
	    root->kind != JSON_OBJECT)
		return err_set(err, ERR_FORMAT, "not a JSON object");
	read_style(&e, root);
	(void)snprintf(pointer, sizeof(pointer), "/%s", policy_fields[row].path);
	at = policy_value_at(root, pointer, &exact);
	if (exact)
		replace_value(out, &e, at, row);
	else if (at->kind == JSON_OBJECT)
		insert_member(out, &e, at, row_below(at, row));
	else
		return err_set(err, ERR_FORMAT, "%s is not an object", pointer);
	return out->overflow ? err_set(err, ERR_LIMIT, "the policy grows too large") : 0;
}

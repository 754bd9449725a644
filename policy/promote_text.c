/* SPDX-License-Identifier: MIT */
/*
 * Gives a field of a policy's text another value: which items of its lists stay, go and come. How
 * they are laid out is base/json_edit.c.
 */
#include "policy/promote_text_priv.h"

#include "base/json_edit.h"
#include "policy/locate.h"
#include "policy/net.h"

#include <stdio.h>
#include <string.h>

#define EDIT_MAX_BYTES (8u << 20)

struct edit {
	struct json_edit doc;
	const struct policy *want, *present;
};

static void edit_clear(struct edit *e)
{
	json_edit_clear(&e->doc);
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

static void list_pieces(struct json_pieces *p, const struct edit *e, const struct json *old,
    const struct policy_list *want)
{
	bool in_order = keeps_order(old, want);

	for (uint32_t i = 0; in_order && old && i < old->count; i++) {
		if (index_of(want, old->items[i].text) < want->count)
			json_pieces_keep(p, &e->doc, &old->items[i]);
	}
	for (uint32_t i = 0; i < want->count; i++) {
		const struct json *v = find_item(old, want->items[i]);

		if (index_of(want, str_c(want->items[i])) < i)
			continue;
		if (!v)
			json_pieces_add_string(p, want->items[i]);
		else if (!in_order)
			json_pieces_keep(p, &e->doc, v);
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
static void port_pieces(struct json_pieces *p, const struct edit *e, const struct json *old,
    const struct policy_host *want, const struct policy_host *more)
{
	for (uint32_t i = 0; old && i < old->count; i++) {
		if (has_port(want->ports, want->port_count, old->items[i].integer))
			json_pieces_keep(p, &e->doc, &old->items[i]);
	}
	for (uint32_t i = 0; i < more->port_count; i++) {
		CLEANUP(buf_clear) struct buf text = buf_init(16);

		if (array_has(old, more->ports[i]) || has_port(more->ports, i, more->ports[i]))
			continue;
		buf_printf(&text, "%u", (unsigned)more->ports[i]);
		json_pieces_add(p, &text);
	}
}

static void put_ports(struct buf *out, const struct edit *e, const struct json *old,
    const struct policy_host *want, const char *indent, bool lines)
{
	CLEANUP(json_pieces_clear) struct json_pieces p = {0};

	port_pieces(&p, e, old, want, want);
	json_edit_put_array(out, &e->doc, old, indent, lines, &p);
}

/* ---- hosts ---- */

struct host_edit {
	const struct edit *e;
	const struct json *old; /* NULL when the array is new */
	struct json_pieces pieces;
	struct arena arena;           /* of the ports that are put together */
	char indent[JSON_INDENT_MAX]; /* of an item's line */
	bool lines;                   /* new objects have a line for each member */
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

/* Of the ports that a host shall have, those that no entry of it has: its first entry takes them.
 */
static struct policy_host missing_ports(
    struct host_edit *h, struct str name, const struct policy_host *want)
{
	struct policy_host more = {
	    .ports = arena_alloc(&h->arena, (want->port_count + 1) * sizeof(*more.ports))};

	for (uint32_t i = 0; i < want->port_count; i++) {
		if (!old_has(h->old, h->old->count, name, want->ports[i]))
			more.ports[more.port_count++] = want->ports[i];
	}
	return more;
}

/* An old entry: its bytes, with another array of ports when that changed; dropped when empty. */
static void edit_host(struct host_edit *h, const struct json *item)
{
	const struct json *ports = json_get(item, "ports");
	const char *text = h->e->doc.text.ptr;
	struct str name = host_name(item);
	struct policy_host want = ports_of(&h->arena, &h->e->want->net, name.ptr, name.len);
	struct policy_host more = {0};
	CLEANUP(json_pieces_clear) struct json_pieces p = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(EDIT_MAX_BYTES);

	if (!old_has(h->old, item->index, name, -1))
		more = missing_ports(h, name, &want);
	port_pieces(&p, h->e, ports, &want, &more);
	if (!p.count)
		return;
	buf_add(&out, text + item->offset, ports->offset - item->offset);
	json_edit_put_array(&out, &h->e->doc, ports, "", false, &p);
	buf_add(&out, text + ports->end, item->end - ports->end);
	json_pieces_change(&h->pieces, item, &out);
}

static void new_host(struct host_edit *h, const struct policy_host *host)
{
	CLEANUP(buf_clear) struct buf out = buf_init(EDIT_MAX_BYTES);
	struct jsonw w = jsonw_init(&out, false);
	char member[JSON_INDENT_MAX];
	struct json_object o;
	struct policy_host ports =
	    ports_of(&h->arena, &h->e->want->net, host->host, strlen(host->host));

	json_edit_indent_more(member, &h->e->doc, h->indent);
	json_object_start(&o, &out, &h->e->doc, h->indent, h->lines);
	json_object_key(&o, "host");
	jsonw_string(&w, host->host);
	json_object_key(&o, "ports");
	put_ports(&out, h->e, NULL, &ports, member, h->lines);
	json_object_end(&o);
	json_pieces_add(&h->pieces, &out);
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
	json_pieces_clear(&h->pieces);
	arena_clear(&h->arena);
}

/* @param indent  of the line on which the array starts. */
static void put_hosts(
    struct buf *out, const struct edit *e, const struct json *old, const char *indent)
{
	const struct policy_net *net = &e->want->net;
	CLEANUP(host_edit_clear) struct host_edit h = {.e = e, .old = old};

	h.lines = e->doc.style.lines;
	json_edit_indent_more(h.indent, &e->doc, indent);
	if (old && old->count) {
		json_edit_indent(h.indent, &e->doc, old->items[0].offset);
		h.lines = json_edit_has_lines(&e->doc, &old->items[0]);
	}
	for (uint32_t i = 0; old && i < old->count; i++)
		edit_host(&h, &old->items[i]);
	for (uint32_t i = 0; i < net->host_count; i++) {
		if (is_new(&h, net, i))
			new_host(&h, &net->hosts[i]);
	}
	json_edit_put_array(out, &e->doc, old, indent, e->doc.style.lines, &h.pieces);
}

/* ---- values and members ---- */

static const void *slot(const struct policy *p, const struct policy_field *f)
{
	return (const char *)p + f->offset;
}

static void put_list(struct buf *out, const struct edit *e, const struct json *old,
    const struct policy_list *list, const char *indent)
{
	CLEANUP(json_pieces_clear) struct json_pieces p = {0};

	list_pieces(&p, e, old, list);
	json_edit_put_array(out, &e->doc, old, indent, e->doc.style.lines, &p);
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
		put_ports(out, e, old, &ports, indent, e->doc.style.lines);
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
	char inner[JSON_INDENT_MAX];
	struct json_object o;

	json_edit_indent_more(inner, &e->doc, indent);
	json_object_start(&o, out, &e->doc, indent, e->doc.style.lines);
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (!policy_is_present(e->present, i))
			continue;
		json_object_key(&o, policy_field_name(i));
		put_value(out, e, i, NULL, inner);
	}
	json_object_end(&o);
}

/* A member that the object lacks. */
static void insert_member(
    struct buf *out, const struct edit *e, const struct json *object, size_t row)
{
	CLEANUP(buf_clear) struct buf value = buf_init(EDIT_MAX_BYTES);
	const char *name = policy_field_name(row);
	char indent[JSON_INDENT_MAX], inner[JSON_INDENT_MAX];

	json_edit_indent(indent, &e->doc, object->offset);
	json_edit_indent_more(inner, &e->doc, indent);
	put_value(&value, e, row, NULL, inner);
	json_edit_insert(out, &e->doc, object, json_edit_place(object, name), name, &value);
}

static void replace_value(struct buf *out, const struct edit *e, const struct json *old, size_t row)
{
	CLEANUP(buf_clear) struct buf value = buf_init(EDIT_MAX_BYTES);
	char indent[JSON_INDENT_MAX];

	json_edit_indent(indent, &e->doc, old->offset);
	put_value(&value, e, row, old, indent);
	json_edit_replace(out, &e->doc, old, &value);
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
	CLEANUP(edit_clear) struct edit e = {.want = want, .present = present};
	int rc = json_edit_open(&e.doc, text, NULL, err);
	const struct json *at;
	char pointer[64];
	bool exact = false;

	if (rc < 0)
		return rc;
	(void)snprintf(pointer, sizeof(pointer), "/%s", policy_fields[row].path);
	at = policy_value_at(e.doc.root, pointer, &exact);
	if (exact)
		replace_value(out, &e, at, row);
	else if (at->kind == JSON_OBJECT)
		insert_member(out, &e, at, row_below(at, row));
	else
		return err_set(err, ERR_FORMAT, "%s is not an object", pointer);
	return out->overflow ? err_set(err, ERR_LIMIT, "the policy grows too large") : 0;
}

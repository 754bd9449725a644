/* SPDX-License-Identifier: MIT */
/*
 * Differences in effect. Most fields allow more when they are true, larger or longer; the others
 * are rows of the tables below. Hosts are compared as pairs of host and port, so that upper case,
 * order and repetition are no difference.
 */
#include "policy/diff.h"

#include "base/json.h"
#include "base/vec.h"
#include "policy/fields_priv.h"
#include "policy/net.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX (64u << 10)
#define UNLIMITED UINT64_MAX

/* Fields that allow more when they are false, or when the list is shorter. */
static const char *const reversed[] = {"db/net/require_tls", "db/net/require_verify",
    "db/sqlite/readonly_only", "env/deny_keys", "fs/deny_hidden", "process/kill_on_drop",
    "process/kill_tree"};

/* Lists whose items are tried in order. */
static const char *const ordered[] = {"fs/read_roots", "fs/write_roots"};

/* An empty list allows everything. */
static const char *const open_when_empty[] = {"process/allow_args_regex_lite"};

/* What 0 stands for. Source: docs/format/run-os-policy.md, column "meaning". */
static const struct {
	const char *path;
	uint64_t value;
} zeros[] = {
    {"db/connect_timeout_ms", 30000},
    {"db/max_live_conns", 8},
    {"db/max_queries", 1000},
    {"db/max_resp_bytes", 32u << 20},
    {"db/max_rows", 10000},
    {"db/max_sql_bytes", 1u << 20},
    {"db/query_timeout_ms", 60000},
    {"fs/max_depth", 64},
    {"fs/max_entries", 10000},
    {"fs/max_read_bytes", 16u << 20},
    {"fs/max_write_bytes", 16u << 20},
    {"process/max_exe_bytes", UNLIMITED},
    {"process/max_stderr_bytes", UNLIMITED},
    {"process/max_stdin_bytes", UNLIMITED},
    {"process/max_stdout_bytes", UNLIMITED},
    {"process/max_total_bytes", UNLIMITED},
};

struct pair {
	const struct policy *before, *after;
	struct policy_changes *out;
};

void policy_changes_clear(struct policy_changes *c)
{
	base_free_ptr(&c->items);
	arena_clear(&c->arena);
	*c = (struct policy_changes){0};
}

const char *policy_change_kind_name(enum policy_change_kind kind)
{
	switch (kind) {
	case POLICY_GRANT:
		return "grant";
	case POLICY_REVOKE:
		return "revoke";
	case POLICY_REORDER:
		return "reorder";
	}
	return "";
}

static bool is_one_of(const char *const *list, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], path) == 0)
			return true;
	}
	return false;
}

static const void *slot(const struct policy *p, size_t row)
{
	return (const char *)p + policy_fields[row].offset;
}

static void add(
    struct pair *d, size_t row, enum policy_change_kind kind, const char *before, const char *after)
{
	struct policy_change change = {.kind = kind, .before = before, .after = after};

	if (d->out->count >= POLICY_CHANGES_MAX)
		return;
	(void)snprintf(change.pointer, sizeof(change.pointer), "/%s", policy_fields[row].path);
	VEC_PUSH(d->out->items, d->out->count, d->out->cap, change);
}

static enum policy_change_kind kind_of(size_t row, bool more)
{
	bool back = is_one_of(reversed, ARRAY_LEN(reversed), policy_fields[row].path);

	return more != back ? POLICY_GRANT : POLICY_REVOKE;
}

static const char *quoted(struct pair *d, const char *text)
{
	CLEANUP(buf_clear) struct buf out = buf_init(VALUE_MAX);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_string(&w, text);
	return arena_strndup(&d->out->arena, out.data, out.len);
}

/* ---- booleans and numbers ---- */

static void compare_bool(struct pair *d, size_t row)
{
	bool a = *(const bool *)slot(d->before, row), b = *(const bool *)slot(d->after, row);

	if (a != b)
		add(d, row, kind_of(row, b), a ? "true" : "false", b ? "true" : "false");
}

static uint64_t effective(size_t row, uint64_t v)
{
	for (size_t i = 0; v == 0 && i < ARRAY_LEN(zeros); i++) {
		if (strcmp(zeros[i].path, policy_fields[row].path) == 0)
			return zeros[i].value;
	}
	return v;
}

static uint64_t number_of(const struct policy *p, size_t row)
{
	return policy_fields[row].kind == POLICY_U64 ? *(const uint64_t *)slot(p, row)
						     : *(const uint32_t *)slot(p, row);
}

static void compare_number(struct pair *d, size_t row)
{
	uint64_t a = number_of(d->before, row), b = number_of(d->after, row);
	struct arena *arena = &d->out->arena;

	if (effective(row, a) == effective(row, b))
		return;
	add(d, row, kind_of(row, effective(row, b) > effective(row, a)),
	    arena_printf(arena, "%llu", (unsigned long long)a),
	    arena_printf(arena, "%llu", (unsigned long long)b));
}

/* ---- lists ---- */

static uint32_t find(const struct policy_list *list, const char *text)
{
	uint32_t i = 0;

	while (i < list->count && strcmp(list->items[i], text) != 0)
		i++;
	return i;
}

/* Items of @p from, each once, that are (or are not) in @p other. */
static uint32_t pick(const char **out, const struct policy_list *from,
    const struct policy_list *other, bool in_other)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < from->count; i++) {
		const char *text = from->items[i];

		if (find(from, text) == i && (find(other, text) < other->count) == in_other)
			out[count++] = text;
	}
	return count;
}

static const char *list_text(struct pair *d, const char *const *items, uint32_t count)
{
	CLEANUP(buf_clear) struct buf out = buf_init(8u << 20);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_array(&w);
	for (uint32_t i = 0; i < count; i++)
		jsonw_string(&w, items[i]);
	jsonw_end_array(&w);
	return arena_strndup(&d->out->arena, out.data, out.len);
}

/* Items that both have, in another order. */
static void compare_order(
    struct pair *d, size_t row, const struct policy_list *a, const struct policy_list *b)
{
	AUTO_FREE const char **left = base_calloc(a->count + 1, sizeof(*left));
	AUTO_FREE const char **right = base_calloc(b->count + 1, sizeof(*right));
	uint32_t count = pick(left, a, b, true);

	(void)pick(right, b, a, true);
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(left[i], right[i]) == 0)
			continue;
		add(d, row, POLICY_REORDER, list_text(d, left, count), list_text(d, right, count));
		return;
	}
}

static void compare_list(struct pair *d, size_t row)
{
	const struct policy_list *a = slot(d->before, row), *b = slot(d->after, row);
	AUTO_FREE const char **items = base_calloc(a->count + b->count + 1, sizeof(*items));
	const char *path = policy_fields[row].path;
	uint32_t count;

	if (is_one_of(open_when_empty, ARRAY_LEN(open_when_empty), path) &&
	    (a->count == 0) != (b->count == 0)) {
		add(d, row, kind_of(row, b->count == 0), list_text(d, a->items, a->count),
		    list_text(d, b->items, b->count));
		return;
	}
	count = pick(items, b, a, false);
	for (uint32_t i = 0; i < count; i++)
		add(d, row, kind_of(row, true), NULL, quoted(d, items[i]));
	count = pick(items, a, b, false);
	for (uint32_t i = 0; i < count; i++)
		add(d, row, kind_of(row, false), quoted(d, items[i]), NULL);
	if (is_one_of(ordered, ARRAY_LEN(ordered), path))
		compare_order(d, row, a, b);
}

/* ---- ports and hosts ---- */

static bool has_port(const uint16_t *ports, uint32_t count, uint16_t port)
{
	for (uint32_t i = 0; i < count; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

static void compare_ports(struct pair *d, size_t row)
{
	const struct policy_db *a = &d->before->db, *b = &d->after->db;

	for (uint32_t i = 0; i < b->net_allow_port_count; i++) {
		uint16_t port = b->net_allow_ports[i];

		if (!has_port(a->net_allow_ports, a->net_allow_port_count, port) &&
		    !has_port(b->net_allow_ports, i, port))
			add(d, row, POLICY_GRANT, NULL,
			    arena_printf(&d->out->arena, "%u", (unsigned)port));
	}
	for (uint32_t i = 0; i < a->net_allow_port_count; i++) {
		uint16_t port = a->net_allow_ports[i];

		if (!has_port(b->net_allow_ports, b->net_allow_port_count, port) &&
		    !has_port(a->net_allow_ports, i, port))
			add(d, row, POLICY_REVOKE,
			    arena_printf(&d->out->arena, "%u", (unsigned)port), NULL);
	}
}

/* The names of the hosts as they are compared. */
static const char **names_of(struct pair *d, const struct policy_net *net)
{
	const char **names = arena_alloc(&d->out->arena, (net->host_count + 1) * sizeof(*names));
	char name[POLICY_HOST_MAX + 1];

	for (uint32_t i = 0; i < net->host_count; i++) {
		const char *host = net->hosts[i].host;

		names[i] = host;
		if (policy_host_normal(name, host, strlen(host)))
			names[i] = arena_strndup(&d->out->arena, name, strlen(name));
	}
	return names;
}

/* One of the first @p count hosts has the destination. */
static bool has_pair(const struct policy_net *net, const char *const *names, uint32_t count,
    const char *name, uint16_t port)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0 &&
		    has_port(net->hosts[i].ports, net->hosts[i].port_count, port))
			return true;
	}
	return false;
}

static const char *pair_text(struct pair *d, const char *name, uint16_t port)
{
	char text[POLICY_HOST_MAX * 4 + 16];
	struct policy_address a;

	(void)snprintf(text, sizeof(text),
	    policy_address_parse(&a, name) && strchr(name, ':') ? "[%s]:%u" : "%s:%u", name,
	    (unsigned)port);
	return quoted(d, text);
}

/* Destinations of @p from that @p other lacks. */
static void lacking(struct pair *d, size_t row, const struct policy_net *from,
    const struct policy_net *other, bool more)
{
	const char **mine = names_of(d, from), **theirs = names_of(d, other);

	for (uint32_t i = 0; i < from->host_count; i++) {
		const struct policy_host *h = &from->hosts[i];

		for (uint32_t n = 0; n < h->port_count; n++) {
			const char *text;

			if (has_pair(other, theirs, other->host_count, mine[i], h->ports[n]) ||
			    has_pair(from, mine, i, mine[i], h->ports[n]) ||
			    has_port(h->ports, n, h->ports[n]))
				continue;
			text = pair_text(d, mine[i], h->ports[n]);
			add(d, row, kind_of(row, more), more ? NULL : text, more ? text : NULL);
		}
	}
}

static void compare_row(struct pair *d, size_t row)
{
	switch (policy_fields[row].kind) {
	case POLICY_BOOL:
		compare_bool(d, row);
		break;
	case POLICY_U32:
	case POLICY_U64:
		compare_number(d, row);
		break;
	case POLICY_LIST:
		compare_list(d, row);
		break;
	case POLICY_PORTS:
		compare_ports(d, row);
		break;
	case POLICY_HOSTS:
		lacking(d, row, &d->after->net, &d->before->net, true);
		lacking(d, row, &d->before->net, &d->after->net, false);
		break;
	case POLICY_CONST:
	case POLICY_STRING:
	case POLICY_OBJECT:
		break;
	}
}

static void compare_members(struct pair *d, size_t parent)
{
	for (size_t row = policy_field_first(parent); row; row = policy_field_next(row)) {
		if (policy_fields[row].kind == POLICY_OBJECT)
			compare_members(d, row);
		else
			compare_row(d, row);
	}
}

void policy_diff(
    struct policy_changes *out, const struct policy *before, const struct policy *after)
{
	struct policy_changes changes = {0};
	struct pair d = {.before = before, .after = after, .out = &changes};

	compare_members(&d, POLICY_ROOT_FIELD);
	*out = TAKE(changes);
}

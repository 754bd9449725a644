/* SPDX-License-Identifier: MIT */
/*
 * What would have to change so that something is allowed: asks, mends the line that refused in a
 * copy of the policy, and asks again, until the answer is yes or no line can be mended. So the
 * patch is complete, and holds nothing that the decision did not ask for.
 */
#include "policy/decide.h"

#include "base/json.h"
#include "base/shell.h"
#include "lang/rt/decide.h"
#include "policy/fields_priv.h"
#include "policy/net.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX (64u << 10)
#define RUNTIME_DEFAULT_MS 60000

/* A policy that is being mended. */
struct mend {
	struct policy policy; /* shares its texts with the caller's; arena not used */
	struct arena arena;
	struct policy_grant *grant;
	const char *folder; /* the root that was added; NULL: none, or the folder of the subject */
};

void policy_grant_clear(struct policy_grant *g)
{
	for (uint32_t i = 0; i < g->count; i++)
		base_free_ptr(&g->steps[i].value);
	base_free_ptr(&g->flag);
	*g = (struct policy_grant){0};
}

/* @param value  moved; NULL for remove. */
static bool PRINTF_LIKE(4, 5)
    add_step(struct mend *m, const char *op, char *value, const char *path, ...)
{
	struct policy_step *s;
	va_list args;

	if (m->grant->count == POLICY_STEPS_MAX) {
		base_free_ptr(&value);
		return false;
	}
	s = &m->grant->steps[m->grant->count++];
	s->op = op;
	s->value = value;
	va_start(args, path);
	(void)vsnprintf(s->path, sizeof(s->path), path, args);
	va_end(args);
	return true;
}

static char *quoted(const char *text)
{
	struct buf out = buf_init(VALUE_MAX);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_string(&w, text);
	return buf_take(&out);
}

/* Set a boolean or number; the row says whether the document has it. */
static bool set_field(struct mend *m, const char *path, uint32_t value)
{
	size_t row = policy_field_find(path);
	const struct policy_field *f = &policy_fields[row];
	const char *op = policy_is_present(&m->policy, row) ? "replace" : "add";
	void *slot = (char *)&m->policy + f->offset;
	char text[16];

	if (f->kind == POLICY_BOOL) {
		*(bool *)slot = value != 0;
		(void)snprintf(text, sizeof(text), "%s", value ? "true" : "false");
	} else {
		*(uint32_t *)slot = value;
		(void)snprintf(text, sizeof(text), "%u", (unsigned)value);
	}
	return add_step(m, op, base_strdup(text), "/%s", path);
}

bool policy_can_hold(const char *field, const char *text, size_t len)
{
	const struct policy_field *f = &policy_fields[policy_field_find(field)];
	struct str s = {text, (uint32_t)len};
	const char *help = NULL;
	size_t chars = policy_text_chars(s);

	return len <= VALUE_MAX && rt_decide_utf8(text, len) && chars >= f->min &&
	       chars <= f->max && !policy_text_fault(f->text, s, &help);
}

/* Append to a list of strings. */
static bool add_item(struct mend *m, const char *path, const char *text)
{
	size_t row = policy_field_find(path);
	struct policy_list *list =
	    (struct policy_list *)(void *)((char *)&m->policy + policy_fields[row].offset);
	const char **items = arena_alloc(&m->arena, (list->count + 1) * sizeof(*items));
	CLEANUP(buf_clear) struct buf array = buf_init(VALUE_MAX);
	AUTO_FREE char *value = quoted(text);

	if (list->count >= policy_fields[row].max_items ||
	    !policy_can_hold(path, text, strlen(text)))
		return false;
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count] = arena_strndup(&m->arena, text, strlen(text));
	*list = (struct policy_list){items, list->count + 1};
	if (policy_is_present(&m->policy, row))
		return add_step(m, "add", TAKE(value), "/%s/-", path);
	buf_printf(&array, "[%s]", value);
	return add_step(m, "add", buf_take(&array), "/%s", path);
}

/* The directory of a path: the smallest root that holds it. */
static const char *folder_of(struct mend *m, const char *path)
{
	const char *slash;

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	slash = strrchr(path, '/');
	if (!slash)
		return ".";
	if (slash == path)
		return "/";
	return arena_strndup(&m->arena, path, (size_t)(slash - path));
}

static bool mend_file(
    struct mend *m, const struct policy_question *q, const struct policy_decision *d)
{
	const char *roots = q->op == POLICY_FS_WRITE ? "fs/write_roots" : "fs/read_roots";

	if (strcmp(d->rule, "/fs/enabled") == 0)
		return set_field(m, "fs/enabled", true);
	if (strcmp(d->rule, "/fs/deny_hidden") == 0)
		return set_field(m, "fs/deny_hidden", false);
	if (strcmp(d->rule, "/fs/allow_symlinks") == 0)
		return set_field(m, "fs/allow_symlinks", true);
	if (strcmp(d->rule, "/threads/max_blocking") == 0)
		return set_field(m, "threads/max_blocking", 1);
	/* a write root at the place itself is more specific than the read root that decided */
	if (q->op == POLICY_FS_WRITE && strncmp(d->rule, "/fs/read_roots/", 15) == 0 &&
	    !m->folder) {
		m->folder = folder_of(m, q->v1 ? q->subject : d->resolved);
		return add_item(m, roots, m->folder);
	}
	if (d->rule[0] == '/' && strcmp(d->rule + 1, roots) == 0)
		return add_item(m, roots, folder_of(m, q->subject));
	return false;
}

static bool mend_host(struct mend *m, const struct policy_question *q)
{
	struct policy_net *net = &m->policy.net;
	struct policy_host *hosts =
	    arena_alloc(&m->arena, (net->host_count + 1) * sizeof(net->hosts[0]));
	uint16_t *port = arena_alloc(&m->arena, sizeof(*port));
	CLEANUP(buf_clear) struct buf value = buf_init(VALUE_MAX);
	AUTO_FREE char *host = quoted(q->subject);

	if (net->host_count >= POLICY_HOSTS_MAX ||
	    !policy_can_hold("net/allow_hosts/[]/host", q->subject, strlen(q->subject)))
		return false;
	*port = q->port;
	if (net->host_count)
		memcpy(hosts, net->hosts, net->host_count * sizeof(*hosts));
	hosts[net->host_count] = (struct policy_host){q->subject, port, 1};
	net->hosts = hosts;
	net->host_count++;
	buf_printf(&value, "{\"host\":%s,\"ports\":[%u]}", host, (unsigned)q->port);
	return add_step(m, "add", buf_take(&value), "/net/allow_hosts/-");
}

static bool mend_port(struct mend *m, const struct policy_question *q, uint32_t entry)
{
	struct policy_net *net = &m->policy.net;
	struct policy_host *hosts = arena_alloc(&m->arena, net->host_count * sizeof(net->hosts[0]));
	struct policy_host *h = &hosts[entry];
	uint16_t *ports;
	char text[16];

	memcpy(hosts, net->hosts, net->host_count * sizeof(*hosts));
	if (h->port_count >= POLICY_PORTS_MAX)
		return false;
	ports = arena_alloc(&m->arena, (h->port_count + 1) * sizeof(*ports));
	memcpy(ports, h->ports, h->port_count * sizeof(*ports));
	ports[h->port_count] = q->port;
	*h = (struct policy_host){h->host, ports, h->port_count + 1};
	net->hosts = hosts;
	(void)snprintf(text, sizeof(text), "%u", (unsigned)q->port);
	return add_step(
	    m, "add", base_strdup(text), "/net/allow_hosts/%u/ports/-", (unsigned)entry);
}

static bool mend_net(struct mend *m, const struct policy_question *q)
{
	uint32_t entry = UINT32_MAX;

	switch (policy_net_decide(&entry, &m->policy.net, POLICY_TCP, q->subject, q->port)) {
	case POLICY_DENIED_NET:
		return set_field(m, "net/enabled", true);
	case POLICY_DENIED_TCP:
		return set_field(m, "net/allow_tcp", true);
	case POLICY_DENIED_DNS:
		return set_field(m, "net/allow_dns", true);
	case POLICY_DENIED_HOST:
		return mend_host(m, q);
	case POLICY_DENIED_PORT:
		return mend_port(m, q, entry);
	case POLICY_ALLOWED:
	case POLICY_DENIED_UDP:
	case POLICY_DENIED_FORM:
		return false;
	}
	return false;
}

static bool mend_env(
    struct mend *m, const struct policy_question *q, const struct policy_decision *d)
{
	struct policy_list *deny = &m->policy.env.deny_keys;
	const char **items;
	unsigned at = 0;

	if (strcmp(d->rule, "/env/enabled") == 0)
		return set_field(m, "env/enabled", true);
	if (strcmp(d->rule, "/env/allow_keys") == 0)
		return add_item(m, "env/allow_keys", q->subject);
	while (at < deny->count && strcmp(deny->items[at], q->subject) != 0)
		at++;
	if (at == deny->count)
		return false;
	items = arena_alloc(&m->arena, deny->count * sizeof(*items));
	memcpy(items, deny->items, at * sizeof(*items));
	memcpy(items + at, deny->items + at + 1, (deny->count - at - 1) * sizeof(*items));
	*deny = (struct policy_list){items, deny->count - 1};
	return add_step(m, "remove", NULL, "/env/deny_keys/%u", at);
}

/* allow_spawn wants numbers beside it (policy/rules.c). */
static bool mend_spawn(struct mend *m)
{
	struct policy_process *p = &m->policy.process;
	bool ok = set_field(m, "process/allow_spawn", true);

	if (ok && !p->max_live)
		ok = set_field(m, "process/max_live", 1);
	if (ok && !p->max_spawns)
		ok = set_field(m, "process/max_spawns", 1);
	if (ok && !p->max_runtime_ms)
		ok = set_field(m, "process/max_runtime_ms", RUNTIME_DEFAULT_MS);
	return ok;
}

static bool mend_exec(
    struct mend *m, const struct policy_question *q, const struct policy_decision *d)
{
	if (strcmp(d->rule, "/process/enabled") == 0)
		return set_field(m, "process/enabled", true);
	if (strcmp(d->rule, "/process/allow_spawn") == 0 && !m->policy.process.allow_spawn)
		return mend_spawn(m);
	if (strcmp(d->rule, "/process/allow_execs") == 0)
		return add_item(m, "process/allow_execs", q->subject);
	return false;
}

static bool mend_one(
    struct mend *m, const struct policy_question *q, const struct policy_decision *d)
{
	switch (q->op) {
	case POLICY_FS_READ:
	case POLICY_FS_WRITE:
		return mend_file(m, q, d);
	case POLICY_NET:
		return mend_net(m, q);
	case POLICY_ENV:
		return mend_env(m, q, d);
	case POLICY_EXEC:
		return mend_exec(m, q, d);
	}
	return false;
}

/* The flag of `x07 run` that does the same, when one does. */
static char *flag_for(const struct policy_question *q, struct mend *m)
{
	const struct policy_grant *g = m->grant;
	struct buf out = buf_init(VALUE_MAX);

	bool ok = false;

	/* no flag turns a switch of the policy on */
	if (q->op == POLICY_NET && g->count == 1 &&
	    strncmp(g->steps[0].path, "/net/allow_hosts/", 17) == 0)
		ok = shell_add_option(&out, "--allow-host",
		    arena_printf(&m->arena, strchr(q->subject, ':') ? "[%s]:%u" : "%s:%u",
			q->subject, (unsigned)q->port));
	else if ((q->op == POLICY_FS_READ || q->op == POLICY_FS_WRITE) && g->count == 1 &&
		 strstr(g->steps[0].path, "_roots/"))
		ok = shell_add_option(&out,
		    q->op == POLICY_FS_READ ? "--allow-read-root" : "--allow-write-root",
		    m->folder ? m->folder : folder_of(m, q->subject));
	return ok ? buf_take(&out) : NULL;
}

static void mend_clear(struct mend *m)
{
	arena_clear(&m->arena);
}

bool policy_grant_find(
    struct policy_grant *out, const struct policy *p, const struct policy_question *q)
{
	CLEANUP(policy_grant_clear) struct policy_grant grant = {0};
	CLEANUP(mend_clear) struct mend m = {.policy = *p, .grant = &grant};

	for (;;) {
		CLEANUP(policy_decision_clear) struct policy_decision d = {0};

		policy_decide(&d, &m.policy, q);
		if (d.allowed)
			break;
		if (!mend_one(&m, q, &d)) {
			*out = (struct policy_grant){0};
			return false;
		}
	}
	if (grant.count)
		grant.flag = flag_for(q, &m);
	*out = TAKE(grant);
	return true;
}

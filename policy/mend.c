/* SPDX-License-Identifier: MIT */
/*
 * Mends the line of a policy that refused something: one switch, number, item or destination. Each
 * mend is a step of a JSON Patch.
 */
#include "policy/mend_priv.h"

#include "base/json.h"
#include "lang/rt/decide.h"
#include "policy/fields_priv.h"
#include "policy/gates.h"
#include "policy/net_local.h"
#include "policy/root_offer_priv.h"
#include "policy/text_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define VALUE_MAX (64u << 10)
#define RUNTIME_DEFAULT_MS 60000

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

/* Set a boolean or number. False when it has the value already: then it was not what refused. */
static bool set_field(struct mend *m, const char *path, uint64_t value)
{
	size_t row = policy_field_find(path);
	const struct policy_field *f = &policy_fields[row];
	const char *op = policy_is_present(&m->policy, row) ? "replace" : "add";
	void *slot = (char *)&m->policy + f->offset;
	char text[24];

	if (f->kind == POLICY_BOOL) {
		if (*(bool *)slot == (value != 0))
			return false;
		*(bool *)slot = value != 0;
		(void)snprintf(text, sizeof(text), "%s", value ? "true" : "false");
	} else {
		if (*(uint32_t *)slot == value || value > f->max)
			return false;
		*(uint32_t *)slot = (uint32_t)value;
		(void)snprintf(text, sizeof(text), "%u", (unsigned)value);
	}
	return add_step(m, op, base_strdup(text), "/%s", path);
}

/* Whether a string of the policy may be this text: some paths, keys and hosts cannot be. */
static bool can_hold(struct mend *m, const char *field, const char *text)
{
	const struct policy_field *f = &policy_fields[policy_field_find(field)];
	struct str s = str_c(text);
	const char *help = NULL;
	size_t chars = policy_text_chars(s);

	if (s.len <= VALUE_MAX && rt_decide_utf8(text, s.len) && chars >= f->min &&
	    chars <= f->max && !policy_text_fault(f->text, s, &help))
		return true;
	m->withheld = "no policy can hold this text";
	return false;
}

/* Append to a list of strings. */
static bool add_item(struct mend *m, const char *path, const char *text)
{
	size_t row = policy_field_find(path);
	struct policy_list *list =
	    (struct policy_list *)(void *)((char *)&m->policy + policy_fields[row].offset);
	const char **items = arena_alloc(&m->arena, (list->count + 1) * sizeof(*items));
	CLEANUP(buf_clear) struct buf array = buf_init(VALUE_MAX);
	AUTO_FREE char *value = NULL;

	if (!can_hold(m, path, text))
		return false;
	if (list->count >= policy_fields[row].max_items) {
		m->withheld = "the list of the policy is full";
		return false;
	}
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count] = arena_strndup(&m->arena, text, strlen(text));
	*list = (struct policy_list){items, list->count + 1};
	value = quoted(text);
	if (policy_is_present(&m->policy, row))
		return add_step(m, "add", TAKE(value), "/%s/-", path);
	buf_printf(&array, "[%s]", value);
	policy_set_present(&m->policy, row);
	return add_step(m, "add", buf_take(&array), "/%s", path);
}

/* A switch or bound of the question: its line becomes what the question needs. */
static bool mend_switch(struct mend *m, const char *path)
{
	size_t row = policy_field_find(path);

	if (!row)
		return false;
	if (policy_fields[row].kind == POLICY_BOOL)
		return set_field(m, path, true);
	if (policy_fields[row].kind != POLICY_U32)
		return false;
	if (m->question.amount > policy_fields[row].max)
		m->withheld = "it needs more than any policy may give";
	return set_field(m, path, m->question.amount);
}

static bool mend_root(struct mend *m, const char *field, const struct policy_decision *d)
{
	struct root_offer offer;

	if (m->folder) /* that root did not help */
		return false;
	policy_root_offer_find(&offer, &m->arena, &m->question, d->resolved,
	    strncmp(d->rule, "/fs/read_roots/", 15) == 0);
	m->withheld = offer.withheld;
	if (!offer.folder || !add_item(m, field, offer.folder))
		return false;
	m->folder = offer.folder;
	m->question.seen = 0;
	m->grant->marks |= offer.outside ? POLICY_MARK_OUTSIDE : 0u;
	m->grant->marks |= offer.absent ? POLICY_MARK_ABSENT : 0u;
	if (m->question.op == POLICY_FS_WRITE && strcmp(offer.folder, ".") == 0)
		m->grant->marks |= POLICY_MARK_PROJECT;
	return true;
}

static bool mend_file(struct mend *m, const struct policy_decision *d)
{
	const char *roots = m->question.op == POLICY_FS_WRITE ? "fs/write_roots" : "fs/read_roots";
	const char *path = d->rule + 1;

	if (!d->rule[0])
		return false;
	/* a write root at the place itself is more specific than the read root that decided */
	if (strcmp(path, roots) == 0 || strncmp(path, "fs/read_roots/", 14) == 0)
		return mend_root(m, roots, d);
	if (strcmp(path, "threads/max_blocking") == 0)
		return set_field(m, path, 1);
	if (strcmp(path, "fs/deny_hidden") == 0) {
		m->grant->marks |= POLICY_MARK_HIDDEN;
		return set_field(m, path, false);
	}
	if (strcmp(path, "fs/allow_symlinks") == 0)
		m->question.seen = 0;
	return mend_switch(m, path);
}

/* ---- destinations ---- */

static bool same_name(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	a_len -= a_len > 1 && a[a_len - 1] == '.';
	b_len -= b_len > 1 && b[b_len - 1] == '.';
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* The entry of --deny-host that speaks about a host; the port is asked apart. */
static bool denies_host(const struct policy_override_host *d, const char *host)
{
	char normal[POLICY_HOST_MAX + 1];
	struct policy_address address;
	struct policy_range range;

	if (policy_address_parse(&address, host))
		return policy_range_parse(&range, d->host) && policy_range_has(&range, &address);
	return policy_host_normal(normal, host, strlen(host)) && same_name(normal, d->host);
}

static bool denies_port(const struct policy_override_host *d, uint16_t port)
{
	for (uint32_t i = 0; i < d->port_count; i++) {
		if (d->ports[i] == port)
			return true;
	}
	return d->all_ports;
}

/* What a flag took away no patch gives back: the flag stands there for a reason. */
static bool is_taken_away(struct mend *m, const char *host, uint16_t port)
{
	const struct policy_override_hosts *deny = m->overrides ? &m->overrides->deny : NULL;

	for (uint32_t i = 0; deny && i < deny->count; i++) {
		const struct policy_override_host *d = &deny->items[i];

		if (!denies_host(d, host) || !denies_port(d, port))
			continue;
		if (d->all_ports)
			m->withheld =
			    arena_printf(&m->arena, "--deny-host %s:* takes it away", d->host);
		else
			m->withheld = arena_printf(
			    &m->arena, "--deny-host %s:%u takes it away", d->host, (unsigned)port);
		return true;
	}
	return false;
}

/* RFC 6761: such a name stands for this host, wherever it is asked. */
static bool is_private(const char *host)
{
	static const char local[] = "localhost";
	size_t len = strlen(host), n = sizeof(local) - 1;
	struct policy_address address;

	if (policy_address_parse(&address, host))
		return policy_address_is_local(&address);
	len -= len > 1 && host[len - 1] == '.';
	return len >= n && strncasecmp(host + len - n, local, n) == 0 &&
	       (len == n || host[len - n - 1] == '.');
}

static bool add_host(struct mend *m, const char *host, uint16_t port)
{
	struct policy_net *net = &m->policy.net;
	struct policy_host *hosts =
	    arena_alloc(&m->arena, (net->host_count + 1) * sizeof(net->hosts[0]));
	uint16_t *ports = arena_alloc(&m->arena, sizeof(*ports));
	CLEANUP(buf_clear) struct buf value = buf_init(VALUE_MAX);
	AUTO_FREE char *text = NULL;

	if (!can_hold(m, "net/allow_hosts/[]/host", host))
		return false;
	if (net->host_count >= POLICY_HOSTS_MAX) {
		m->withheld = "the list of the policy is full";
		return false;
	}
	*ports = port;
	if (net->host_count)
		memcpy(hosts, net->hosts, net->host_count * sizeof(*hosts));
	hosts[net->host_count] = (struct policy_host){host, ports, 1};
	net->hosts = hosts;
	net->host_count++;
	text = quoted(host);
	buf_printf(&value, "{\"host\":%s,\"ports\":[%u]}", text, (unsigned)port);
	return add_step(m, "add", buf_take(&value), "/net/allow_hosts/-");
}

static bool add_port(struct mend *m, uint32_t entry, uint16_t port)
{
	struct policy_net *net = &m->policy.net;
	struct policy_host *hosts = arena_alloc(&m->arena, net->host_count * sizeof(net->hosts[0]));
	struct policy_host *h = &hosts[entry];
	uint16_t *ports;
	char text[16];

	memcpy(hosts, net->hosts, net->host_count * sizeof(*hosts));
	if (h->port_count >= POLICY_PORTS_MAX) {
		m->withheld = "the host has as many ports as a policy can hold";
		return false;
	}
	ports = arena_alloc(&m->arena, (h->port_count + 1) * sizeof(*ports));
	memcpy(ports, h->ports, h->port_count * sizeof(*ports));
	ports[h->port_count] = port;
	*h = (struct policy_host){h->host, ports, h->port_count + 1};
	net->hosts = hosts;
	(void)snprintf(text, sizeof(text), "%u", (unsigned)port);
	return add_step(
	    m, "add", base_strdup(text), "/net/allow_hosts/%u/ports/-", (unsigned)entry);
}

/*
 * Under flags the list of the run is another than that of the file: the place is looked for anew.
 * An entry that stands for more than the host itself gets no port for all of it.
 */
static bool mend_destination(struct mend *m, const char *host)
{
	uint16_t port = m->question.port;
	uint32_t entry = UINT32_MAX;
	enum policy_verdict verdict;
	struct policy_range range;

	if (is_taken_away(m, host, port))
		return false;
	if (is_private(host))
		m->grant->marks |= POLICY_MARK_PRIVATE;
	verdict = policy_net_decide(&entry, &m->policy.net, m->question.transport, host, port);
	if (verdict == POLICY_ALLOWED)
		return false;
	if (verdict == POLICY_DENIED_PORT && entry != UINT32_MAX &&
	    (!policy_range_parse(&range, m->policy.net.hosts[entry].host) ||
		memcmp(&range.first, &range.last, sizeof(range.first)) == 0))
		return add_port(m, entry, port);
	return add_host(m, host, port);
}

static bool mend_net(struct mend *m, const struct policy_decision *d)
{
	const struct policy_question *q = &m->question;

	if (!d->rule[0])
		return false;
	if (strncmp(d->rule, "/net/allow_hosts", 16) != 0)
		return mend_switch(m, d->rule + 1);
	return mend_destination(m, d->by_address ? q->address : q->subject);
}

/* ---- variables and programs ---- */

static bool mend_env(struct mend *m, const struct policy_decision *d)
{
	struct policy_list *deny = &m->policy.env.deny_keys;
	const char *key = m->question.subject;
	const char **items;
	unsigned at = 0;

	if (strcmp(d->rule, "/env/enabled") == 0)
		return set_field(m, "env/enabled", true);
	if (strcmp(d->rule, "/env/allow_keys") == 0)
		return add_item(m, "env/allow_keys", key);
	while (at < deny->count && strcmp(deny->items[at], key) != 0)
		at++;
	if (at == deny->count)
		return false;
	items = arena_alloc(&m->arena, deny->count * sizeof(*items));
	memcpy(items, deny->items, at * sizeof(*items));
	memcpy(items + at, deny->items + at + 1, (deny->count - at - 1) * sizeof(*items));
	*deny = (struct policy_list){items, deny->count - 1};
	m->grant->marks |= POLICY_MARK_DENY_LIST;
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

static bool mend_exec(struct mend *m, const struct policy_decision *d)
{
	if (strcmp(d->rule, "/process/enabled") == 0)
		return set_field(m, "process/enabled", true);
	if (strcmp(d->rule, "/process/allow_spawn") == 0 && !m->policy.process.allow_spawn)
		return mend_spawn(m);
	if (strcmp(d->rule, "/process/allow_execs") == 0)
		return add_item(m, "process/allow_execs", m->question.subject);
	return false;
}

bool policy_mend(struct mend *m, const struct policy_decision *d)
{
	switch (m->question.op) {
	case POLICY_FS_READ:
	case POLICY_FS_WRITE:
		return mend_file(m, d);
	case POLICY_NET:
		return mend_net(m, d);
	case POLICY_ENV:
		return mend_env(m, d);
	case POLICY_TIME:
	case POLICY_EXIT:
		return d->rule[0] && mend_switch(m, d->rule + 1);
	case POLICY_EXEC:
		return mend_exec(m, d);
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
/*
 * Overrides applied to a policy. Order: the hosts of the policy, then new ones sorted by name;
 * then the denials, which win. Limits are checked before the denials, so that a denial cannot
 * make room. Nothing is switched on: docs/decisions/flags-name.md.
 * Source: docs/spec/run-and-policy.md 7.2, steps 1 to 5 and 7 to 9.
 */
#include "policy/merge.h"
#include "policy/overrides.h"

#include "lang/rt/decide.h"

#include <arpa/inet.h>
#include <string.h>

/* The list of hosts while it is put together. */
struct merge {
	struct arena *arena;
	struct policy_host *hosts; /* at most POLICY_HOSTS_MAX */
	uint32_t count;
};

/* The first host of the flags that must be looked up; NULL when all are addresses. */
static const char *first_name(const struct policy_override_hosts *hosts)
{
	struct policy_range range;

	for (uint32_t i = 0; i < hosts->count; i++) {
		if (!policy_range_parse(&range, hosts->items[i].host))
			return hosts->items[i].host;
	}
	return NULL;
}

static int check_gates(const struct policy *p, const struct policy_overrides *o, struct err *err)
{
	const char *name = first_name(&o->allow);
	bool hosts = o->allow.count || o->deny.count;
	bool roots = o->read_roots.count || o->write_roots.count;

	if (hosts && !p->net.enabled)
		return err_set(err, ERR_POLICY,
		    "--allow-host and --deny-host need a policy with the network on; policy %s has "
		    "net.enabled=false%s; set %s to true in it, or take a policy for the network "
		    "(`x07 policy init --template http-client`)",
		    p->policy_id, p->net.allow_tcp ? "" : " and net.allow_tcp=false",
		    p->net.allow_tcp ? "/net/enabled" : "/net/enabled and /net/allow_tcp");
	if (hosts && !p->net.allow_tcp)
		return err_set(err, ERR_POLICY,
		    "--allow-host and --deny-host need a policy with TCP on; policy %s has "
		    "net.allow_tcp=false; set /net/allow_tcp to true in it",
		    p->policy_id);
	if (name && !p->net.allow_dns)
		return err_set(err, ERR_POLICY,
		    "--allow-host %.300s needs a policy that looks names up; policy %s has "
		    "net.allow_dns=false, and no flag changes that; set /net/allow_dns to true in "
		    "it, or name an address",
		    name, p->policy_id);
	if (roots && !p->fs.enabled)
		return err_set(err, ERR_POLICY,
		    "--allow-read-root and --allow-write-root need a policy with files on; policy "
		    "%s has fs.enabled=false; set /fs/enabled to true in it",
		    p->policy_id);
	return 0;
}

static int add_port(struct policy_host *h, uint16_t port, struct err *err)
{
	uint32_t at = 0;

	while (at < h->port_count && h->ports[at] < port)
		at++;
	if (at < h->port_count && h->ports[at] == port)
		return 0;
	if (h->port_count == POLICY_PORTS_MAX)
		return err_set(
		    err, ERR_LIMIT, "host %s: more than %d ports", h->host, POLICY_PORTS_MAX);
	memmove(&h->ports[at + 1], &h->ports[at], (h->port_count - at) * sizeof(h->ports[0]));
	h->ports[at] = port;
	h->port_count++;
	return 0;
}

static int add_host(
    struct merge *m, const char *host, const uint16_t *ports, uint32_t count, struct err *err)
{
	uint32_t i = 0;
	int rc = 0;

	while (i < m->count && strcmp(m->hosts[i].host, host) != 0)
		i++;
	if (i == POLICY_HOSTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d hosts", POLICY_HOSTS_MAX);
	if (i == m->count)
		m->hosts[m->count++] =
		    (struct policy_host){.host = arena_strndup(m->arena, host, strlen(host)),
			.ports = arena_alloc(m->arena, POLICY_PORTS_MAX * sizeof(uint16_t))};
	for (uint32_t n = 0; rc == 0 && n < count; n++)
		rc = add_port(&m->hosts[i], ports[n], err);
	return rc;
}

static int add_all(struct merge *m, const struct policy_net *net,
    const struct policy_override_hosts *allow, struct err *err)
{
	char host[POLICY_HOST_MAX + 1];
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < net->host_count; i++) {
		const struct policy_host *h = &net->hosts[i];

		/* 255 characters may be more bytes: such a name is kept as it is written. */
		if (policy_host_normal(host, h->host, strlen(h->host)))
			rc = add_host(m, host, h->ports, h->port_count, err);
		else
			rc = add_host(m, h->host, h->ports, h->port_count, err);
	}
	for (uint32_t i = 0; rc == 0 && i < allow->count; i++)
		rc = add_host(m, allow->items[i].host, allow->items[i].ports,
		    allow->items[i].port_count, err);
	return rc;
}

static bool denies(const struct policy_override_host *d, uint16_t port)
{
	for (uint32_t i = 0; i < d->port_count; i++) {
		if (d->ports[i] == port)
			return true;
	}
	return d->all_ports;
}

static void subtract(struct policy_host *h, const struct policy_override_host *d)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < h->port_count; i++) {
		if (!denies(d, h->ports[i]))
			h->ports[kept++] = h->ports[i];
	}
	h->port_count = kept;
}

/* The same name; the dot that ends a full name is no difference. */
static bool same_name(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	a_len -= a_len > 1 && a[a_len - 1] == '.';
	b_len -= b_len > 1 && b[b_len - 1] == '.';
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* One up (or down); the caller knows that there is a next one. */
static struct policy_address step(struct policy_address a, int by)
{
	for (uint32_t i = a.len; i-- > 0;) {
		a.bytes[i] = (uint8_t)(a.bytes[i] + by);
		if (a.bytes[i] != (by > 0 ? 0 : 0xff))
			break;
	}
	return a;
}

static int order(const struct policy_address *a, const struct policy_address *b)
{
	return memcmp(a->bytes, b->bytes, a->len);
}

/* A new entry for the addresses first..last with the ports that the denial takes away from @p h. */
static int add_rest(struct merge *m, uint32_t h, const struct policy_override_host *d,
    const struct policy_range *rest, struct err *err)
{
	char first[INET6_ADDRSTRLEN] = "", last[INET6_ADDRSTRLEN] = "";
	int family = rest->first.len == 4 ? AF_INET : AF_INET6;
	struct policy_host *out = &m->hosts[m->count];

	if (m->count == POLICY_HOSTS_MAX)
		return err_set(err, ERR_LIMIT,
		    "more than %d hosts are left when %s is taken out of %s", POLICY_HOSTS_MAX,
		    d->host, m->hosts[h].host);
	(void)inet_ntop(family, rest->first.bytes, first, sizeof(first));
	(void)inet_ntop(family, rest->last.bytes, last, sizeof(last));
	*out = (struct policy_host){.host = order(&rest->first, &rest->last) == 0
						? arena_printf(m->arena, "%s", first)
						: arena_printf(m->arena, "%s-%s", first, last),
	    .ports = arena_alloc(m->arena, POLICY_PORTS_MAX * sizeof(uint16_t))};
	for (uint32_t i = 0; i < m->hosts[h].port_count; i++) {
		if (denies(d, m->hosts[h].ports[i]))
			out->ports[out->port_count++] = m->hosts[h].ports[i];
	}
	/* nothing taken away: the entry stays as it is */
	m->count += out->port_count != 0;
	return 0;
}

/* Addresses that both stand for leave the entry; what lies before and behind them stays. */
static int take_out(struct merge *m, uint32_t h, const struct policy_override_host *d,
    const struct policy_range *gone, struct err *err)
{
	struct policy_range own, rest;
	int rc = 0;

	if (!policy_range_parse(&own, m->hosts[h].host) || own.first.len != gone->first.len ||
	    order(&own.last, &gone->first) < 0 || order(&gone->last, &own.first) < 0)
		return 0;
	if (order(&own.first, &gone->first) < 0) {
		rest = (struct policy_range){own.first, step(gone->first, -1)};
		rc = add_rest(m, h, d, &rest, err);
	}
	if (rc == 0 && order(&gone->last, &own.last) < 0) {
		rest = (struct policy_range){step(gone->last, 1), own.last};
		rc = add_rest(m, h, d, &rest, err);
	}
	if (rc == 0)
		subtract(&m->hosts[h], d);
	return rc;
}

/* docs/decisions/deny-wins.md: a denied address leaves the networks that hold it, too. */
static int deny_host(struct merge *m, const struct policy_override_host *d, struct err *err)
{
	struct policy_range gone;
	bool addresses = policy_range_parse(&gone, d->host);
	uint32_t count = m->count; /* what is added on the way lies outside of `gone` */
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		if (addresses)
			rc = take_out(m, i, d, &gone, err);
		if (rc == 0 && same_name(d->host, m->hosts[i].host))
			subtract(&m->hosts[i], d);
	}
	return rc;
}

static int apply_denials(struct merge *m, const struct policy_override_hosts *deny, struct err *err)
{
	uint32_t kept = 0;
	int rc = 0;

	for (uint32_t n = 0; rc == 0 && n < deny->count; n++) {
		rc = deny_host(m, &deny->items[n], err);
		kept = 0;
		for (uint32_t i = 0; i < m->count; i++) {
			if (m->hosts[i].port_count)
				m->hosts[kept++] = m->hosts[i];
		}
		m->count = kept;
	}
	return rc;
}

static bool in_list(const struct policy_list *list, const char *text)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}

/* @param list  of its own, with room for POLICY_ROOTS_MAX. */
static int add_root(
    struct policy_list *list, struct arena *arena, const char *root, struct err *err)
{
	if (in_list(list, root))
		return 0;
	if (list->count == POLICY_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d roots", POLICY_ROOTS_MAX);
	list->items[list->count++] = arena_strndup(arena, root, strlen(root));
	return 0;
}

static struct policy_list copy_roots(const struct policy_list *list, struct arena *arena)
{
	const char **items = arena_alloc(arena, POLICY_ROOTS_MAX * sizeof(*items));

	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	return (struct policy_list){items, list->count};
}

static const char *root_item(const void *list, uint32_t i)
{
	return ((const struct policy_list *)list)->items[i];
}

/* The base policy lets the program write there. */
static bool is_writable(const struct policy_fs *base, const char *folder, const char *root)
{
	const struct rt_texts reads = {root_item, &base->read_roots, base->read_roots.count};
	const struct rt_texts writes = {root_item, &base->write_roots, base->write_roots.count};
	struct rt_path path;
	uint32_t which = 0;
	size_t rest = 0;

	return rt_path_of(&path, folder, root, NULL) &&
	       rt_decide_root(&which, &rest, &writes, folder, &path) &&
	       !rt_decide_read_only(&which, &reads, &writes, folder, &path);
}

/*
 * A read root inside a write root takes writing away, as the more specific one. A flag takes
 * nothing away (docs/decisions/flags-name.md): where the base could write, it still can.
 */
static int merge_roots(
    struct policy_fs *fs, const struct policy_overrides *o, struct arena *arena, struct err *err)
{
	struct policy_list reads = copy_roots(&fs->read_roots, arena);
	struct policy_list writes = copy_roots(&fs->write_roots, arena);
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < o->read_roots.count; i++) {
		const char *root = o->read_roots.items[i];

		rc = add_root(&reads, arena, root, err);
		if (rc == 0 && is_writable(fs, o->folder, root) && !in_list(&fs->read_roots, root))
			rc = add_root(&writes, arena, root, err);
	}
	for (uint32_t i = 0; rc == 0 && i < o->write_roots.count; i++)
		rc = add_root(&writes, arena, o->write_roots.items[i], err);
	if (rc < 0)
		return rc;
	fs->read_roots = reads;
	fs->write_roots = writes;
	return 0;
}

int policy_merge(struct policy *p, const struct policy_overrides *o, struct err *err)
{
	struct merge m = {.arena = &p->arena};
	int rc = check_gates(p, o, err);

	if (rc < 0)
		return rc;
	m.hosts = arena_alloc(m.arena, POLICY_HOSTS_MAX * sizeof(*m.hosts));
	rc = add_all(&m, &p->net, &o->allow, err);
	if (rc == 0)
		rc = merge_roots(&p->fs, o, m.arena, err);
	if (rc == 0)
		rc = apply_denials(&m, &o->deny, err);
	if (rc < 0)
		return err_wrap(err, "derived policy");
	p->net.hosts = m.hosts;
	p->net.host_count = m.count;
	return 0;
}

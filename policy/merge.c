/* SPDX-License-Identifier: MIT */
/*
 * Overrides applied to a policy. Order: the hosts of the policy, then new ones sorted by name;
 * then the denials, which win. Limits are checked before the denials, so that a denial cannot
 * make room.
 * Source: spec run-and-policy 7.2, steps 1 to 9.
 */
#include "policy/derive.h"

#include <string.h>

/* The list of hosts while it is put together. */
struct merge {
	struct arena *arena;
	struct policy_host *hosts; /* at most POLICY_HOSTS_MAX */
	uint32_t count;
};

static int check_gates(const struct policy *p, const struct policy_overrides *o, struct err *err)
{
	bool hosts = o->allow.count || o->deny.count;
	bool roots = o->read_roots.count || o->write_roots.count;

	if (hosts && !p->net.enabled)
		return err_set(err, ERR_POLICY,
		    "--allow-host and --deny-host need a policy with the network on; policy %s has "
		    "net.enabled=false",
		    p->policy_id);
	if (hosts && !p->net.allow_tcp)
		return err_set(err, ERR_POLICY,
		    "--allow-host and --deny-host need a policy with TCP on; policy %s has "
		    "net.allow_tcp=false",
		    p->policy_id);
	if (roots && !p->fs.enabled)
		return err_set(err, ERR_POLICY,
		    "--allow-read-root and --allow-write-root need a policy with files on; policy "
		    "%s has fs.enabled=false",
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

static void apply_denials(struct merge *m, const struct policy_override_hosts *deny)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		for (uint32_t n = 0; n < deny->count; n++) {
			if (strcmp(deny->items[n].host, m->hosts[i].host) == 0)
				subtract(&m->hosts[i], &deny->items[n]);
		}
		if (m->hosts[i].port_count)
			m->hosts[kept++] = m->hosts[i];
	}
	m->count = kept;
}

/* Names need resolving. An IPv6 address has letters too, as the format says. */
static bool has_letter(const struct merge *m)
{
	for (uint32_t i = 0; i < m->count; i++) {
		for (const char *c = m->hosts[i].host; *c; c++) {
			if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
				return true;
		}
	}
	return false;
}

static bool in_list(const struct policy_list *list, const char *text)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}

static int add_roots(struct policy_list *list, struct arena *arena,
    const struct policy_override_roots *roots, struct err *err)
{
	const char **items = arena_alloc(arena, POLICY_ROOTS_MAX * sizeof(*items));
	struct policy_list merged = {items, list->count};

	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	for (uint32_t i = 0; i < roots->count; i++) {
		const char *root = roots->items[i];

		if (in_list(&merged, root))
			continue;
		if (merged.count == POLICY_ROOTS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d roots", POLICY_ROOTS_MAX);
		items[merged.count++] = arena_strndup(arena, root, strlen(root));
	}
	*list = merged;
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
		rc = add_roots(&p->fs.read_roots, m.arena, &o->read_roots, err);
	if (rc == 0)
		rc = add_roots(&p->fs.write_roots, m.arena, &o->write_roots, err);
	if (rc < 0)
		return err_wrap(err, "derived policy");
	apply_denials(&m, &o->deny);
	p->net.hosts = m.hosts;
	p->net.host_count = m.count;
	p->net.allow_dns = p->net.allow_dns || has_letter(&m);
	return 0;
}

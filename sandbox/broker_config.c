/* SPDX-License-Identifier: MIT */
/* u32 magic, flags, mem_mib; text ca; u32 hosts; each: text host, u32 ports, ports. */
#include "sandbox/broker_config.h"

#include <string.h>

#define MAGIC 0x6b723037u
enum { FLAG_POLICY = 1, FLAG_ENABLED = 2, FLAG_DNS = 4, FLAG_TCP = 8, FLAG_UDP = 16 };

static void put_text(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	buf_put_u32le(out, (uint32_t)len);
	buf_add(out, text, len + 1);
}

static uint32_t flags_of(const struct policy_net *net)
{
	if (net == NULL)
		return 0;
	return FLAG_POLICY | (net->enabled ? FLAG_ENABLED : 0u) | (net->allow_dns ? FLAG_DNS : 0u) |
	       (net->allow_tcp ? FLAG_TCP : 0u) | (net->allow_udp ? FLAG_UDP : 0u);
}

void sandbox_broker_config_write(struct buf *out, const struct broker_config *config)
{
	const struct policy_net *net = config->net;
	uint32_t count = net != NULL ? net->host_count : 0;

	buf_put_u32le(out, MAGIC);
	buf_put_u32le(out, flags_of(net));
	buf_put_u32le(out, (uint32_t)(config->mem_bytes >> 20));
	put_text(out, config->ca_bundle);
	buf_put_u32le(out, count);
	for (uint32_t i = 0; i < count; i++) {
		put_text(out, net->hosts[i].host);
		buf_put_u32le(out, net->hosts[i].port_count);
		for (uint32_t p = 0; p < net->hosts[i].port_count; p++)
			buf_put_u32le(out, net->hosts[i].ports[p]);
	}
}

struct reader {
	const unsigned char *at;
	size_t left;
	bool bad;
};

static uint32_t get32(struct reader *r)
{
	uint32_t x = 0;

	if (r->left < 4) {
		r->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < 4; i++)
		x |= (uint32_t)r->at[i] << (8 * i);
	r->at += 4;
	r->left -= 4;
	return x;
}

static const char *get_text(struct reader *r, struct arena *arena)
{
	uint32_t len = get32(r);
	const char *text = (const char *)r->at;

	if (r->bad || len >= r->left || text[len] != '\0' || strlen(text) != len) {
		r->bad = true;
		return "";
	}
	r->at += len + 1;
	r->left -= len + 1;
	return arena_strndup(arena, text, len);
}

static void get_host(struct policy_host *host, struct reader *r, struct arena *arena)
{
	host->host = get_text(r, arena);
	host->port_count = get32(r);
	if (host->port_count > POLICY_PORTS_MAX)
		r->bad = true;
	if (r->bad)
		return;
	host->ports = arena_alloc(arena, (host->port_count + 1) * sizeof(*host->ports));
	for (uint32_t i = 0; i < host->port_count; i++)
		host->ports[i] = (uint16_t)get32(r);
}

static struct policy_net *get_net(struct reader *r, struct arena *arena, uint32_t flags)
{
	uint32_t count = get32(r);
	struct policy_net *net;

	if (r->bad || count > POLICY_HOSTS_MAX || !(flags & FLAG_POLICY)) {
		r->bad |= count > 0;
		return NULL;
	}
	net = arena_alloc(arena, sizeof(*net));
	*net = (struct policy_net){.enabled = (flags & FLAG_ENABLED) != 0,
	    .allow_dns = (flags & FLAG_DNS) != 0,
	    .allow_tcp = (flags & FLAG_TCP) != 0,
	    .allow_udp = (flags & FLAG_UDP) != 0,
	    .host_count = count};
	net->hosts = arena_alloc(arena, (count + 1) * sizeof(*net->hosts));
	for (uint32_t i = 0; i < count && !r->bad; i++)
		get_host(&net->hosts[i], r, arena);
	return net;
}

bool sandbox_broker_config_read(
    struct broker_config *out, struct arena *arena, const void *data, size_t len)
{
	struct reader r = {data, len, false};
	uint32_t magic = get32(&r), flags = get32(&r);
	struct broker_config c = {.mem_bytes = (uint64_t)get32(&r) << 20};

	c.ca_bundle = get_text(&r, arena);
	c.net = get_net(&r, arena, flags);
	if (r.bad || r.left != 0 || magic != MAGIC)
		return false;
	*out = c;
	return true;
}

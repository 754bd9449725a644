/* SPDX-License-Identifier: MIT */
/*
 * Every destination passes here twice: as the program wrote it, and as the addresses it led to.
 * policy/net.c decides; this file applies that, and keeps the log.
 */
#include "sandbox/broker/priv.h"

#include "policy/net_local.h"

#include <arpa/inet.h>
#include <string.h>

static void copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

void address_text(char out[BROKER_ADDRESS_TEXT], const struct policy_address *a)
{
	if (inet_ntop(a->len == 4 ? AF_INET : AF_INET6, a->bytes, out, BROKER_ADDRESS_TEXT) == NULL)
		out[0] = '\0';
}

socklen_t address_sockaddr(
    struct sockaddr_storage *out, const struct policy_address *a, uint16_t port)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (a->len == 4) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		memcpy(&in4->sin_addr, a->bytes, 4);
		return sizeof(*in4);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof(*in6);
}

bool address_of(struct policy_address *out, uint16_t *port, const struct sockaddr_storage *from)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

	memset(out, 0, sizeof(*out));
	if (from->ss_family == AF_INET) {
		out->len = 4;
		memcpy(out->bytes, &in4->sin_addr, 4);
		*port = ntohs(in4->sin_port);
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	out->len = 16;
	memcpy(out->bytes, &in6->sin6_addr, 16);
	*port = ntohs(in6->sin6_port);
	return true;
}

/* ---- the log ---- */

static bool same(const struct broker_entry *a, const struct broker_entry *b)
{
	return a->op == b->op && a->verdict == b->verdict && a->policy == b->policy &&
	       a->http == b->http && a->port == b->port && a->tls == b->tls && a->code == b->code &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0 &&
	       strcmp(a->note, b->note) == 0;
}

struct broker_entry *log_add(struct server *s, const struct broker_entry *entry)
{
	struct broker_log *log = s->log;
	struct broker_entry *e = NULL;

	for (uint32_t i = 0; i < log->used && e == NULL; i++) {
		if (same(&log->entry[i], entry))
			e = &log->entry[i];
	}
	if (e == NULL && log->used == BROKER_LOG_ENTRIES) {
		log->lost++;
		log->lost_denied +=
		    entry->verdict != BROKER_ALLOWED && entry->verdict != BROKER_NO_NAME;
		return NULL;
	}
	if (e == NULL) {
		e = &log->entry[log->used];
		*e = *entry;
		e->count = 0;
		log->used++;
	}
	e->count++;
	return e;
}

void log_end(struct server *s, const struct destination *to, const char *address, uint32_t code,
    int64_t started_ns, const char *note)
{
	struct broker_entry e = {.op = to->op, .port = to->port, .code = code, .entry = to->entry};
	struct broker_entry *kept;
	uint64_t us = (uint64_t)(server_now() - started_ns) / 1000;

	copy(e.host, sizeof(e.host), to->host);
	copy(e.address, sizeof(e.address), address);
	copy(e.note, sizeof(e.note), note);
	if (code == RT_NET_NO_NAME)
		e.verdict = BROKER_NO_NAME;
	kept = log_add(s, &e);
	if (kept == NULL)
		return;
	kept->total_us += us;
	if (us > kept->most_us)
		kept->most_us = us;
}

static void log_refusal(struct server *s, const struct destination *to, uint8_t verdict,
    uint8_t policy, const char *address)
{
	struct broker_entry e = {.op = to->op,
	    .verdict = verdict,
	    .policy = policy,
	    .port = to->port,
	    .code = RT_NET_DENIED,
	    .entry = UINT32_MAX};

	copy(e.host, sizeof(e.host), to->host);
	copy(e.address, sizeof(e.address), address);
	(void)log_add(s, &e);
}

/* ---- the decisions ---- */

uint32_t decide_name(struct server *s, struct destination *to, enum policy_transport transport)
{
	enum policy_verdict verdict;

	if (s->config.net == NULL)
		return to->host[0] != '\0' ? RT_NET_OK : RT_NET_NO_NAME;
	verdict = policy_net_decide(&to->entry, s->config.net, transport, to->host, to->port);
	if (verdict == POLICY_ALLOWED)
		return RT_NET_OK;
	log_refusal(s, to, BROKER_DENIED_POLICY, (uint8_t)verdict, "");
	return RT_NET_DENIED;
}

/* RFC 6761: these names are loopback wherever they come from. */
static bool is_localhost(const char *host)
{
	static const char local[] = "localhost";
	size_t len = strlen(host), n = sizeof(local) - 1;

	if (len > 0 && host[len - 1] == '.')
		len--;
	return len >= n && strncmp(host + len - n, local, n) == 0 &&
	       (len == n || host[len - n - 1] == '.');
}

static bool may_reach(struct server *s, const struct destination *to,
    enum policy_transport transport, const struct policy_address *a)
{
	char text[BROKER_ADDRESS_TEXT];
	struct policy_address host;

	if (s->config.net == NULL || !policy_address_is_local(a))
		return true;
	address_text(text, a);
	/* a literal was decided as what it is */
	if (policy_address_parse(&host, to->host))
		return host.len == a->len && memcmp(host.bytes, a->bytes, a->len) == 0;
	if (is_localhost(to->host) && policy_address_is_loopback(a))
		return true;
	return policy_net_decide(NULL, s->config.net, transport, text, to->port) == POLICY_ALLOWED;
}

uint32_t decide_addresses(struct server *s, const struct destination *to,
    enum policy_transport transport, struct addresses *list)
{
	char text[BROKER_ADDRESS_TEXT];
	uint32_t kept = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		if (may_reach(s, to, transport, &list->at[i])) {
			list->at[kept++] = list->at[i];
			continue;
		}
		address_text(text, &list->at[i]);
		log_refusal(s, to, BROKER_DENIED_ADDRESS, 0, text);
	}
	list->count = kept;
	return kept > 0 ? RT_NET_OK : RT_NET_DENIED;
}

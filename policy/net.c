/* SPDX-License-Identifier: MIT */
/* Destinations: parsing and the decision. */
#include "policy/net.h"

#include "policy/host.h"

#include <string.h>

#define FORM "HOST:PORT[,PORT...] with ports 1..65535"

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

/* ---- HOST:PORT[,PORT] ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool add_port(struct policy_host_spec *s, uint16_t port)
{
	uint32_t at = 0;

	while (at < s->port_count && s->ports[at] < port)
		at++;
	if (at < s->port_count && s->ports[at] == port)
		return true;
	if (s->port_count == POLICY_PORTS_MAX)
		return false;
	memmove(&s->ports[at + 1], &s->ports[at], (s->port_count - at) * sizeof(s->ports[0]));
	s->ports[at] = port;
	s->port_count++;
	return true;
}

/* One decimal number 1..65535 with blanks around it, up to a comma or the end. */
static const char *read_port(const char *p, uint32_t *port)
{
	uint32_t digits = 0;

	*port = 0;
	while (is_blank(*p))
		p++;
	for (; *p >= '0' && *p <= '9' && digits < 6; p++, digits++)
		*port = *port * 10 + (uint32_t)(*p - '0');
	while (is_blank(*p))
		p++;
	return digits && *port >= 1 && *port <= 65535 && (*p == ',' || *p == '\0') ? p : NULL;
}

static int read_ports(struct policy_host_spec *s, const char *p, const char *text, struct err *err)
{
	uint32_t port = 0;

	for (;;) {
		p = read_port(p, &port);
		if (!p)
			return err_set(err, ERR_USAGE, "bad host \"%.300s\": wanted " FORM, text);
		if (!add_port(s, (uint16_t)port))
			return err_set(err, ERR_USAGE, "bad host \"%.300s\": more than %d ports",
			    text, POLICY_PORTS_MAX);
		if (*p++ == '\0')
			return 0;
	}
}

static bool is_star(const char *p)
{
	while (is_blank(*p))
		p++;
	if (*p++ != '*')
		return false;
	while (is_blank(*p))
		p++;
	return *p == '\0';
}

/* host = "[" address "]" | text without brackets; NULL, or what is wrong. The last `:` ends it. */
static const char *read_host(
    struct policy_host_spec *s, const char *text, size_t len, const char **help)
{
	const char *fault;

	while (len && is_blank(text[0])) {
		text++;
		len--;
	}
	while (len && is_blank(text[len - 1]))
		len--;
	fault = policy_host_fault(text, len, help);
	if (!fault && !policy_host_normal(s->host, text, len))
		fault = "is too long";
	return fault;
}

int policy_host_spec_parse(
    struct policy_host_spec *out, const char *text, bool deny, struct err *err)
{
	struct policy_host_spec s = {0};
	const char *colon = strrchr(text, ':'), *fault, *help = "";
	int rc = 0;

	if (!colon)
		return err_set(err, ERR_USAGE, "bad host \"%.300s\": wanted " FORM, text);
	fault = read_host(&s, text, (size_t)(colon - text), &help);
	if (fault)
		return err_set(err, ERR_USAGE,
		    "bad host \"%.300s\": the host %s (%s); wanted " FORM, text, fault, help);
	if (is_star(colon + 1) && !deny)
		return err_set(err, ERR_USAGE,
		    "bad host \"%.300s\": `*` is for --deny-host only; wanted " FORM, text);
	if (is_star(colon + 1))
		s.all_ports = true;
	else
		rc = read_ports(&s, colon + 1, text, err);
	if (rc == 0)
		*out = s;
	return rc;
}

/* ---- the decision ---- */

static bool matches_address(const char *entry, const struct policy_address *a)
{
	struct policy_range range;

	return policy_range_parse(&range, entry) && policy_range_has(&range, a);
}

static bool has_port(const struct policy_host *h, uint16_t port)
{
	for (uint32_t i = 0; i < h->port_count; i++) {
		if (h->ports[i] == port)
			return true;
	}
	return false;
}

static enum policy_verdict search(
    uint32_t *entry, const struct policy_net *net, const char *host, uint16_t port)
{
	enum policy_verdict verdict = POLICY_DENIED_HOST;
	struct policy_address a;
	bool literal = policy_address_parse(&a, host);

	if (!literal && !net->allow_dns)
		return POLICY_DENIED_DNS;
	for (uint32_t i = 0; i < net->host_count; i++) {
		const struct policy_host *h = &net->hosts[i];

		if (literal ? !matches_address(h->host, &a) : !same_name(h->host, host))
			continue;
		if (has_port(h, port)) {
			*entry = i;
			return POLICY_ALLOWED;
		}
		if (verdict == POLICY_DENIED_HOST)
			*entry = i;
		verdict = POLICY_DENIED_PORT;
	}
	return verdict;
}

enum policy_verdict policy_net_decide(uint32_t *entry, const struct policy_net *net,
    enum policy_transport transport, const char *host, uint16_t port)
{
	uint32_t found = UINT32_MAX;
	enum policy_verdict verdict;
	size_t len = strlen(host);

	if (!net->enabled)
		verdict = POLICY_DENIED_NET;
	else if (transport == POLICY_TCP && !net->allow_tcp)
		verdict = POLICY_DENIED_TCP;
	else if (transport == POLICY_UDP && !net->allow_udp)
		verdict = POLICY_DENIED_UDP;
	else if (!len || len > POLICY_HOST_MAX + 2 || port == 0)
		verdict = POLICY_DENIED_FORM;
	else
		verdict = search(&found, net, host, port);
	if (entry)
		*entry = found;
	return verdict;
}

const char *policy_verdict_pointer(enum policy_verdict verdict)
{
	switch (verdict) {
	case POLICY_ALLOWED:
		return NULL;
	case POLICY_DENIED_NET:
		return "/net/enabled";
	case POLICY_DENIED_TCP:
		return "/net/allow_tcp";
	case POLICY_DENIED_UDP:
		return "/net/allow_udp";
	case POLICY_DENIED_DNS:
		return "/net/allow_dns";
	case POLICY_DENIED_HOST:
	case POLICY_DENIED_PORT:
	case POLICY_DENIED_FORM:
		return "/net/allow_hosts";
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Asks policy/net.c about each destination and applies its answer: to the name that the program
 * wrote, and to each address that the name led to.
 */
#include "sandbox/broker/decide.h"

#include "policy/net_local.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/log.h"

#include <string.h>

uint32_t broker_decide_name(
    struct broker_server *s, struct broker_destination *to, enum policy_transport transport)
{
	enum policy_verdict verdict;

	if (s->config.net == NULL)
		return to->host[0] != '\0' ? RT_NET_OK : RT_NET_NO_NAME;
	verdict = policy_net_decide(&to->entry, s->config.net, transport, to->host, to->port);
	if (verdict == POLICY_ALLOWED)
		return RT_NET_OK;
	broker_log_refusal(s, to, BROKER_DENIED_POLICY, (uint8_t)verdict, "");
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

static bool may_reach(struct broker_server *s, const struct broker_destination *to,
    enum policy_transport transport, const struct policy_address *a)
{
	char text[BROKER_ADDRESS_TEXT];
	struct policy_address host;

	if (s->config.net == NULL || !policy_address_is_local(a))
		return true;
	broker_address_text(text, a);
	/* a literal was decided as what it is */
	if (policy_address_parse(&host, to->host))
		return host.len == a->len && memcmp(host.bytes, a->bytes, a->len) == 0;
	if (is_localhost(to->host) && policy_address_is_loopback(a))
		return true;
	return policy_net_decide(NULL, s->config.net, transport, text, to->port) == POLICY_ALLOWED;
}

uint32_t broker_decide_addresses(struct broker_server *s, const struct broker_destination *to,
    enum policy_transport transport, struct broker_addresses *list)
{
	char text[BROKER_ADDRESS_TEXT];
	uint32_t kept = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		if (may_reach(s, to, transport, &list->at[i])) {
			list->at[kept++] = list->at[i];
			continue;
		}
		broker_address_text(text, &list->at[i]);
		broker_log_refusal(s, to, BROKER_DENIED_ADDRESS, 0, text);
	}
	list->count = kept;
	return kept > 0 ? RT_NET_OK : RT_NET_DENIED;
}

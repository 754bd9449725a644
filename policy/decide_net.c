/* SPDX-License-Identifier: MIT */
/* Answers about destinations, by policy/net.h. Source: docs/spec/run-and-policy.md 2.4. */
#include "policy/decide_net_priv.h"

#include "policy/answer_priv.h"

#include <string.h>

#define RESOLVED_MAX (2 * (size_t)POLICY_HOST_MAX)

static const char *verdict_reason(enum policy_verdict verdict)
{
	switch (verdict) {
	case POLICY_ALLOWED:
		return "net.allow_hosts lists it";
	case POLICY_DENIED_NET:
		return "net.enabled is false";
	case POLICY_DENIED_TCP:
		return "net.allow_tcp is false";
	case POLICY_DENIED_UDP:
		return "net.allow_udp is false";
	case POLICY_DENIED_DNS:
		return "it is a name and net.allow_dns is false";
	case POLICY_DENIED_HOST:
		return "net.allow_hosts does not list the host";
	case POLICY_DENIED_PORT:
		return "net.allow_hosts lists the host without this port";
	case POLICY_DENIED_FORM:
		return "it is no destination: what stands for the host is no host name or address, "
		       "or the port is 0";
	}
	return "";
}

static void put(struct policy_decision *d, enum policy_verdict verdict, uint32_t entry)
{
	if (entry != UINT32_MAX)
		policy_answer(d, verdict == POLICY_ALLOWED, verdict_reason(verdict),
		    "/net/allow_hosts/%u%s", (unsigned)entry,
		    verdict == POLICY_ALLOWED ? "" : "/ports");
	else if (verdict == POLICY_DENIED_FORM)
		policy_answer(d, false, verdict_reason(verdict), "%s", "");
	else
		policy_answer(
		    d, false, verdict_reason(verdict), "%s", policy_verdict_pointer(verdict));
}

static void decide_address(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	uint32_t entry = UINT32_MAX;
	enum policy_verdict verdict =
	    policy_net_decide(&entry, &p->net, q->transport, q->address, q->port);

	put(d, verdict, entry);
	if (d->allowed)
		return;
	d->by_address = true;
	d->reason = "the name leads to an address of this host or of its networks, which an "
		    "allowed name does not stand for";
}

void policy_decide_net(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q)
{
	uint32_t entry = UINT32_MAX;
	enum policy_verdict verdict =
	    policy_net_decide(&entry, &p->net, q->transport, q->subject, q->port);
	struct buf text = buf_init(RESOLVED_MAX);

	put(out, verdict, entry);
	if (out->allowed && q->address)
		decide_address(out, p, q);
	buf_printf(&text, strchr(q->subject, ':') ? "[%.300s]:%u" : "%.300s:%u", q->subject,
	    (unsigned)q->port);
	out->resolved = buf_take(&text);
}

/* SPDX-License-Identifier: MIT */
/*
 * Destinations: the text forms HOST:PORT[,PORT], and the one function that says whether a policy
 * lets a program reach one. No name is resolved here.
 * Source: docs/spec/run-and-policy.md 2.4 and 7.1.
 */
#ifndef POLICY_NET_H
#define POLICY_NET_H

#include "policy/address.h"
#include "policy/host.h"
#include "policy/policy.h"

#define POLICY_PORTS_MAX 64
#define POLICY_HOSTS_MAX 256

/** A destination of the command line. Plain value. */
struct policy_host_spec {
	char host[POLICY_HOST_MAX + 1]; /* lower case, IPv6 without brackets */
	bool all_ports;                 /* `*`; then no ports */
	uint32_t port_count;
	uint16_t ports[POLICY_PORTS_MAX]; /* ascending, each once */
};

/**
 * Parse HOST:PORT[,PORT...], with spaces around the items allowed, or HOST:* when @p deny.
 *
 * @param out   written on success only.
 * @param text  borrowed.
 * @return 0, or ERR_USAGE with the form and the range in the message.
 */
MUST_CHECK int policy_host_spec_parse(
    struct policy_host_spec *out, const char *text, bool deny, struct err *err);

enum policy_transport { POLICY_TCP, POLICY_UDP };

enum policy_verdict {
	POLICY_ALLOWED,
	POLICY_DENIED_NET,  /* net.enabled is false */
	POLICY_DENIED_TCP,  /* net.allow_tcp is false */
	POLICY_DENIED_UDP,  /* net.allow_udp is false */
	POLICY_DENIED_DNS,  /* a name, and net.allow_dns is false */
	POLICY_DENIED_HOST, /* not in net.allow_hosts */
	POLICY_DENIED_PORT, /* the host is there, the port is not */
	POLICY_DENIED_FORM  /* no host, too long, or port 0 */
};

/**
 * Whether a program may reach a destination. An allowed name stands for whatever addresses it
 * resolves to; entries that are addresses, networks or ranges speak about literal addresses only.
 *
 * @param entry  index in net.allow_hosts when allowed, or of the host when only the port is
 *               missing; else UINT32_MAX. May be NULL.
 * @param host   name or literal address, as the program gave it.
 */
enum policy_verdict policy_net_decide(uint32_t *entry, const struct policy_net *net,
    enum policy_transport transport, const char *host, uint16_t port);

/** The field that would have to change, as a JSON pointer; NULL when allowed. Static storage. */
const char *policy_verdict_pointer(enum policy_verdict verdict);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Destinations: the text forms HOST:PORT[,PORT], and the one function that says whether a policy
 * lets a program reach one. No name is resolved here.
 * Source: spec run-and-policy 2.4 and 7.1.
 */
#ifndef POLICY_NET_H
#define POLICY_NET_H

#include "policy/policy.h"

#define POLICY_HOST_MAX 255
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

/**
 * A host as it is compared: ASCII lower case, no brackets, addresses in their shortest form.
 * @return false when it does not fit.
 */
bool policy_host_normal(char out[POLICY_HOST_MAX + 1], const char *host, size_t len);

/**
 * What is wrong with a host of a policy or a flag; NULL when nothing is. Right are names of the
 * DNS in ASCII, addresses (brackets allowed), networks `a/bits` and ranges `a-b`.
 * @param help  what is allowed; may be set whatever the result is. Static storage.
 */
const char *policy_host_fault(const char *text, size_t len, const char **help);

/** An address in network order; IPv4 mapped into IPv6 counts as IPv4. */
struct policy_address {
	uint8_t bytes[16];
	uint8_t len; /* 4 or 16 */
};

/** @return false when @p text (brackets allowed) is no literal address. */
bool policy_address_parse(struct policy_address *out, const char *text);

/**
 * An address of this host or of the networks it stands in: loopback, private, link-local, shared,
 * reserved, multicast, also inside an IPv6 address. An allowed name does not authorise it.
 */
bool policy_address_is_local(const struct policy_address *a);
bool policy_address_is_loopback(const struct policy_address *a);

/** A set of addresses of one family, both ends included. Plain value. */
struct policy_range {
	struct policy_address first, last;
};

/**
 * The addresses that an entry of net.allow_hosts stands for: one, a network `a/bits`, or a range
 * `a-b`.
 * @return false when it is a name, or no entry that matches anything.
 */
bool policy_range_parse(struct policy_range *out, const char *entry);
bool policy_range_has(const struct policy_range *range, const struct policy_address *a);

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

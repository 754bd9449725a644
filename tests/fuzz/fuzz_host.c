/* SPDX-License-Identifier: MIT */
/*
 * HOST:PORTS of flags and host files, on any bytes: what is accepted reads the same again, is
 * reachable once it is allowed, and is not once it is denied.
 */
#include "policy/merge.h"
#include "policy/overrides.h"
#include "policy/parse.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A policy that allows the host on these ports. */
static bool reaches(const struct policy_host_spec *s, uint32_t port_count)
{
	struct policy_host host = {s->host, (uint16_t *)(uintptr_t)s->ports, port_count};
	const struct policy_net net = {
	    .enabled = true, .allow_dns = true, .allow_tcp = true, .hosts = &host, .host_count = 1};

	return policy_net_decide(NULL, &net, POLICY_TCP, s->host, s->ports[0]) == POLICY_ALLOWED;
}

/* A network or a range is no destination: nothing has its name. */
static bool is_literal(const char *host)
{
	return !strpbrk(host, "/-");
}

static void check_spec(const char *text)
{
	struct policy_host_spec s = {0}, again = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(4096);

	if (policy_host_spec_parse(&s, text, false, NULL) < 0)
		return;
	for (uint32_t i = 0; i < s.port_count; i++)
		buf_printf(&out, "%s%c%u", i ? "" : s.host, i ? ',' : ':', s.ports[i]);
	if (!s.port_count || s.all_ports || policy_host_spec_parse(&again, out.data, true, NULL))
		abort();
	if (strcmp(s.host, again.host) != 0 || s.port_count != again.port_count)
		abort();
	if (reaches(&s, 0) || (is_literal(s.host) && !reaches(&s, s.port_count)))
		abort();
}

/* An address of the set that a host stands for, as text; the host itself when it is a name. */
static void some_target(char out[POLICY_HOST_MAX + 1], const char *host, bool last)
{
	struct policy_range range;
	const struct policy_address *a = last ? &range.last : &range.first;

	(void)snprintf(out, POLICY_HOST_MAX + 1, "%s", host);
	if (policy_range_parse(&range, host) &&
	    !inet_ntop(a->len == 4 ? AF_INET : AF_INET6, a->bytes, out, POLICY_HOST_MAX + 1))
		abort();
}

/* The first line allowed, the second denied: what was denied cannot be reached. */
static void check_denial(const char *allow, const char *deny)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(policy_clear)
	struct policy p = {.net = {.enabled = true, .allow_dns = true, .allow_tcp = true}};
	struct policy_host_spec denied;
	struct err err = {0};
	char target[POLICY_HOST_MAX + 1];

	if (policy_host_spec_parse(&denied, deny, true, &err) < 0 ||
	    policy_overrides_add_host(&o, allow, false, &err) < 0 ||
	    policy_overrides_add_host(&o, deny, true, &err) < 0)
		return;
	arena_init(&p.arena, 64u << 20);
	if (policy_merge(&p, &o, &err) < 0)
		return;
	for (int last = 0; last < 2; last++) {
		uint16_t port = denied.all_ports ? 443 : denied.ports[0];

		some_target(target, denied.host, last);
		if (policy_net_decide(NULL, &p.net, POLICY_TCP, target, port) == POLICY_ALLOWED)
			abort();
	}
}

static void check_lines(const struct buf *text)
{
	AUTO_FREE char *first = base_strdup(buf_str(text));
	char *second = strchr(first, '\n');

	if (!second)
		return;
	*second++ = '\0';
	check_denial(first, second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 20);
	struct err err = {0};

	if (size > 4096)
		return 0;
	buf_add(&text, data, size);
	check_spec(buf_str(&text));
	check_lines(&text);
	if (policy_overrides_add_hosts(&o, buf_str(&text), text.len, "f", true, &err) < 0 &&
	    !err.message[0])
		abort();
	return 0;
}

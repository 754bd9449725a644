/* SPDX-License-Identifier: MIT */
/* Addresses, networks and ranges as text and as bytes. No name is resolved here. */
#include "policy/address.h"

#include "base/attr.h"

#include <arpa/inet.h>
#include <string.h>

static void unmap(struct policy_address *a)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (a->len != 16 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->bytes, a->bytes + 12, 4);
	memset(a->bytes + 4, 0, 12);
	a->len = 4;
}

bool policy_address_read(struct policy_address *out, const char *text, size_t len)
{
	struct policy_address a = {0};
	char copy[INET6_ADDRSTRLEN];

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, a.bytes) == 1)
		a.len = 4;
	else if (inet_pton(AF_INET6, copy, a.bytes) == 1)
		a.len = 16;
	else
		return false;
	*out = a;
	return true;
}

bool policy_address_parse(struct policy_address *out, const char *text)
{
	if (!policy_address_read(out, text, strlen(text)))
		return false;
	unmap(out);
	return true;
}

/* IPv4 mapped into IPv6 is IPv4: nothing connects to it otherwise. */
static void unmap_range(struct policy_range *r)
{
	struct policy_range v4 = *r;

	unmap(&v4.first);
	unmap(&v4.last);
	if (v4.first.len == 4 && v4.last.len == 4)
		*r = v4;
}

/* network = address "/" bits ; the bits behind the prefix do not count. */
static bool parse_network(struct policy_range *out, const char *entry, const char *slash)
{
	struct policy_address net;
	uint32_t bits = 0;
	const char *p = slash + 1;

	if (!policy_address_read(&net, entry, (size_t)(slash - entry)) || !*p)
		return false;
	for (; *p >= '0' && *p <= '9' && bits <= 128; p++)
		bits = bits * 10 + (uint32_t)(*p - '0');
	if (*p || bits > net.len * 8u)
		return false;
	*out = (struct policy_range){net, net};
	for (uint32_t i = bits; i < net.len * 8u; i++) {
		out->first.bytes[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
		out->last.bytes[i / 8] |= (uint8_t)(0x80u >> (i % 8));
	}
	unmap_range(out);
	return true;
}

/* range = address "-" address, of one family, in order. */
static bool parse_range(struct policy_range *out, const char *entry, const char *dash)
{
	struct policy_range r;

	if (!policy_address_read(&r.first, entry, (size_t)(dash - entry)) ||
	    !policy_address_read(&r.last, dash + 1, strlen(dash + 1)) ||
	    r.first.len != r.last.len || memcmp(r.first.bytes, r.last.bytes, r.first.len) > 0)
		return false;
	unmap_range(&r);
	*out = r;
	return true;
}

bool policy_range_parse(struct policy_range *out, const char *entry)
{
	const char *slash = strchr(entry, '/'), *dash = strchr(entry, '-');
	struct policy_address own;

	if (slash)
		return parse_network(out, entry, slash);
	if (dash)
		return parse_range(out, entry, dash);
	if (!policy_address_parse(&own, entry))
		return false;
	*out = (struct policy_range){own, own};
	return true;
}

bool policy_range_has(const struct policy_range *range, const struct policy_address *a)
{
	return range->first.len == a->len && memcmp(range->first.bytes, a->bytes, a->len) <= 0 &&
	       memcmp(a->bytes, range->last.bytes, a->len) <= 0;
}

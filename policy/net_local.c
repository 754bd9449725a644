/* SPDX-License-Identifier: MIT */
/*
 * Addresses that mean this host or the networks it stands in. A name of the open internet has no
 * business there, whatever its answer says (DNS rebinding).
 * Source: IANA special-purpose address registries (RFC 6890 and successors).
 */
#include "policy/net_local.h"

#include "base/attr.h"

#include <string.h>

struct block {
	uint8_t bits;
	uint8_t bytes[16];
};

/* clang-format off */
static const struct block blocks4[] = {
	{ 8, {0} },            /* this host */
	{ 8, {10} },           /* private */
	{ 10, {100, 64} },     /* shared with the provider */
	{ 8, {127} },          /* loopback */
	{ 16, {169, 254} },    /* link-local, cloud metadata */
	{ 12, {172, 16} },     /* private */
	{ 24, {192, 0, 0} },   /* protocol assignments */
	{ 16, {192, 168} },    /* private */
	{ 15, {198, 18} },     /* benchmarks */
	{ 4, {224} },          /* multicast */
	{ 4, {240} },          /* reserved, broadcast */
};
static const struct block blocks6[] = {
	{ 96, {0} },                             /* ::, ::1, and the old way to write IPv4 */
	{ 48, {0, 0x64, 0xff, 0x9b, 0, 1} },     /* local NAT64 */
	{ 64, {1} },                             /* discard */
	{ 23, {0x20, 0x01} },                    /* protocol assignments, Teredo */
	{ 7, {0xfc} },                           /* unique local, metadata of some clouds */
	{ 10, {0xfe, 0x80} },                    /* link-local */
	{ 10, {0xfe, 0xc0} },                    /* site-local */
	{ 8, {0xff} },                           /* multicast */
};
/* clang-format on */

static bool in_block(const uint8_t *bytes, const struct block *b)
{
	unsigned whole = b->bits / 8, rest = b->bits % 8;

	if (memcmp(bytes, b->bytes, whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_local4(const uint8_t *bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(blocks4); i++) {
		if (in_block(bytes, &blocks4[i]))
			return true;
	}
	return false;
}

bool policy_address_is_local(const struct policy_address *a)
{
	static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};

	if (a->len == 4)
		return is_local4(a->bytes);
	/* IPv4 inside IPv6: mapped, translated, 6to4 */
	if (memcmp(a->bytes, (const uint8_t[12]){[10] = 0xff, [11] = 0xff}, 12) == 0 ||
	    memcmp(a->bytes, nat64, sizeof(nat64)) == 0)
		return is_local4(a->bytes + 12);
	if (a->bytes[0] == 0x20 && a->bytes[1] == 0x02)
		return is_local4(a->bytes + 2);
	for (size_t i = 0; i < ARRAY_LEN(blocks6); i++) {
		if (in_block(a->bytes, &blocks6[i]))
			return true;
	}
	return false;
}

bool policy_address_is_loopback(const struct policy_address *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->len == 4 ? a->bytes[0] == 127 : memcmp(a->bytes, one, 16) == 0;
}

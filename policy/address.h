/* SPDX-License-Identifier: MIT */
/* Addresses, networks and ranges. */
#ifndef POLICY_ADDRESS_H
#define POLICY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An address in network order; IPv4 mapped into IPv6 counts as IPv4. */
struct policy_address {
	uint8_t bytes[16];
	uint8_t len; /* 4 or 16 */
};

/** As policy_address_parse, but what is IPv4 mapped into IPv6 stays as it is written. */
bool policy_address_read(struct policy_address *out, const char *text, size_t len);
/** @return false when @p text (brackets allowed) is no literal address. */
bool policy_address_parse(struct policy_address *out, const char *text);

/** A set of addresses of one family, both ends included. Plain value. */
struct policy_range {
	struct policy_address first, last;
};

/** Whether an address is one of them. */
bool policy_range_has(const struct policy_range *range, const struct policy_address *a);

/**
 * The addresses that an entry of net.allow_hosts stands for: one, a network `a/bits`, or a range
 * `a-b`.
 * @return false when it is a name, or no entry that matches anything.
 */
bool policy_range_parse(struct policy_range *out, const char *entry);

#endif

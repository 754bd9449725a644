/* SPDX-License-Identifier: MIT */
/* Questions and answers of DNS as bytes. Source: RFC 1035 4, RFC 3596 2, RFC 6891 6.1. */
#ifndef SANDBOX_BROKER_DNS_H
#define SANDBOX_BROKER_DNS_H

#include "sandbox/broker/priv.h"

#define DNS_QUERY_MAX 320
#define DNS_ANSWER_MAX 4096

enum dns_type { DNS_A = 1, DNS_AAAA = 28 };

/** What one answer said. */
struct dns_answer {
	unsigned rcode; /* 0 = no error, 3 = no such name */
	bool truncated;
	uint32_t ttl; /* seconds, the shortest; only with addresses */
	struct addresses list;
};

/** Write a question. @return its bytes, 0 when @p host is no domain name. */
size_t dns_question(
    unsigned char out[DNS_QUERY_MAX], uint16_t id, const char *host, enum dns_type type);

/**
 * Read the answer to a question.
 * @return false when it is not one: wrong number or name, or bytes that lead nowhere.
 */
bool dns_answer_parse(struct dns_answer *out, const unsigned char *bytes, size_t len, uint16_t id,
    const char *host, enum dns_type type);

#endif

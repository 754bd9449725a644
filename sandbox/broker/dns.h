/* SPDX-License-Identifier: MIT */
/* Questions and answers of DNS as bytes. Source: RFC 1035 4, RFC 3596 2, RFC 6891 6.1. */
#ifndef SANDBOX_BROKER_DNS_H
#define SANDBOX_BROKER_DNS_H

#include "sandbox/broker/types.h"

#define BROKER_DNS_QUERY_MAX 320
#define BROKER_DNS_ANSWER_MAX 4096

enum broker_dns_type { BROKER_DNS_A = 1, BROKER_DNS_AAAA = 28 };

/** What one answer said. */
struct broker_dns_answer {
	unsigned rcode; /* 0 = no error, 3 = no such name */
	bool truncated;
	uint32_t ttl; /* seconds, the shortest; only with addresses */
	struct broker_addresses list;
};

/** Write a question. @return its bytes, 0 when @p host is no domain name. */
size_t broker_dns_question(unsigned char out[BROKER_DNS_QUERY_MAX], uint16_t id, const char *host,
    enum broker_dns_type type);

/**
 * Read the answer to a question.
 * @return false when it is not one: wrong number or name, or bytes that lead nowhere.
 */
bool broker_dns_answer_parse(struct broker_dns_answer *out, const unsigned char *bytes, size_t len,
    uint16_t id, const char *host, enum broker_dns_type type);

#endif

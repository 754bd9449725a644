/* SPDX-License-Identifier: MIT */
/* Answers of name servers on any bytes: they end, and give at most so many whole addresses. */
#include "sandbox/broker/dns.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum broker_dns_type types[] = {BROKER_DNS_A, BROKER_DNS_AAAA};
	struct broker_dns_answer a = {0};
	/* the number is the answer's own: everything behind it is reached */
	uint16_t id = size >= 2 ? (uint16_t)(data[0] << 8 | data[1]) : 0;

	for (unsigned i = 0; i < 2; i++) {
		if (!broker_dns_answer_parse(&a, data, size, id, "good.test", types[i]))
			continue;
		if (a.list.count > BROKER_ADDRESSES_MAX || a.rcode > 15)
			abort();
		for (uint32_t n = 0; n < a.list.count; n++) {
			if (a.list.at[n].len != (types[i] == BROKER_DNS_A ? 4 : 16))
				abort();
		}
	}
	return 0;
}

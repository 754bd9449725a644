/* SPDX-License-Identifier: MIT */
/* Frames of a guest on any bytes: refused, or every part lies inside of the frame. */
#include "sandbox/broker/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(const unsigned char *p, size_t len, const uint8_t *data, size_t size)
{
	return p == NULL || (p >= data && len <= size && p + len <= data + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct broker_request *r = base_calloc(1, sizeof(*r));
	unsigned char addr[28];

	if (broker_frame_check(r, data, size) == NULL) {
		if (!inside(r->payload, r->len, data, size) ||
		    !inside(r->rest, r->rest_len, data, size) || r->frame.id == 0 ||
		    r->len > RT_NET_PAYLOAD_MAX)
			abort();
		if (strnlen(r->to.host, sizeof(r->to.host)) > POLICY_HOST_MAX ||
		    strnlen(r->tls_name, sizeof(r->tls_name)) > RT_NET_NAME_MAX)
			abort();
		if (r->literal &&
		    broker_frame_addr(addr, &r->address, r->to.port) != 12u + r->address.len)
			abort();
	}
	free(r);
	return 0;
}

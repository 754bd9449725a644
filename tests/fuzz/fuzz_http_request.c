/* SPDX-License-Identifier: MIT */
/* Request documents of HTTP on any bytes: refused, or every piece lies inside of the document. */
#include "sandbox/broker/http_request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_inside(struct broker_piece p, const uint8_t *data, size_t size)
{
	const uint8_t *at = (const uint8_t *)p.at;

	if (p.len > 0 && (at < data || p.len > size || at + p.len > data + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct broker_http_request r;

	if (!broker_http_request_parse(&r, data, size))
		return 0;
	must_be_inside(r.url, data, size);
	must_be_inside(r.body, data, size);
	(void)broker_url_scheme(r.url);
	for (uint32_t i = 0; i < r.header_count; i++) {
		must_be_inside(r.headers[i].name, data, size);
		must_be_inside(r.headers[i].value, data, size);
		/* nothing that could end a line */
		if (memchr(r.headers[i].value.at, '\n', r.headers[i].value.len) != NULL ||
		    memchr(r.headers[i].name.at, ':', r.headers[i].name.len) != NULL)
			abort();
	}
	broker_http_request_clear(&r);
	return 0;
}

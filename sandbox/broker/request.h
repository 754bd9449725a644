/* SPDX-License-Identifier: MIT */
/* The HTTP request document of the guest. Source: spec net 4, docs/format/net-heads.md. */
#ifndef SANDBOX_BROKER_REQUEST_H
#define SANDBOX_BROKER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_HEADERS_MAX 1024

/** A piece of the document, borrowed. */
struct piece {
	const char *at;
	size_t len;
};

struct http_header {
	struct piece name, value;
};

struct http_request {
	unsigned version; /* 1..3 */
	bool post, head, follow;
	struct piece url, body;
	struct http_header *headers; /* owned */
	uint32_t header_count;
	uint32_t timeout_s, max_redirects, max_header_bytes, max_headers;
};

void http_request_clear(struct http_request *r);
/** @return false when the document is anything else; then @p out is empty. */
bool http_request_parse(struct http_request *out, const void *bytes, size_t len);
/** The scheme is one of ours? Compared as written: spec net 6.3. */
enum url_scheme { URL_OTHER, URL_HTTP, URL_HTTPS, URL_FILE };
enum url_scheme url_scheme(struct piece url);
/** Case-insensitive. */
bool piece_is(struct piece p, const char *text);

#endif

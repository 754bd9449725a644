/* SPDX-License-Identifier: MIT */
/* The HTTP request document of the guest. Source: docs/format/net-heads.md. */
#ifndef SANDBOX_BROKER_HTTP_REQUEST_H
#define SANDBOX_BROKER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BROKER_REQUEST_HEADERS_MAX 1024

/** A piece of the document. Borrowed from it. */
struct broker_piece {
	const char *at;
	size_t len;
};

/** One header of the request. */
struct broker_http_header {
	struct broker_piece name, value;
};

/** The request, taken apart. Zero-initialise; broker_http_request_clear. */
struct broker_http_request {
	unsigned version; /* 1..3 */
	bool post, head, follow;
	struct broker_piece url, body;
	struct broker_http_header *headers; /* owned */
	uint32_t header_count;
	uint32_t timeout_s, max_redirects, max_header_bytes, max_headers; /* 0 = the default */
};

/** Which of the schemes that the broker knows begins a URL. */
enum broker_url_scheme { BROKER_URL_OTHER, BROKER_URL_HTTP, BROKER_URL_HTTPS, BROKER_URL_FILE };

/** Free what the request owns and make it empty. */
void broker_http_request_clear(struct broker_http_request *r);

/**
 * Take a document apart.
 * @param out  its pieces point into @p bytes.
 * @return false when the document is anything else; then @p out is empty.
 */
bool broker_http_request_parse(struct broker_http_request *out, const void *bytes, size_t len);

/** The scheme of a URL. It is compared as written: capital letters make it another one. */
enum broker_url_scheme broker_url_scheme(struct broker_piece url);

/** Is the piece this text? Capital letters count as small ones. */
bool broker_piece_is(struct broker_piece p, const char *text);

#endif

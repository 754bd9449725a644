/* SPDX-License-Identifier: MIT */
/*
 * Reading the head of an HTTP/1.1 request for `x07 registry serve`: strict, bounded, no state. What
 * two readers could read differently is refused. Source: RFC 9112.
 */
#ifndef REGISTRY_SERVE_REQUEST_H
#define REGISTRY_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVE_HEAD_MAX 16384
#define SERVE_PATH_MAX 1024
#define SERVE_QUERY_MAX 1024
#define SERVE_VALUE_MAX 1024

enum serve_method { SERVE_GET, SERVE_HEAD, SERVE_POST, SERVE_OTHER };

/** A request without its body. Plain value. */
struct serve_request {
	enum serve_method method;
	char path[SERVE_PATH_MAX]; /* decoded; begins with '/'; no ".", "..", empty segment inside,
				    * no control character; may end in '/' */
	char query[SERVE_QUERY_MAX]; /* as sent, without '?'; "" when there is none */
	bool keep_alive;
	bool expects_continue;
	bool has_length;
	uint64_t length;                     /* of the body; 0 when none is announced */
	char authorization[SERVE_VALUE_MAX]; /* "" when absent */
	char if_none_match[SERVE_VALUE_MAX];
};

/**
 * Parse a request head.
 *
 * @param out   written when the head is whole.
 * @param data  borrowed; what has arrived so far.
 * @return bytes of the head, its empty line included; 0 when more is needed; the negative status to
 *         answer with: 400, 414 (target too long), 431 (over SERVE_HEAD_MAX), 501 (a transfer
 *         coding), 505 (not HTTP/1.0 or 1.1).
 */
int serve_request_parse(struct serve_request *out, const char *data, size_t len);

/**
 * A parameter of a query, decoded.
 * @return false when it is absent, too long or badly encoded.
 */
bool serve_query_get(char *out, size_t size, const char *query, const char *name);

/**
 * Split "/v1/packages/NAME/VERSION/what" into its segments.
 * @param path      cut up in place; the segments point into it.
 * @param segments  those behind @p prefix, @p count of them.
 * @return false when there are none, or more than four.
 */
bool serve_request_split(char *path, const char *prefix, char *segments[4], size_t *count);

#endif

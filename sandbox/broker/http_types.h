/* SPDX-License-Identifier: MIT */
/* What the three files of the HTTP client share. They alone see libcurl. */
#ifndef SANDBOX_BROKER_HTTP_TYPES_H
#define SANDBOX_BROKER_HTTP_TYPES_H

#include "sandbox/broker/http_request.h"
#include "sandbox/broker/types.h"

#include <curl/curl.h>

#define BROKER_BODY_FRAME (64u << 10) /* bytes of a body that one frame carries */

/** The client: one for the process. */
struct broker_http {
	CURLM *multi;
	int64_t timer_ns; /* when libcurl wants to be called; 0 = never */
	struct broker_transfer *transfers;
	CURL *idle; /* the handle of the last transfer, kept for the next one; may be NULL */
};

/** One request, from its first frame to its end. */
struct broker_transfer {
	struct broker_task task;
	struct broker_transfer *next;
	struct broker_server *server;
	struct buf document; /* as it arrives */
	struct broker_http_request request;
	struct broker_lookup *lookup;
	CURL *easy;
	struct curl_slist *headers, *pins;
	char *url;      /* owned; of this hop */
	char *origin;   /* owned: "https://host:port" of the first hop */
	char *location; /* owned; where to, as the server wrote it */
	const char *note;
	struct buf head;                /* header entries */
	uint64_t head_seen, lines_seen; /* also when nothing is kept */
	uint64_t announced;             /* Content-Length of this answer; 0 = none */
	uint64_t body_len, dropped;
	int64_t hop_ns;
	size_t body_used;
	unsigned char *body; /* owned, BROKER_BODY_FRAME bytes; NULL before the first of them */
	uint32_t expected, max_body;
	uint32_t head_count;
	uint32_t hops;
	uint32_t code; /* first failure of ours, 0 = none */
	uint16_t tls_version;
	bool post;    /* this hop sends the body */
	bool foreign; /* another origin than the first one: no credentials */
	bool tls;
	bool redirecting; /* this answer leads on: its body is dropped */
	bool head_sent, paused;
	struct broker_destination to;
	struct broker_addresses list; /* that this hop may connect to */
};

#endif

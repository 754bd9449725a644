/* SPDX-License-Identifier: MIT */
/* What the files of the broker's HTTP client share. The only ones that see libcurl. */
#ifndef SANDBOX_BROKER_HTTP_H
#define SANDBOX_BROKER_HTTP_H

#include "sandbox/broker/priv.h"
#include "sandbox/broker/request.h"

#include <curl/curl.h>

#define BODY_FRAME (64u << 10)

struct http {
	CURLM *multi;
	int64_t timer_ns; /* when libcurl wants to be called; 0 = no wish */
	struct transfer *transfers;
	CURL *idle; /* of the last transfer, for the next one */
};

/** One request, from its first frame to its end. */
struct transfer {
	struct op op;
	struct transfer *next;
	struct server *server;
	struct buf document; /* as it arrives */
	struct http_request request;
	struct lookup *lookup;
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
	unsigned char *body; /* owned, BODY_FRAME bytes; NULL before the first of them */
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
	struct destination to;
	struct addresses list; /* that this hop may connect to */
};

/* broker_http_answer.c */
void answer_callbacks(struct transfer *t);
void answer_head(struct server *s, struct transfer *t);
void answer_flush(struct server *s, struct transfer *t);
/** The answer and its end in one frame. @return false when it is too long, or partly sent. */
bool answer_whole(struct server *s, struct transfer *t);

/* broker_http_easy.c */
/** Set a handle up for this hop. @return false when libcurl refuses. */
bool easy_setup(struct server *s, struct transfer *t);
/** Code for what libcurl says. */
uint32_t easy_code(CURLcode rc);
void easy_log(struct server *s, struct transfer *t, uint32_t code, const char *note);

#endif

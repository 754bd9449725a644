/* SPDX-License-Identifier: MIT */
/*
 * A conversation with a real broker, frame by frame: what a guest can say at most, with no
 * runtime between that would be polite.
 */
#ifndef TESTS_NET_TALK_H
#define TESTS_NET_TALK_H

#include "base/buf.h"
#include "lang/rt/net_wire.h"
#include "sandbox/broker.h"

#include <check.h>
#include <stdbool.h>

/* Of address space: half of what a broker has by default; no case may need more. */
#define TALK_MEM_BYTES (512ull << 20)
/* Of resident memory, for any case; the sanitizer has its own idea of it. */
#if defined(__SANITIZE_ADDRESS__)
#define TALK_PEAK_BYTES (512l << 20)
#else
#define TALK_PEAK_BYTES (64l << 20)
#endif

struct talk {
	struct sandbox_broker broker;
	uint32_t last_id;
};

/** How a request ended. */
struct talk_reply {
	bool ended; /* the broker ended the conversation instead */
	uint32_t code, value;
	int fd; /* -1 = none */
	uint32_t status, header_count;
	struct buf headers, body; /* HTTP: entries and body; others: body is the payload */
};

/** What a program may set in a request of HTTP. */
struct talk_http {
	unsigned version, method; /* 0 = 2 and GET */
	const char *url;
	const char *name, *value; /* one header; NULL = none */
	const char *body;         /* NULL = none */
	uint32_t flags, timeout_s, max_redirects, max_header_bytes, max_headers;
	uint32_t max_body; /* 0 = 65536 */
};

/**
 * Start a broker.
 * @param hosts  entries "HOST:PORT,PORT" that are allowed, NULL-terminated; NULL = no policy.
 */
void talk_start(struct talk *t, const char *const *hosts);
/** As talk_start, with a policy of one's own. */
void talk_start_policy(struct talk *t, const struct policy_net *net);
/** End the guest's side and read the log (base_free_ptr). Checks the broker's peak memory. */
struct broker_log *talk_finish(struct talk *t);

/** Send one frame. @return its number. */
uint32_t talk_send(
    struct talk *t, uint32_t kind, uint32_t a, uint32_t b, const void *payload, size_t len);
/** Wait for the end of a request, at most a minute. Whatever belongs to others is dropped. */
void talk_wait(struct talk *t, struct talk_reply *out, uint32_t id);
/** Send, and wait for the end. */
void talk_ask(struct talk *t, struct talk_reply *out, uint32_t kind, uint32_t a, uint32_t b,
    const struct buf *payload);
void talk_http(struct talk *t, struct talk_reply *out, const struct talk_http *q);
void talk_http_doc(struct buf *out, const struct talk_http *q);
void talk_reply_clear(struct talk_reply *r);

/** Append a NetAddrV1 of a name or of a literal address. */
void talk_addr(struct buf *out, const char *host, uint32_t port);
/** The entry of the log with this operation and verdict; fails the test when there is none. */
const struct broker_entry *talk_entry(
    const struct broker_log *log, enum broker_op op, enum broker_verdict verdict);

#endif

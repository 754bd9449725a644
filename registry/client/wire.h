/* SPDX-License-Identifier: MIT */
/*
 * What x07-pkg and x07-fetch say to each other: datagrams of one shape over a SOCK_SEQPACKET pair,
 * eight numbers and eight texts, each with a maximum, and up to two descriptors.
 */
#ifndef REGISTRY_CLIENT_WIRE_H
#define REGISTRY_CLIENT_WIRE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The descriptor at which x07-fetch finds its end of the socket. */
#define FETCH_HELPER_SOCKET 3
#define FETCH_FRAME_MAX 8192
#define FETCH_FRAME_NUMBERS 8
#define FETCH_FRAME_TEXTS 8
#define FETCH_FRAME_FDS 2
/* Requests on their way at the same time: bounds queues and descriptors on both sides. */
#define FETCH_WINDOW 96

enum fetch_frame_kind {
	FETCH_FRAME_CONFIG = 1, /* first, once: numbers by fetch_config_number */
	FETCH_FRAME_REQUEST,    /* id, numbers, texts, descriptors: destination, body */
	FETCH_FRAME_PROGRESS,   /* id, bytes so far */
	FETCH_FRAME_DONE        /* id, outcome */
};

enum fetch_config_number {
	FETCH_CONFIG_PARALLEL,
	FETCH_CONFIG_CONNECT_MS,
	FETCH_CONFIG_STALL_MS,
	FETCH_CONFIG_TOTAL_MS,
	FETCH_CONFIG_RETRIES,
	FETCH_CONFIG_BACKOFF_MS
};
enum fetch_config_text { FETCH_CONFIG_GIT_CACHE };

enum fetch_request_number { FETCH_REQUEST_KIND, FETCH_REQUEST_MAX, FETCH_REQUEST_COMPRESSED };
enum fetch_request_text {
	FETCH_REQUEST_URL,
	FETCH_REQUEST_SHA256,
	FETCH_REQUEST_ETAG,
	FETCH_REQUEST_TOKEN,
	FETCH_REQUEST_CONTENT_TYPE,
	FETCH_REQUEST_GIT_REF,
	FETCH_REQUEST_GIT_PATH
};

enum fetch_done_number {
	FETCH_DONE_FAULT,
	FETCH_DONE_STATUS,
	FETCH_DONE_NOT_MODIFIED,
	FETCH_DONE_BYTES,
	FETCH_DONE_ATTEMPTS
};
enum fetch_done_text { FETCH_DONE_SHA256, FETCH_DONE_ETAG, FETCH_DONE_MESSAGE };

/** One datagram. Texts of a received frame borrow from `data`. */
struct fetch_frame {
	uint32_t kind, id;
	uint64_t numbers[FETCH_FRAME_NUMBERS];
	const char *texts[FETCH_FRAME_TEXTS]; /* NULL is sent as "" */
	int fds[FETCH_FRAME_FDS];             /* -1 = none; owned by the receiver after a receive */
	char data[FETCH_FRAME_MAX];
};

/** An empty frame. */
void fetch_frame_init(struct fetch_frame *f, uint32_t kind, uint32_t id);
/**
 * Send one frame.
 * @param wait  false: return 0 at once when the socket is full.
 * @return 1 sent, 0 not now, ERR_LIMIT (too long), ERR_IO (the other side is gone).
 */
MUST_CHECK int fetch_frame_send(int sock, const struct fetch_frame *f, bool wait, struct err *err);
/**
 * Receive one frame; @p f owns its descriptors afterwards (fetch_frame_close).
 * @return 1 received, 0 nothing there (or the other side closed, then *@p closed), ERR_FORMAT.
 */
MUST_CHECK int fetch_frame_receive(struct fetch_frame *f, int sock, bool *closed, struct err *err);
/** Close the descriptors that are still in the frame. */
void fetch_frame_close(struct fetch_frame *f);

#endif

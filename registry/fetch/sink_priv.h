/* SPDX-License-Identifier: MIT */
/* Inside x07-fetch: where a body goes, what the configuration says, how an answer is sent. */
#ifndef REGISTRY_FETCH_SINK_PRIV_H
#define REGISTRY_FETCH_SINK_PRIV_H

#include "base/hash.h"
#include "registry/client/fetch.h"

/** A file that takes a body, hashed and counted on the way. */
struct fetch_sink {
	int fd; /* borrowed */
	uint64_t max, bytes;
	struct sha256 hash;
	enum fetch_fault fault; /* FETCH_LIMIT or FETCH_WRITE once one of them happened */
};

/** Empty the file and start over. */
void fetch_sink_reset(struct fetch_sink *s);
/** Append; false when nothing more may come (see `fault`). */
bool fetch_sink_add(struct fetch_sink *s, const void *data, size_t len);
/** Digest of all of it, in hexadecimal. */
void fetch_sink_digest(const struct fetch_sink *s, char out[SHA256_HEX_SIZE]);

/** The outcome of a request, as it is sent. Texts borrowed. */
struct fetch_outcome {
	enum fetch_fault fault;
	int status;
	bool not_modified;
	uint64_t bytes;
	uint32_t attempts;
	const char *sha256, *etag, *message;
};

/** Send the outcome; waits while the socket is full. */
MUST_CHECK int fetch_send_done(
    int sock, uint32_t id, const struct fetch_outcome *outcome, struct err *err);
/** Tell how far a request is; nothing happens when the socket is full. */
void fetch_send_progress(int sock, uint32_t id, uint64_t bytes);

/** Milliseconds of the monotonic clock. */
int64_t fetch_now_ms(void);

#endif

/* SPDX-License-Identifier: MIT */
/* One HTTP transfer of x07-fetch: what it was asked, and where it stands. */
#ifndef REGISTRY_FETCH_TRANSFER_PRIV_H
#define REGISTRY_FETCH_TRANSFER_PRIV_H

#include "registry/client/fetch.h"
#include "registry/client/wire.h"
#include "registry/fetch/sink_priv.h"

#include <curl/curl.h>

/** From the configuration frame. */
struct fetch_limits {
	uint32_t parallel, connect_ms, stall_ms, total_ms, retries, backoff_ms;
	const char *ca_bundle; /* borrowed from the environment; NULL = the system's */
};

enum fetch_transfer_state { FETCH_TRANSFER_FREE, FETCH_TRANSFER_WAITING, FETCH_TRANSFER_ACTIVE };

/** A slot of the window. */
struct fetch_transfer {
	enum fetch_transfer_state state;
	uint32_t id;
	enum fetch_kind kind;
	bool compressed;
	char *url;    /* owned; of this hop */
	char *origin; /* owned; of the request: where the token may go */
	char *sha256, *etag, *token, *content_type; /* owned; "" = none */
	int body_fd;                                /* owned; -1 */
	uint64_t body_bytes;
	struct fetch_sink sink; /* its descriptor is owned here */

	CURL *easy;
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	char new_etag[FETCH_ETAG_MAX];
	char digest[SHA256_HEX_SIZE]; /* of the body, once it is whole */
	size_t header_bytes;
	uint64_t discarded; /* bytes of a body nobody wants */
	uint32_t attempts, redirects;
	int64_t started;    /* of this attempt */
	int64_t not_before; /* of the next one */
	int64_t told;       /* time of the last progress frame */
	int sock;           /* borrowed, for progress */
};

/** What to do with a transfer that curl is done with. */
enum fetch_transfer_next { FETCH_TRANSFER_DONE, FETCH_TRANSFER_AGAIN, FETCH_TRANSFER_LATER };

/** Take a request out of its frame; the descriptors move. ERR_FORMAT when it is none. */
MUST_CHECK int fetch_transfer_init(
    struct fetch_transfer *t, struct fetch_frame *f, int sock, struct err *err);

/** Free everything; the slot is free again. */
void fetch_transfer_clear(struct fetch_transfer *t);

/** Make the easy handle of the next attempt or hop. ERR_INTERNAL when libcurl has no memory. */
MUST_CHECK int fetch_transfer_prepare(
    struct fetch_transfer *t, const struct fetch_limits *limits, struct err *err);

/**
 * Judge what came: an answer, a redirect to follow (AGAIN), a retry (LATER, `not_before` is set).
 * @param message  for a fault: what happened; at least 256 bytes.
 */
enum fetch_transfer_next fetch_transfer_judge(struct fetch_transfer *t, CURLcode code,
    const struct fetch_limits *limits, struct fetch_outcome *out, char message[256]);

#endif

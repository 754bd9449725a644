/* SPDX-License-Identifier: MIT */
/* Archives on their way: what was asked for, and what came. */
#ifndef REGISTRY_CLIENT_DOWNLOAD_PRIV_H
#define REGISTRY_CLIENT_DOWNLOAD_PRIV_H

#include "registry/client/download.h"
#include "registry/client/fetch.h"
#include "registry/client/request_priv.h"
#include "registry/client/texts_priv.h"

/** Archives that were asked for. Zero-initialise; client_downloads_clear. */
struct client_downloads {
	const struct client_download *items; /* borrowed; NULL = none */
	uint32_t count;
	struct client_batch batch;
	char **rels, **urls;            /* owned; NULL until the batch is made */
	struct fetch_request *requests; /* owned */
	struct fetch_response *answers; /* owned */
};

/** Begin; what was asked for before must be cleared. @param items, done  as client_download_start.
 */
void client_downloads_begin(struct client_downloads *d, const struct client_download *items,
    uint32_t count, void (*done)(void *ctx, size_t i), void *ctx);
/**
 * Make the requests and let them wait for the next fetch of @p source. Does nothing when there are
 * none, or when that was done.
 * @param dl  where the archives of the registry lie. Borrowed.
 */
void client_downloads_board(
    struct client_downloads *d, struct client_source *source, const char *dl);
/**
 * Judge the answers.
 * @return 0; ERR_PKG with DOWNLOAD_FAILED, IO or OFFLINE_MISSING_DEP for the first that failed.
 */
MUST_CHECK int client_downloads_judge(
    const struct client_downloads *d, const struct client_peer *peer, struct err *err);
/** Forget everything; @p source does not wait for it any more. */
void client_downloads_clear(struct client_downloads *d, struct client_source *source);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A registry's index as the package engine sees it: asked for names, fetched in parallel, cached,
 * checked against its snapshot and against the keys that are trusted. Source: docs/format/index.md.
 *
 * Below it: request.c (one question), texts.c (many, and the cache), belief.c (keys, config,
 * snapshot), lines.c (index files), download.c (archives).
 */
#ifndef REGISTRY_CLIENT_OPEN_H
#define REGISTRY_CLIENT_OPEN_H

#include "base/buf.h"
#include "registry/client/download.h"
#include "registry/client/settings.h"
#include "registry/client/watch.h"
#include "registry/trust.h"
#include "registry/types.h"

/** An open registry; opaque. Nothing is fetched before the first question. */
struct client_index;

/**
 * Open a registry.
 *
 * @param s         borrowed for its lifetime.
 * @param recorded  keys that the lock has of this registry; NULL = none. Copied.
 * @param watch     copied; NULL = nobody looks.
 * @return owned; client_close.
 */
struct client_index *client_open(const struct client_settings *s,
    const struct registry_trust *recorded, const struct client_watch *watch);
/** End its helpers and free it; NULL is fine. */
void client_close(struct client_index **index);

/**
 * config.json.
 * @return 0; ERR_PKG: X07PKG_INDEX_CONFIG, X07PKG_OFFLINE_INDEX, and those of trust.h, snapshot.h.
 */
MUST_CHECK int client_config(
    const struct registry_config **out, struct client_index *index, struct err *err);
/** What is trusted now; valid after client_config. Borrowed. */
const struct registry_trust *client_trust(const struct client_index *index);

/**
 * Whether its catalog may be read for a better message: the registry is a folder, has few packages,
 * or is open already.
 */
bool client_is_small(const struct client_index *index);

/** Fetch the files of these packages together; a missing one is no failure. */
MUST_CHECK int client_prefetch(
    struct client_index *index, const char *const *names, uint32_t count, struct err *err);

/**
 * The versions of a package.
 * @param out  borrowed from @p index.
 * @return 0; ERR_NOT_FOUND: the registry has no such package; ERR_PKG: X07PKG_INDEX_FETCH,
 *         X07PKG_OFFLINE_INDEX, X07PKG_SNAPSHOT_MISMATCH..
 */
MUST_CHECK int client_get(const struct registry_index **out, struct client_index *index,
    const char *name, struct err *err);

/** One version, with its signature checked. As client_get, and X07PKG_INDEX_NO_MATCH. */
MUST_CHECK int client_version(const struct registry_version **out, struct client_index *index,
    const char *name, const char *version, struct err *err);

/**
 * Ask for archives, whose digests are compared when they come: together with what of the index is
 * fetched next, or by client_download_finish.
 * @param items  borrowed until that returns.
 * @param done   called as each is complete and right, in any order; may be NULL.
 */
void client_download_start(struct client_index *index, const struct client_download *items,
    uint32_t count, void (*done)(void *ctx, size_t i), void *ctx);
/**
 * Wait for them.
 * @return 0; ERR_PKG with X07PKG_DOWNLOAD_FAILED or X07PKG_OFFLINE_MISSING_DEP for the first that
 *         failed, or as client_config.
 */
MUST_CHECK int client_download_finish(struct client_index *index, struct err *err);
/** Forget them; nothing is asked for any more. */
void client_download_drop(struct client_index *index);

#define CLIENT_CATALOG_MAX (64u << 20)
/**
 * catalog.json, which no signature covers: for people who look for something.
 * @param out  initialised here; owned.
 * @return 0; ERR_NOT_FOUND: the registry publishes none; ERR_PKG as client_get.
 */
MUST_CHECK int client_catalog(struct buf *out, struct client_index *index, struct err *err);

/** Ask the registry again, whatever is cached. */
void client_refresh(struct client_index *index);
/** Whether the network was used, or would have been but for --offline. */
bool client_is_remote(const struct client_index *index);

#endif

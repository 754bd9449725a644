/* SPDX-License-Identifier: MIT */
/*
 * A registry's index as the commands see it: asked for names, fetched in parallel, cached, checked
 * against its snapshot and against the keys that are trusted. Source: docs/format/index.md.
 */
#ifndef REGISTRY_CLIENT_OPEN_H
#define REGISTRY_CLIENT_OPEN_H

#include "cmd/pkg.h"
#include "registry/client/watch.h"
#include "registry/index.h"

/** An open registry; opaque. Nothing is fetched before the first question. */
struct client_index;

/**
 * @param s         borrowed for its lifetime.
 * @param recorded  keys that the lock has of this registry; NULL = none. Copied.
 * @param watch     copied; NULL = nobody looks.
 */
struct client_index *client_open(const struct client_settings *s,
    const struct registry_trust *recorded, const struct client_watch *watch);
void client_close(struct client_index **index);

/**
 * config.json, and what the registry is trusted with.
 * @return 0; ERR_PKG: X07PKG_INDEX_CONFIG, X07PKG_OFFLINE_INDEX, and those of sign.h, snapshot.h.
 */
MUST_CHECK int client_config(
    const struct registry_config **out, struct client_index *index, struct err *err);
/** What is trusted now; valid after client_config. Borrowed. */
const struct registry_trust *client_trust(const struct client_index *index);

/** Whether its catalog may be read for a better message: files, or few packages, or open already.
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

/** One archive to download. */
struct client_download {
	const char *name, *version, *sha256;
	int dest_fd; /* borrowed */
};

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

/** One request to the registry's API. Borrowed. */
struct client_api_call {
	const char *path; /* below `api`: "packages/ext-net" */
	bool post;
	int body_fd;              /* of a POST */
	const char *content_type; /* of a POST */
	const char *code;         /* for a fault: "X07PKG_API_FETCH" */
};

/**
 * Ask the registry's API.
 * @return 0 when it was answered without a fault; else ERR_PKG with the code of the call, or
 *         X07PKG_API_URL when the registry has no API.
 */
MUST_CHECK int client_api(struct fetch_response *out, struct client_index *index,
    const struct client_api_call *call, struct err *err);

#define CLIENT_CATALOG_MAX (64u << 20)
#define CLIENT_LINES_MAX ((size_t)512 << 20) /* all index files of a command, as read */
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

/* ---- registry/client/cache.c: answers of a registry in the user's folder ---- */

/** @return whether there is a whole one; @p out is appended to. */
bool client_cache_read(
    struct buf *out, char etag[FETCH_ETAG_MAX], const char *dir, const char *name);
/** Best effort: a cache that cannot be written is none. */
void client_cache_write(
    const char *dir, const char *name, const char *etag, const void *data, size_t len);
/**
 * Remove temporary files that killed processes left in a folder and the folders in it.
 * @return how many.
 */
uint32_t client_cache_sweep(const char *dir, int64_t now_s);

/* ---- registry/client/trust_seen.c: what the user has seen of a registry ---- */

/** @return 0 (also when there is none); ERR_PKG with X07PKG_TRUST_INVALID for a damaged file. */
MUST_CHECK int client_trust_load(
    struct registry_trust *out, const struct client_settings *s, struct err *err);
MUST_CHECK int client_trust_save(
    const struct client_settings *s, const struct registry_trust *trust, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Answers of a registry in the user's folder. Source: docs/format/cache.md. */
#ifndef REGISTRY_CLIENT_CACHE_H
#define REGISTRY_CLIENT_CACHE_H

#include "base/buf.h"
#include "registry/client/fetch.h"

/**
 * Read a cached answer.
 * @param out   what it says is appended.
 * @param name  below the index root.
 * @return whether there is a whole one.
 */
bool client_cache_read(
    struct buf *out, char etag[FETCH_ETAG_MAX], const char *dir, const char *name);
/** Keep an answer. A cache that cannot be written is no failure. */
void client_cache_write(
    const char *dir, const char *name, const char *etag, const void *data, size_t len);
/**
 * Remove temporary files that killed processes left in a folder and the folders in it.
 * @return how many.
 */
uint32_t client_cache_sweep(const char *dir, int64_t now_s);

#endif

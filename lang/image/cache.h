/* SPDX-License-Identifier: MIT */
/* Where finished images of the C compiler are kept. Format: docs/format/cache.md. */
#ifndef LANG_IMAGE_CACHE_H
#define LANG_IMAGE_CACHE_H

#include "lang/image/image.h"

#include <stdbool.h>

/** The cache directory, open; -1 when it cannot be used (none, or not the user's own). */
int image_cache_open(void);
/**
 * Read and verify an entry. A file that is damaged is removed.
 * @return true with @p out filled.
 */
bool image_cache_load(struct image_bytes *out, int cache_fd, const char *key);
/** Write an entry: temporary file and rename. @return 0 or ERR_IO. */
MUST_CHECK int image_cache_store(
    int cache_fd, const char *key, const struct image_bytes *image, struct err *err);
/** Become the one builder of this key: a locked descriptor, or -1 when another has it. */
int image_cache_lock(int cache_fd, const char *key);
/** Give the key free again and close the descriptor. */
void image_cache_unlock(int cache_fd, const char *key, int lock_fd);

#endif

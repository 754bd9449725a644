/* SPDX-License-Identifier: MIT */
/* Keeping the image cache small, and the private directories that compilations work in. */
#ifndef LANG_IMAGE_CACHE_PRUNE_H
#define LANG_IMAGE_CACHE_PRUNE_H

#include <stdint.h>

/* What the cache holds at most after a build. */
#define IMAGE_CACHE_MAX_BYTES (512ull << 20)

/** Remove the oldest entries until at most @p max_bytes are left, and leftovers of old writers. */
void image_cache_prune(int cache_fd, uint64_t max_bytes);
/** A private directory for one compilation, owned text; NULL on failure. */
char *image_cache_tmp_dir(int cache_fd);
/** Remove such a directory with the files in it. */
void image_cache_tmp_remove(const char *dir);

#endif

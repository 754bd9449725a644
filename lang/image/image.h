/* SPDX-License-Identifier: MIT */
/*
 * How emitted text becomes an image: by libtcc in this process (build_tcc.c) or by the C compiler
 * of the host (build_cc.c), and where finished images of the second kind are kept (cache.c). Only
 * lang.c calls these.
 */
#ifndef LANG_IMAGE_IMAGE_H
#define LANG_IMAGE_IMAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "lang/emit/emit.h"
#include "lang/lang.h"

#include <stdbool.h>
#include <stdint.h>

/** Code and constants as bytes, for RT_UNIT_BASE. */
struct image_bytes {
	struct buf data;
	uint32_t entry; /* address of x07_solve */
};

void image_bytes_clear(struct image_bytes *image);

/**
 * Put bytes into a sealed memory file of whole pages.
 * @return 0, ERR_TOOLCHAIN (empty, larger than RT_UNIT_MAX, entry outside) or ERR_IO.
 */
MUST_CHECK int image_seal(struct lang_image *out, const struct image_bytes *image, struct err *err);

/** Digest of the guest that this program was built with, hexadecimal. */
const char *image_guest_digest(void);

/**
 * The guest in @p rt_dir is the one that this program knows the addresses of.
 * @return 0, ERR_TOOLCHAIN when it is not, ERR_NOT_FOUND or ERR_IO when it cannot be read.
 */
MUST_CHECK int image_check_guest(const char *rt_dir, struct err *err);

/** Compile with libtcc. @return 0 or ERR_TOOLCHAIN. */
MUST_CHECK int build_tcc(struct image_bytes *out, const struct emit_unit *unit, struct err *err);

/** The C compiler of the host. */
struct cc {
	char *path;       /* owned, links followed; NULL when there is none */
	const char *args; /* X07_CC_ARGS, borrowed from the environment; may be NULL */
	uint64_t size;
	int64_t mtime_ns;
};

/** Find X07_CC or cc in PATH. False, and path NULL, when there is none. */
bool cc_find(struct cc *out);
void cc_clear(struct cc *cc);
/** The options that every unit is compiled with, as one text: part of the cache key. */
const char *cc_flags(void);

/**
 * Compile with the C compiler.
 * @param rt_dir   holds the guest, whose symbols are linked against.
 * @param tmp_dir  private directory of the caller for the compiler's files.
 * @return 0, ERR_TOOLCHAIN (also: took too long) or ERR_IO.
 */
MUST_CHECK int build_cc(struct image_bytes *out, const struct emit_unit *unit, const struct cc *cc,
    const char *rt_dir, const char *tmp_dir, struct err *err);

/** Flat image of a static ELF program linked at RT_UNIT_BASE; refuses writable segments. */
MUST_CHECK int image_from_elf(
    struct image_bytes *out, const void *elf, size_t size, struct err *err);

#define CACHE_MAX_BYTES (512ull << 20)

/** The cache directory, open; -1 when it cannot be used (none, or not the user's own). */
int cache_open(void);
/**
 * Read and verify an entry. A file that is damaged is removed.
 * @return true with @p out filled.
 */
bool cache_load(struct image_bytes *out, int cache_fd, const char *key);
/** Write an entry: temporary file and rename. */
MUST_CHECK int cache_store(
    int cache_fd, const char *key, const struct image_bytes *image, struct err *err);
/** Remove the oldest entries until at most @p max_bytes are left, and leftovers of old writers. */
void cache_prune(int cache_fd, uint64_t max_bytes);
/** Become the one builder of this key: a locked descriptor, or -1 when another has it. */
int cache_lock(int cache_fd, const char *key);
/** Give the key free again and close the descriptor. */
void cache_unlock(int cache_fd, const char *key, int lock_fd);
/** A private directory for one compilation, owned text; NULL on failure. */
char *cache_tmp_dir(int cache_fd);
/** Remove such a directory with the files in it. */
void cache_tmp_remove(const char *dir);

#endif

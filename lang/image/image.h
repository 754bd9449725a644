/* SPDX-License-Identifier: MIT */
/*
 * Images: code and constants as bytes, the memory file that a guest maps, and the guest that they
 * are made for. They are compiled by tcc.h (libtcc, in this process) or cc.h (the C compiler of the
 * host), and those of the second kind are kept by cache.h.
 */
#ifndef LANG_IMAGE_IMAGE_H
#define LANG_IMAGE_IMAGE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/** Code and constants as bytes, for RT_UNIT_BASE. */
struct image_bytes {
	struct buf data;
	uint32_t entry; /* address of x07_solve */
};

/** Free the bytes. */
void image_bytes_clear(struct image_bytes *image);

/**
 * Put bytes into a sealed memory file of whole pages.
 *
 * @param fd    owned by the caller; written on success only.
 * @param size  bytes of the file.
 * @return 0, ERR_TOOLCHAIN (empty, larger than RT_UNIT_MAX, entry outside) or ERR_IO.
 */
MUST_CHECK int image_seal(
    int *fd, uint32_t *size, const struct image_bytes *image, struct err *err);

/** Digest of the guest that this program was built with, hexadecimal. */
const char *image_guest_digest(void);

/**
 * The guest in @p rt_dir is the one that this program knows the addresses of.
 * @return 0, ERR_TOOLCHAIN when it is not, ERR_NOT_FOUND or ERR_IO when it cannot be read.
 */
MUST_CHECK int image_check_guest(const char *rt_dir, struct err *err);

#endif

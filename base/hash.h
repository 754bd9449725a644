/* SPDX-License-Identifier: MIT */
/* SHA-256, one-shot and incremental. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_HEX_SIZE 65

/** A running digest. Plain value; nothing to free. */
struct sha256 {
	uint64_t opaque[16];
};

/** Begin a digest. */
void sha256_init(struct sha256 *h);
/** Add bytes to it. */
void sha256_add(struct sha256 *h, const void *data, size_t len);
/** Add the length (8 bytes LE) and then the bytes, so that fields cannot run together. */
void sha256_add_field(struct sha256 *h, const void *data, size_t len);
/** The digest of all that was added; the state is used up. */
void sha256_end(struct sha256 *h, uint8_t out[SHA256_BYTES]);
/** Lower-case hexadecimal, NUL-terminated. */
void sha256_hex(char out[SHA256_HEX_SIZE], const uint8_t digest[SHA256_BYTES]);
/** Digest of one piece of memory as hexadecimal. */
void sha256_text(char out[SHA256_HEX_SIZE], const void *data, size_t len);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 through the digest functions of libcrypto. The low-level ones, although OpenSSL 3 marks
 * them deprecated: EVP loads providers and reads openssl.cnf first, which costs more than a run of
 * the program may take in all, and these need no set-up and no memory.
 */
#include "base/hash.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdlib.h>

_Static_assert(sizeof(struct sha256) >= sizeof(SHA256_CTX), "struct sha256 holds SHA256_CTX");
_Static_assert(_Alignof(struct sha256) >= _Alignof(SHA256_CTX), "struct sha256 is aligned for it");

static SHA256_CTX *ctx(struct sha256 *h)
{
	return (SHA256_CTX *)(void *)h->opaque;
}

/* These three fail only on a broken invariant: SHA-256 itself has no failure. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

void sha256_init(struct sha256 *h)
{
	must(SHA256_Init(ctx(h)));
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
	if (len > 0)
		must(SHA256_Update(ctx(h), data, len));
}

void sha256_add_field(struct sha256 *h, const void *data, size_t len)
{
	uint8_t prefix[8];

	for (size_t i = 0; i < sizeof(prefix); i++)
		prefix[i] = (uint8_t)((uint64_t)len >> (8 * i));
	sha256_add(h, prefix, sizeof(prefix));
	sha256_add(h, data, len);
}

void sha256_end(struct sha256 *h, uint8_t out[SHA256_BYTES])
{
	must(SHA256_Final(out, ctx(h)));
}

void sha256_hex(char out[SHA256_HEX_SIZE], const uint8_t digest[SHA256_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[SHA256_HEX_SIZE - 1] = '\0';
}

void sha256_text(char out[SHA256_HEX_SIZE], const void *data, size_t len)
{
	struct sha256 h;
	uint8_t digest[SHA256_BYTES];

	sha256_init(&h);
	sha256_add(&h, data, len);
	sha256_end(&h, digest);
	sha256_hex(out, digest);
}

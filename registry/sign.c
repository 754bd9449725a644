/* SPDX-License-Identifier: MIT */
/* Ed25519 by libcrypto, and the texts that are signed. Whom to trust is trust.c. */
#include "registry/sign.h"

#include "base/base64.h"
#include "registry/read.h"

#include <openssl/evp.h>
#include <string.h>

void registry_sign_message(
    struct buf *out, const char *name, const char *version, const char *cksum)
{
	buf_printf(out, "x07.pkg.sig.v1\nname=%s\nversion=%s\nsha256=%s\n", name, version, cksum);
}

void registry_rotation_message(struct buf *out, const struct registry_key *key)
{
	buf_printf(out, "x07.pkg.key.v1\nid=%s\ned25519_pub=", key->id);
	buf_put_base64(out, key->pub, sizeof(key->pub));
	buf_putc(out, '\n');
}

static void free_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void free_ctx(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static int failed(struct err *err)
{
	return err_set(err, ERR_INTERNAL, "libcrypto refuses Ed25519");
}

void registry_key_print(struct jsonw *w, const struct registry_key *key)
{
	jsonw_kv_string(w, "id", key->id);
	jsonw_key(w, "ed25519_pub");
	jsonw_base64(w, key->pub, sizeof(key->pub));
}

void registry_rotation_print(struct jsonw *w, const struct registry_rotation *rotation)
{
	jsonw_object(w);
	registry_key_print(w, &rotation->key);
	jsonw_key(w, "signature");
	jsonw_object(w);
	jsonw_kv_string(w, "kind", rotation->by.kind);
	jsonw_kv_string(w, "key_id", rotation->by.key_id);
	jsonw_key(w, "ed25519_sig");
	jsonw_base64(w, rotation->by.sig, sizeof(rotation->by.sig));
	jsonw_end_object(w);
	jsonw_end_object(w);
}

int registry_sign_public(
    uint8_t pub[REGISTRY_ED25519_PUB], const uint8_t seed[REGISTRY_ED25519_SEED], struct err *err)
{
	CLEANUP(free_key)
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, REGISTRY_ED25519_SEED);
	size_t len = REGISTRY_ED25519_PUB;

	if (!key || EVP_PKEY_get_raw_public_key(key, pub, &len) != 1 || len != REGISTRY_ED25519_PUB)
		return failed(err);
	return 0;
}

int registry_sign_make(uint8_t sig[REGISTRY_ED25519_SIG], const uint8_t seed[REGISTRY_ED25519_SEED],
    const void *message, size_t len, struct err *err)
{
	CLEANUP(free_key)
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, REGISTRY_ED25519_SEED);
	CLEANUP(free_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = REGISTRY_ED25519_SIG;

	if (!key || !ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1)
		return failed(err);
	if (EVP_DigestSign(ctx, sig, &size, message, len) != 1 || size != REGISTRY_ED25519_SIG)
		return failed(err);
	return 0;
}

bool registry_sign_verify(const uint8_t pub[REGISTRY_ED25519_PUB],
    const uint8_t sig[REGISTRY_ED25519_SIG], const void *message, size_t len)
{
	CLEANUP(free_key)
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub, REGISTRY_ED25519_PUB);
	CLEANUP(free_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!key || !ctx || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		return false;
	return EVP_DigestVerify(ctx, sig, REGISTRY_ED25519_SIG, message, len) == 1;
}

int registry_sign_read_seed(
    uint8_t seed[REGISTRY_ED25519_SEED], const char *text, size_t len, struct err *err)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ED25519_SEED);
	bool ok = buf_add_base64_decoded(&bytes, text, len) && bytes.len == REGISTRY_ED25519_SEED;

	if (ok)
		memcpy(seed, bytes.data, REGISTRY_ED25519_SEED);
	if (bytes.data)
		explicit_bzero(bytes.data, bytes.len);
	return ok ? 0 : err_set(err, ERR_FORMAT, "a key file holds 32 bytes as base64");
}

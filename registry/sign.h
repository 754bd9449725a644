/* SPDX-License-Identifier: MIT */
/*
 * Ed25519 and the messages that are signed. Which keys are trusted is trust.h.
 * Source: docs/format/index.md, "signatures"; RFC 8032.
 */
#ifndef REGISTRY_SIGN_H
#define REGISTRY_SIGN_H

#include "base/err.h"
#include "base/json.h"
#include "registry/types.h"

#define REGISTRY_ED25519_SEED 32

/** What a registry's signature of one archive covers; appended. */
void registry_sign_message(
    struct buf *out, const char *name, const char *version, const char *cksum);

/** Public key of a seed. @return 0 or ERR_INTERNAL (libcrypto failed). */
MUST_CHECK int registry_sign_public(
    uint8_t pub[REGISTRY_ED25519_PUB], const uint8_t seed[REGISTRY_ED25519_SEED], struct err *err);

/** Sign @p len bytes. @return 0 or ERR_INTERNAL. */
MUST_CHECK int registry_sign_make(uint8_t sig[REGISTRY_ED25519_SIG],
    const uint8_t seed[REGISTRY_ED25519_SEED], const void *message, size_t len, struct err *err);

/** Whether the signature is that of the key; false also when the key is no point of the curve. */
bool registry_sign_verify(const uint8_t pub[REGISTRY_ED25519_PUB],
    const uint8_t sig[REGISTRY_ED25519_SIG], const void *message, size_t len);

/** A seed as a key file has it: base64 of 32 bytes and white space. @return 0 or ERR_FORMAT. */
MUST_CHECK int registry_sign_read_seed(
    uint8_t seed[REGISTRY_ED25519_SEED], const char *text, size_t len, struct err *err);

/** What the signature of a rotation covers: that @p key belongs to the same registry; appended. */
void registry_rotation_message(struct buf *out, const struct registry_key *key);

/** Members `id` and `ed25519_pub` of an object that is open. */
void registry_key_print(struct jsonw *w, const struct registry_key *key);

/** The object {id, ed25519_pub, signature} of a rotation, as config.json has it. */
void registry_rotation_print(struct jsonw *w, const struct registry_rotation *rotation);

#endif

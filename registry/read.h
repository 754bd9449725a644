/* SPDX-License-Identifier: MIT */
/*
 * Reading members of the small documents of a registry: config.json, index lines, snapshot.json,
 * the capability map. Texts are copied into an arena; a text that holds a NUL byte is none.
 */
#ifndef REGISTRY_READ_H
#define REGISTRY_READ_H

#include "base/json.h"
#include "registry/types.h"

/** Copy of a string value; NULL when it is no string or holds a NUL byte. */
const char *registry_read_string(struct arena *arena, const struct json *value);
/** As registry_read_string, of a member; NULL when absent. */
const char *registry_read_member(struct arena *arena, const struct json *object, const char *key);
/** True for 64 lower-case hexadecimal digits. */
bool registry_read_is_sha256(const char *text);
/** Decode standard base64 of exactly @p size bytes. */
bool registry_read_base64(void *out, size_t size, const char *text);
/** True for a key id: 1..REGISTRY_KEY_ID_MAX printable ASCII characters, no blank. */
bool registry_read_is_key_id(const char *text);
/**
 * A signature object {kind, key_id, ed25519_sig}.
 * @return NULL, or what is wrong (static storage).
 */
const char *registry_read_signature(
    struct registry_signature *out, struct arena *arena, const struct json *value);
/** A key object {id, ed25519_pub}. @return NULL, or what is wrong (static storage). */
const char *registry_read_key(
    struct registry_key *out, struct arena *arena, const struct json *value);
/** A rotation: a key object with a well-formed `signature`. @return as registry_read_key. */
const char *registry_read_rotation(
    struct registry_rotation *out, struct arena *arena, const struct json *value);
/** Seconds since 1970 of an RFC 3339 time in UTC ("2026-01-31T12:00:00Z"); false when it is none.
 */
bool registry_read_time(int64_t *out, const char *text);

#endif

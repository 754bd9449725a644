/* SPDX-License-Identifier: MIT */
/*
 * The snapshot: a signed statement of which index files belong together, so that an older index, or
 * one file of it, cannot be served again. snapshot.json holds one digest for each bucket; a bucket
 * lists the digests of the index files of the packages that fall into it. Buckets and, at a second
 * place, index files are named by their digest and never change.
 * Source: docs/format/index.md, "snapshot".
 */
#ifndef REGISTRY_SNAPSHOT_H
#define REGISTRY_SNAPSHOT_H

#include "registry/trust.h"
#include "registry/types.h"

#define REGISTRY_SNAPSHOT_NAME "snapshot.json" /* below the index root */
#define REGISTRY_SNAPSHOT_MAX ((size_t)8 << 20)
#define REGISTRY_BUCKET_MAX ((size_t)4 << 20)
#define REGISTRY_BUCKET_BITS_MAX 16u
#define REGISTRY_BUCKET_WANTED 64u /* packages in a bucket that registry_bucket_bits aims at */
#define REGISTRY_SNAPSHOT_SKEW_S 86400

/** snapshot.json. Opens with registry_snapshot_parse, registry_snapshot_clear. */
struct registry_snapshot {
	struct arena arena;
	const char *registry;        /* name that the registry gives itself, 1..128 bytes */
	uint64_t version;            /* grows with every publication, from 1 */
	int64_t issued_s, expires_s; /* seconds since 1970 */
	uint64_t packages;
	uint32_t bits;          /* there are 2^bits buckets */
	const uint8_t *buckets; /* SHA-256 of each, one after the other */
	struct registry_signature *signatures;
	uint32_t signature_count;
};

/** @return 0; ERR_PKG with code X07PKG_SNAPSHOT_INVALID. */
MUST_CHECK int registry_snapshot_parse(
    struct registry_snapshot *out, const char *text, size_t len, struct err *err);
/** Free what it owns. */
void registry_snapshot_clear(struct registry_snapshot *snapshot);

/** What the signatures of a snapshot cover; appended. */
void registry_snapshot_message(struct buf *out, const struct registry_snapshot *snapshot);
/** The document, with its line feed; appended. */
void registry_snapshot_print(struct buf *out, const struct registry_snapshot *snapshot);

/**
 * Whether the snapshot may be believed, and what to remember then.
 *
 * @param trust   keys and the last snapshot; on success the latter is updated.
 * @param now_s   the clock.
 * @return 0; ERR_PKG with code X07PKG_SNAPSHOT_INVALID (no valid signature of a trusted key),
 *         X07PKG_SNAPSHOT_REPLAYED (older than the one seen before, or of another registry),
 *         X07PKG_SNAPSHOT_EXPIRED, X07PKG_CLOCK (issued more than a day in the future).
 */
MUST_CHECK int registry_snapshot_check(struct registry_trust *trust,
    const struct registry_snapshot *snapshot, int64_t now_s, struct err *err);

/** Bucket of a package: the first @p bits bits of SHA-256 of its name. */
uint32_t registry_bucket_of(const char *name, uint32_t bits);
/** Bits for so many packages. */
uint32_t registry_bucket_bits(uint64_t packages);
/** Path of a bucket, or of the unchanging copy of an index file: "snapshot/ab/<digest>". */
void registry_digest_path(struct buf *out, const uint8_t digest[SHA256_BYTES]);

/** Append the line of one package to a bucket; packages come in the order of their bytes. */
void registry_bucket_print(
    struct buf *out, const char *name, const uint8_t index_sha256[SHA256_BYTES]);

/**
 * The digest that the index file of @p name must have.
 *
 * @param out     written on success only.
 * @param bucket  the bucket of @p name as fetched; its digest is compared with the snapshot.
 * @return 0; ERR_NOT_FOUND when the registry has no such package; ERR_PKG with code
 *         X07PKG_SNAPSHOT_MISMATCH when the bucket is another one than the snapshot says.
 */
MUST_CHECK int registry_snapshot_find(uint8_t out[SHA256_BYTES],
    const struct registry_snapshot *snapshot, const char *name, struct str bucket, struct err *err);

/**
 * Whether an index file is the one that the snapshot means.
 * @return 0, or ERR_PKG with code X07PKG_SNAPSHOT_MISMATCH, naming both digests: an older file is
 *         being served, or a newer one than the snapshot (then fetch registry_digest_path).
 */
MUST_CHECK int registry_snapshot_match(
    const uint8_t want[SHA256_BYTES], const char *name, struct str file, struct err *err);

#endif

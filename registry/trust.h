/* SPDX-License-Identifier: MIT */
/*
 * Which keys of a registry are trusted: a pure function of what was known before and of what
 * config.json says now. The caller stores the result.
 * Source: docs/format/index.md, "keys".
 */
#ifndef REGISTRY_TRUST_H
#define REGISTRY_TRUST_H

#include "base/err.h"
#include "registry/types.h"

/** What is known about a registry. Plain value; zero-initialised = nothing. */
struct registry_trust {
	struct registry_key keys[REGISTRY_KEYS_MAX];
	uint32_t key_count;
	bool configured; /* the keys are the user's: config.json cannot add any */
	bool required;   /* unsigned versions are refused: they were signed before, or config */
	char snapshot_registry[129]; /* `registry` of the last snapshot, "" = none seen */
	uint64_t snapshot_version;   /* of the last snapshot, 0 = none seen */
};

/** What registry_trust_update found; for a message to the user. */
struct registry_trust_change {
	bool first_use;      /* nothing was known: the keys of config.json were taken */
	uint32_t added_keys; /* vouched for by a known key */
};

/**
 * Bring together what is known and what config.json says.
 *
 * Nothing known: its keys are taken (first use). Configured keys: they alone count. Recorded keys:
 * a new one comes in only with a rotation signed by a known key, and one that is no longer listed
 * goes when a known one still is.
 *
 * @param out     written on success only; may be @p known itself.
 * @param known   borrowed.
 * @param change  may be NULL.
 * @return 0; ERR_PKG with code X07PKG_UNSIGNED (signed before, `signing` is gone now),
 *         X07PKG_SIGNATURE_UNSUPPORTED (another kind), X07PKG_KEY_CHANGED (an id has other bytes
 *         than recorded), X07PKG_SIGNATURE_KEY_MISSING (none of the known keys is there and no
 *         rotation leads to one), X07PKG_SNAPSHOT_MISSING (there was one, `snapshot` is gone now).
 */
MUST_CHECK int registry_trust_update(struct registry_trust *out, const struct registry_trust *known,
    const struct registry_config *config, struct registry_trust_change *change, struct err *err);

/** Key by id; NULL when unknown. */
const struct registry_key *registry_trust_key(const struct registry_trust *trust, const char *id);

/**
 * Check the signature of one version.
 * @return 0 (also for an unsigned one when nothing requires a signature); ERR_PKG with code
 *         X07PKG_UNSIGNED, X07PKG_SIGNATURE_UNSUPPORTED, X07PKG_SIGNATURE_KEY_MISSING,
 *         X07PKG_SIGNATURE_INVALID.
 */
MUST_CHECK int registry_trust_check(
    const struct registry_trust *trust, const struct registry_version *v, struct err *err);

#endif

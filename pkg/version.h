/* SPDX-License-Identifier: MIT */
/*
 * Semantic versions: strict reading and the order of precedence. What a requirement makes of them:
 * pkg/require.h.
 */
#ifndef PKG_VERSION_H
#define PKG_VERSION_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define PKG_VERSION_MAX 64 /* bytes of a version */
#define PKG_NAME_MAX 128   /* bytes of a package name */

/** A version `major.minor.patch[-pre][+build]`. Plain value; nothing to free. */
struct pkg_version {
	uint64_t major, minor, patch;
	struct str pre;   /* "" for a release; borrowed from the text that was parsed */
	struct str build; /* "" when absent; borrowed; no part of the order */
};

/**
 * Parse a version, all of @p text.
 *
 * @param out   written on success only; borrows from @p text.
 * @param text  borrowed; at most PKG_VERSION_MAX bytes; numbers without leading zeros that fit 64
 *              bits, also those of the pre-release.
 * @return 0, or ERR_FORMAT when @p text is anything else.
 * Source: Semantic Versioning 2.0.0, items 2, 9, 10; our limits: docs/format/version.md.
 */
MUST_CHECK int pkg_version_parse(struct pkg_version *out, struct str text, struct err *err);

/**
 * Order of precedence; build metadata does not count, so 1.0.0+a equals 1.0.0+b.
 * Source: Semantic Versioning 2.0.0, item 11.
 */
int pkg_version_cmp(const struct pkg_version *a, const struct pkg_version *b);

/** Same major, minor and patch: what makes two pre-releases those of one release. */
bool pkg_version_same_release(const struct pkg_version *a, const struct pkg_version *b);

/** True for `[a-z][a-z0-9_-]*` of at most PKG_NAME_MAX bytes. Source: docs/spec/packages.md 1. */
bool pkg_name_is_valid(struct str name);

#endif

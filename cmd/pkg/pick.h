/* SPDX-License-Identifier: MIT */
/* One version of a package of the registry, from what somebody typed. */
#ifndef CMD_PKG_PICK_H
#define CMD_PKG_PICK_H

#include "cmd/pkg/supply.h"
#include "pkg/version.h"

/** A version of the index, parsed. Borrowed from the index. */
struct pkg_pick_row {
	struct pkg_version parsed;
	const struct registry_version *v;
};

/**
 * The versions of a package in ascending order; what is no version is left out.
 *
 * @param count  how many there are.
 * @return owned array.
 */
struct pkg_pick_row *pkg_pick_sorted(uint32_t *count, const struct registry_index *file);
/**
 * The version that NAME[@VERSION] means: without one the highest release that is not withdrawn,
 * else the highest pre-release. Its signature is not checked.
 *
 * @param out    borrowed from the index of @p supply.
 * @param arena  takes the parts of @p spec.
 * @return 0; ERR_PKG: X07PKG_SPEC_INVALID, X07PKG_INDEX_NO_MATCH, and those of client_get.
 */
MUST_CHECK int pkg_pick(const struct registry_version **out, struct pkg_supply *supply,
    struct arena *arena, const char *spec, struct err *err);
/** X07PKG_INDEX_NO_MATCH for a package of which the registry has no version that will do. */
int pkg_pick_none_left(struct err *err, const struct pkg_supply *supply, const char *name);

#endif

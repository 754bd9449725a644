/* SPDX-License-Identifier: MIT */
/* One attempt to choose a version of each package. */
#ifndef PKG_RESOLVE_SEARCH_PRIV_H
#define PKG_RESOLVE_SEARCH_PRIV_H

#include "pkg/resolve_types.h"

void pkg_search_clear(struct search *s);

/**
 * Search a plan; `s` is zero but for `u` and `rules`.
 * @return 0: each reached package's domain is its version; ERR_PKG: none exists, see `proof`;
 *         ERR_LIMIT; what the source returned.
 */
MUST_CHECK int pkg_search_run(struct search *s, struct err *err);

/** The version that a search has chosen. */
uint32_t pkg_search_version(const struct search *s, uint32_t pkg);

/** Register a clause and have it examined. */
void pkg_search_add(struct search *s, struct clause *c);

/** Undo everything above @p level. */
void pkg_search_jump(struct search *s, uint32_t level);

/** A set of a package, all zero. */
uint64_t *pkg_search_set(struct search *s, uint32_t pkg);

/** Whether a version may be taken by somebody at all. */
bool pkg_search_fit(const struct search *s, uint32_t pkg, uint32_t version);

/** Drop the term of "everything", which is always met. */
bool pkg_search_is_full(const struct search *s, uint32_t pkg, const uint64_t *set);

#endif

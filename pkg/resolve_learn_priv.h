/* SPDX-License-Identifier: MIT */
/* What follows from a conflict. */
#ifndef PKG_RESOLVE_LEARN_PRIV_H
#define PKG_RESOLVE_LEARN_PRIV_H

#include "pkg/resolve_types.h"

/**
 * Learn from a clause whose terms are all met: jump back and add what follows from it.
 * @return false when nothing is left to try: `proof` is set.
 */
bool pkg_search_learn(struct search *s, struct clause *conflict);

#endif

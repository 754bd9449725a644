/* SPDX-License-Identifier: MIT */
/* Why there is no plan, in terms that a person can change. */
#ifndef PKG_RESOLVE_EXPLAIN_PRIV_H
#define PKG_RESOLVE_EXPLAIN_PRIV_H

#include "pkg/resolve_types.h"

/** Fill @p out from the proof of a failed search. */
void pkg_resolve_explain(struct pkg_conflict *out, struct search *s);

#endif

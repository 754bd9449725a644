/* SPDX-License-Identifier: MIT */
/* What the two halves of an explanation share: the facts, and the ways out that were tried. */
#ifndef PKG_RESOLVE_EXPLAIN_PRIV_H
#define PKG_RESOLVE_EXPLAIN_PRIV_H

#include "pkg/resolve_priv.h"

/** A failed search and the statements that its proof rests on. */
struct explanation {
	struct search *s;
	struct pkg_conflict *out;
	struct arena *arena;    /* of `out` */
	struct clause **leaves; /* the project's first, then by name */
	size_t count, cap;
	uint32_t target; /* package of the headline */
};

/** Fill out->ways_out: changes that were tried and work, or else what can be removed. */
void resolve_ways_out(struct explanation *x);

#endif

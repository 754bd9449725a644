/* SPDX-License-Identifier: MIT */
/* The ways out of a conflict: each is tried before it is offered. */
#ifndef PKG_RESOLVE_WAYS_PRIV_H
#define PKG_RESOLVE_WAYS_PRIV_H

#include "pkg/resolve_types.h"

/** Fill out->ways_out: changes that were tried and work, or else what can be removed. */
void pkg_resolve_ways_out(struct explanation *x);

#endif

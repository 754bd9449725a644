/* SPDX-License-Identifier: MIT */
/* The directories that an observed run needs. */
#ifndef POLICY_OBSERVE_ROOTS_PRIV_H
#define POLICY_OBSERVE_ROOTS_PRIV_H

#include "policy/observe_types_priv.h"

void policy_observed_roots_clear(struct policy_observed_roots *roots);
/** The smallest set of directories for one kind of operation. */
void policy_observed_roots_find(
    struct policy_observed_roots *out, const struct policy_observed *in, enum policy_use_kind kind);
/**
 * Of nested roots the more specific one decides: a directory that is read, inside one that is
 * written, becomes a write root too when something in it is written.
 */
void policy_observed_roots_nest(struct policy_observed_roots *read,
    struct policy_observed_roots *write, const struct policy_observed *in);
/** True when a policy can allow the operation and the rules of this file want it to. */
bool policy_observed_grantable(const struct policy_use *u);
/** The root of @p roots that gives @p u what it needs; NULL when none. */
const struct policy_observed_root *policy_observed_root_of(
    const struct policy_observed_roots *roots, const struct policy_use *u);

#endif

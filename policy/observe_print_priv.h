/* SPDX-License-Identifier: MIT */
/* The document and the page of an observed run. */
#ifndef POLICY_OBSERVE_PRINT_PRIV_H
#define POLICY_OBSERVE_PRINT_PRIV_H

#include "policy/observe_types_priv.h"

/** The document. */
void policy_observed_print_policy(struct buf *out, const struct policy_observed_grants *g);
/** The page for review; counts into @p p. */
void policy_observed_print_review(
    struct policy_proposal *p, const struct policy_observed_grants *g);

#endif

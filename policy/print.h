/* SPDX-License-Identifier: MIT */
/* The text of a policy. */
#ifndef POLICY_PRINT_H
#define POLICY_PRINT_H

#include "policy/policy.h"

/**
 * The document text of a policy: keys sorted at every level, two spaces, newline at the end. Only
 * fields that the document named are printed, so a sorted document comes out as it went in.
 */
void policy_print(struct buf *out, const struct policy *p);

#endif

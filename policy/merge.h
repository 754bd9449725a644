/* SPDX-License-Identifier: MIT */
/* Override flags applied to a policy. Source: docs/spec/run-and-policy.md 7. */
#ifndef POLICY_MERGE_H
#define POLICY_MERGE_H

#include "policy/overrides.h"

/**
 * Apply overrides to a policy in place (its strings go into its arena). Deny wins. The result
 * allows what the policy allowed and what the flags name, without what they deny, and nothing else.
 *
 * @return 0; ERR_POLICY when the policy has the network, TCP, look-ups of names or files switched
 *         off that an override asks for; ERR_LIMIT over 256 hosts, 64 ports for a host or 128
 * roots. After a failure the policy is only good for policy_clear.
 */
MUST_CHECK int policy_merge(struct policy *p, const struct policy_overrides *o, struct err *err);

#endif

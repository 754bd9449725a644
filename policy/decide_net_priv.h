/* SPDX-License-Identifier: MIT */
/* Answers about destinations. */
#ifndef POLICY_DECIDE_NET_PRIV_H
#define POLICY_DECIDE_NET_PRIV_H

#include "policy/decide.h"

/** Answer a question about a destination (POLICY_NET). */
void policy_decide_net(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q);

#endif

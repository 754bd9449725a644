/* SPDX-License-Identifier: MIT */
/* The rules that join several fields of a policy. */
#ifndef POLICY_RULES_PRIV_H
#define POLICY_RULES_PRIV_H

#include "base/jsondoc.h"

struct jsondoc;

/** The rules that join several fields; each violation becomes a fault of @p doc. */
void policy_rules_check(struct jsondoc *doc, const struct json *root);

#endif

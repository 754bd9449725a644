/* SPDX-License-Identifier: MIT */
/* Answers about files: roots, hidden names, links, switches and bounds. */
#ifndef POLICY_DECIDE_FILE_PRIV_H
#define POLICY_DECIDE_FILE_PRIV_H

#include "policy/decide.h"

/** Answer a question about a path (POLICY_FS_READ, POLICY_FS_WRITE). */
void policy_decide_file(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q);

#endif

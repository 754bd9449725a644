/* SPDX-License-Identifier: MIT */
/* The policy of a run. */
#ifndef CMD_RUN_POLICY_H
#define CMD_RUN_POLICY_H

#include "cmd/run/types.h"

struct policy_overrides;

/**
 * Load the policy of a target, derive one when override flags are given, and refuse what this build
 * cannot enforce.
 * @param out    run_policy_clear, also after a failure. Not given when the target has no policy.
 * @param diags  faults of the document.
 * @return 0; ERR_SCHEMA when no policy can be derived, ERR_FORMAT when the file itself is at fault;
 *         ERR_UNSUPPORTED for what cannot be enforced; ERR_POLICY for relative roots of nowhere;
 * ERR_NOT_FOUND, ERR_USAGE, ERR_IO, ERR_LIMIT.
 */
MUST_CHECK int run_policy_load(struct run_policy *out, const struct run_policy_options *options,
    const struct run_target *target, struct diag_list *diags, struct err *err);
/** Free the rules. */
void run_policy_clear(struct run_policy *policy);

/**
 * The override flags as one set; host files are relative to @p root. The caller sets `folder`.
 * @param out  policy_overrides_clear, also after a failure.
 */
MUST_CHECK int run_policy_overrides(struct policy_overrides *out,
    const struct run_policy_options *options, const char *root, struct err *err);

#endif

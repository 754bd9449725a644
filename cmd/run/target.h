/* SPDX-License-Identifier: MIT */
/* What a run is about. */
#ifndef CMD_RUN_TARGET_H
#define CMD_RUN_TARGET_H

#include "cmd/run/types.h"

/**
 * Resolve target, profile, world, policy file, module roots and numbers.
 * @param out    written on success only; run_target_clear.
 * @param rules  a policy named by flag, and the flags that only make sense with one.
 * @param diags  faults of the manifest.
 * @return 0; ERR_USAGE, ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_LOCKED.
 */
MUST_CHECK int run_target_resolve(struct run_target *out, const struct run_caller *caller,
    const struct run_target_options *options, const struct run_policy_options *rules,
    struct diag_list *diags, struct err *err);
/** Free everything; ends the hold of the project. */
void run_target_clear(struct run_target *target);

#endif

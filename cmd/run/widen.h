/* SPDX-License-Identifier: MIT */
/* The widening of a permissive run (`x07 policy observe --permissive`). */
#ifndef CMD_RUN_WIDEN_H
#define CMD_RUN_WIDEN_H

#include "cmd/run/types.h"

/**
 * Give the run the whole project, every clock and `exit`, but no network, no process and only the
 * variables that were named.
 * @param policy  of the run; widened.
 * @param keys    variables that the program sees, too; borrowed for the life of the policy.
 * @return 0; ERR_POLICY where that would be more than a project.
 */
MUST_CHECK int run_widen(struct run_policy *policy, const struct run_target *target,
    enum run_backend backend, const struct option_list *keys, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* From policy to sandbox plan. */
#ifndef CMD_RUN_PLAN_H
#define CMD_RUN_PLAN_H

#include "cmd/run/types.h"

/**
 * Roots, limits and environment of a run; descriptors are the engine's.
 * @param out  run_plan_clear, also after a failure; borrows from @p target and @p policy.
 * @return 0 or what run_roots_make says.
 */
MUST_CHECK int run_plan_make(struct run_plan *out, const struct run_target *target,
    const struct run_policy *policy, enum run_backend backend, struct err *err);
/** Bytes of the program's values: what the target says, never more than the policy allows. */
uint64_t run_plan_memory(const struct run_target *target, const struct run_policy *policy);
/** Say it when the program can change what its next run may do. */
void run_plan_warn(const struct run_plan *plan, const struct run_target *target,
    const struct run_policy *policy, const struct notes *notes);
/** Free roots and environment. */
void run_plan_clear(struct run_plan *plan);

#endif

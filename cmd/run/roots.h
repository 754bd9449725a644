/* SPDX-License-Identifier: MIT */
/* The roots of a policy at their places. */
#ifndef CMD_RUN_ROOTS_H
#define CMD_RUN_ROOTS_H

#include "cmd/run/types.h"

/**
 * Where the roots of a policy are.
 * @param out  run_roots_clear, also after a failure; borrows the texts of the policy.
 * @param cwd  absolute: what relative roots belong to; NULL leaves relative ones out.
 * @return 0; ERR_LIMIT for more than SANDBOX_ROOTS_MAX.
 */
MUST_CHECK int run_roots_make(
    struct run_roots *out, const struct policy_fs *fs, const char *cwd, struct err *err);
/** Would backend os take the roots of a policy? Looks at the disk; ERR_SANDBOX with the reason. */
MUST_CHECK int run_roots_check(const struct policy *p, const char *folder, struct err *err);
/** Free the roots. */
void run_roots_clear(struct run_roots *roots);

#endif

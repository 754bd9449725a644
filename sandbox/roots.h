/* SPDX-License-Identifier: MIT */
/* The roots of a plan, for a caller that only wants to know whether they can be had. */
#ifndef SANDBOX_ROOTS_H
#define SANDBOX_ROOTS_H

#include "sandbox/sandbox.h"

/**
 * Would the roots of a plan be accepted? Looks at the disk as sandbox_prepare does.
 *
 * @param plan  `backend`, `cwd` and `roots` count; `roots[].present` is filled for backend os.
 * @return 0, or ERR_SANDBOX as sandbox_prepare.
 */
MUST_CHECK int sandbox_roots_check(struct sandbox_plan *plan, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* The module roots of the locked packages of a project. */
#ifndef CMD_RUN_LOCK_H
#define CMD_RUN_LOCK_H

#include "cmd/run/types.h"

/**
 * Check the lock of a project against its manifest and files, and append the module roots of its
 * packages. Nothing without dependencies and without a lock.
 * @param root   of the project.
 * @param diags  faults of the lock.
 * @return 0 or what pkg/lock.h says.
 */
MUST_CHECK int run_lock_roots(struct run_paths *out, const struct pkg_manifest *manifest,
    const char *root, struct diag_list *diags, struct err *err);

#endif

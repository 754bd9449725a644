/* SPDX-License-Identifier: MIT */
/* Checks of a plan before anything is started. */
#ifndef SANDBOX_PLAN_PRIV_H
#define SANDBOX_PLAN_PRIV_H

#include "sandbox/types_priv.h"

/** Are the numbers of a plan in range, and is nothing missing? @return 0 or ERR_SANDBOX. */
MUST_CHECK int sandbox_plan_check(const struct sandbox_plan *plan, struct err *err);

/**
 * Normalise an absolute path: no empty segments, no dots.
 * @param out  owned.
 * @return 0, or ERR_SANDBOX when the path is relative, too long, or holds "..".
 */
MUST_CHECK int sandbox_plan_path(char **out, const char *path, struct err *err);

/** Is a normalised path in a folder, or the folder itself? */
bool sandbox_path_is_below(const char *path, const char *dir);

#endif

/* SPDX-License-Identifier: MIT */
/* What a user can do about an import that nobody has. */
#ifndef CMD_RUN_HINT_H
#define CMD_RUN_HINT_H

#include "cmd/run/types.h"

/**
 * For an import that nobody has: the command that adds the package of the capability map that has
 * it. Only said, never done.
 * @return owned; NULL when the first error is about something else, or nobody knows a package.
 */
char *run_hint_module(const struct run_caller *caller, const struct diag_list *diags);

#endif

/* SPDX-License-Identifier: MIT */
/* Our own folders, beside the executable. */
#ifndef CMD_RUN_DIRS_H
#define CMD_RUN_DIRS_H

#include "cmd/run/types.h"

/** Find share/x07/std and lib/x07/rt. @param out  run_dirs_clear. */
MUST_CHECK int run_dirs_find(struct run_dirs *out, struct err *err);
/** Free the paths. */
void run_dirs_clear(struct run_dirs *dirs);

#endif

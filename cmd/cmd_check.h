/* SPDX-License-Identifier: MIT */
/* `x07 check`. */
#ifndef CMD_CMD_CHECK_H
#define CMD_CMD_CHECK_H

#include "cmd/cmd.h"

/** Tell all errors of a project, run nothing; the options are in cmd/check/check.h. @return exit
 * status. */
int cmd_check(const struct cmd_call *call);

#endif

/* SPDX-License-Identifier: MIT */
/* Which limit ended a run, and where it is raised. */
#ifndef CMD_REPORT_LIMIT_H
#define CMD_REPORT_LIMIT_H

#include "cmd/run/types.h"

/** Name, value, line of the policy and option of the limit that ended it; owned; NULL: none did. */
char *report_limit_help(const struct run_record *run);

#endif

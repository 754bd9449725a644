/* SPDX-License-Identifier: MIT */
/* `x07 explain` and its options. */
#ifndef CMD_CMD_EXPLAIN_H
#define CMD_CMD_EXPLAIN_H

#include "cmd/cmd.h"

/** What the parser of the command line fills. */
struct explain_options {
	const char *emit; /* "text", "json", "markdown"; NULL = as the other commands choose */
};

/** Say what a code means, or list all. @return exit status. */
int cmd_explain(const struct cmd_call *call);

#endif

/* SPDX-License-Identifier: MIT */
/* `x07 check`: all faults of a project, without a run. */
#ifndef CMD_CHECK_CHECK_H
#define CMD_CHECK_CHECK_H

#include "cmd/run/types.h"

/** What the parser of the command line fills. */
struct check_options {
	const char *profile; /* NULL = the one that `x07 run` takes */
	const char *emit;    /* "text", "json"; NULL = text on a terminal, else json */
};

/** What is checked. All borrowed. */
struct check_request {
	const struct run_caller *caller;
	const char
	    *what; /* a program file, a manifest or its folder; NULL: the project around here */
	const char *profile; /* NULL = the one that a run takes */
};

/** What was found. check_clear, also after a failure. */
struct check_result {
	struct diag_list diags; /* sorted by file and place */
	struct lang_stats stats;
};

/**
 * Check every function of every module of a project, or of a program file and what it imports.
 * Nothing is run, installed or written.
 * @return 0; ERR_COMPILE for faults of the program; else why it could not be checked, as
 *         run_target_resolve, run_policy_load and lang_load say it.
 */
MUST_CHECK int check_run(
    struct check_result *out, const struct check_request *request, struct err *err);
/** Free the faults. */
void check_clear(struct check_result *result);

#endif

/* SPDX-License-Identifier: MIT */
/* What `x07 run` puts on standard output: its report, the program's output, or both. */
#ifndef CMD_REPORT_EMIT_H
#define CMD_REPORT_EMIT_H

#include "cmd/cmd.h"
#include "cmd/cmd_run.h"

enum report_emit { REPORT_EMIT_REPORT, REPORT_EMIT_OUTPUT, REPORT_EMIT_BOTH };

/** Where report and output go. */
struct report_emission {
	enum report_emit what;
	bool shorten;       /* the report is for a screen */
	bool for_people;    /* a summary is the last thing on standard error */
	const char *output; /* borrowed: the file of the output; NULL = standard output */
};

/**
 * Choose by flags, by the lasting choice of the user (@p lasting, which counts on a terminal
 * alone; NULL = none) and by what the streams are.
 *
 * @return 0, or ERR_USAGE.
 */
MUST_CHECK int report_emission_choose(struct report_emission *out,
    const struct run_command_options *o, bool is_runner, const char *lasting, struct err *err);
/**
 * Write report and output to where they belong; also the file of `--report-out`.
 * @return exit status: of the run, or CMD_EXIT_USAGE when something could not be written.
 */
int report_emit(const struct cmd_call *call, const struct run_command_options *o,
    const struct report_emission *e, const struct run_record *run);

#endif

/* SPDX-License-Identifier: MIT */
/* What `x07 run`, `x07-os-runner` and `x07 policy observe` share: their options, and how they run.
 */
#ifndef CMD_CMD_RUN_H
#define CMD_CMD_RUN_H

#include "cmd/cmd.h"
#include "cmd/run/types.h"

/** Options of the three commands (cmd/table.c); each shows only its own. */
struct run_command_options {
	struct run_options run; /* what the engine takes */
	const char *report, *report_out, *emit, *output;
	bool quiet_json, debug_borrow_checks, specrows, compile_only;
	/* of the reference; they change nothing here */
	const char *compat, *cc_profile, *repair, *json, *out;
	bool auto_ffi, no_auto_ffi;
	struct option_uint repair_max_iters;
	/* x07 policy observe */
	const char *observe_out, *observe_id;
	bool permissive, force;
	struct option_list env_keys;
};

/** Run, and print the report. @return exit status. */
int program_run(const struct cmd_call *call);

#endif

/* SPDX-License-Identifier: MIT */
/* How a command line calls the engine of a run, and prints why it failed. */
#ifndef CMD_RUN_CALL_H
#define CMD_RUN_CALL_H

#include "cmd/cmd.h"
#include "cmd/run/engine.h"

/** A caller, and what owns its texts. Must not move: the caller borrows the name. */
struct run_call {
	char name[64];
	struct run_caller caller;
};

/** The caller that an invocation is. */
void run_call_init(struct run_call *out, const struct cmd_call *call);
/** What stood behind `--` is the input. */
void run_call_args(struct run_input_options *out, const struct cmd_call *call);
/**
 * Say that piped input was left unread because of `-- ARGS`. Called after the run: whoever writes
 * into the pipe has had the time to.
 */
void run_call_note_unread(const struct cmd_call *call);
/** Print why a step of a run failed. @return exit status. */
int run_call_fail(const struct cmd_call *call, const struct run *run, const struct err *err);

#endif

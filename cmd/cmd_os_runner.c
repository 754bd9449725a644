/* SPDX-License-Identifier: MIT */
/*
 * `x07-os-runner`: `x07 run` without profiles and packages, and the list of its own options for
 * programs.
 * Source: docs/cmd/run.md.
 */
#include "cmd/cmd_run.h"

int cmd_os_runner(const struct cmd_call *call)
{
	const struct run_command_options *o = call->options;
	CLEANUP(buf_clear) struct buf out = buf_init(1u << 20);

	if (!o->specrows)
		return program_run(call);
	help_specrows(&out, call->program);
	return print_out(&out);
}

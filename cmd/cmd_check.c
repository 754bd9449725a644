/* SPDX-License-Identifier: MIT */
/*
 * `x07 check [FILE|PROJECT]`: asks cmd/check for all faults and prints them. What is no fault of
 * the program (no project here, a package that is not installed) is said on standard error too.
 * Source: docs/cmd/check.md.
 */
#include "cmd/cmd_check.h"

#include "cmd/check/print.h"
#include "cmd/run_call.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_text(const struct check_options *o)
{
	return o->emit != NULL ? strcmp(o->emit, "text") == 0 : isatty(STDOUT_FILENO) == 1;
}

int cmd_check(const struct cmd_call *call)
{
	const struct check_options *o = call->options;
	CLEANUP(buf_clear) struct buf out = buf_init(CMD_REPORT_MAX_BYTES);
	CLEANUP(check_clear) struct check_result result = {0};
	struct check_end end = {.result = &result};
	struct check_request request = {.profile = o->profile};
	struct run_call who;
	struct err err = {0};
	int rc, printed;

	run_call_init(&who, call);
	request.caller = &who.caller;
	request.what = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	rc = check_run(&result, &request, &err);
	if (rc < 0) {
		end.err = &err;
		end.status = err_exit_status(rc);
	}
	if (wants_text(o))
		check_print_text(&out, &end, print_in_color());
	else
		check_print_json(&out, &end);
	printed = print_out(&out);
	if (printed != CMD_EXIT_OK)
		return printed;
	return rc < 0 && rc != ERR_COMPILE ? print_err(call, &err, NULL) : end.status;
}

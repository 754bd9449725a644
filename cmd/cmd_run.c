/* SPDX-License-Identifier: MIT */
/*
 * `x07 run`: calls the engine (cmd/run/engine.h) and prints. The first failing step decides the
 * exit status. Source: docs/cmd/run.md.
 */
#include "cmd/cmd_run.h"

#include "cmd/report/emit.h"
#include "cmd/report/extra.h"
#include "cmd/report/people.h"
#include "cmd/run/engine.h"
#include "cmd/run_call.h"

#include <string.h>

static int check_options(const struct run_command_options *o, struct err *err)
{
	if (o->quiet_json && o->report_out == NULL)
		return err_set(err, ERR_USAGE, "--quiet-json wants --report-out FILE");
	if (o->report_out != NULL && strcmp(o->report_out, "-") == 0)
		return err_set(err, ERR_USAGE, "--report-out wants a file, not '-'");
	if (o->compile_only)
		return err_set(err, ERR_UNSUPPORTED, "--compile-only is not supported yet");
	return 0;
}

/* The backend cannot start: a report like any other, and both ways on. */
static int report_backend(const struct cmd_call *call, const struct run_command_options *o,
    const struct report_emission *e, const struct run_record *run)
{
	int status = report_emit(call, o, e, run);

	print_note(call, "%s", run->isolation->failure);
	print_hint("either install a VM runtime (not available in this build yet), or accept the "
		   "weaker isolation of namespaces, Landlock and seccomp:");
	print_line("  export X07_SANDBOX_BACKEND=os");
	print_line("  export X07_I_ACCEPT_WEAKER_ISOLATION=1");
	report_people(call, e, run);
	return status;
}

static int start(const struct cmd_call *call, const struct run_command_options *o,
    const struct report_emission *e, struct run *run)
{
	const struct run_record record = run_record_of(run);
	struct err err = {0};
	int rc = run_start(run, &err);
	int status;

	if (rc < 0 && rc != ERR_COMPILE)
		return run_call_fail(call, run, &err);
	status = report_emit(call, o, e, &record);
	print_diags(&run->diags);
	report_explain(call, &record);
	run_call_note_unread(call);
	report_people(call, e, &record);
	run_build_later(run);
	return status;
}

int program_run(const struct cmd_call *call)
{
	const struct run_command_options *o = call->options;
	struct run_options options = o->run;
	struct run_call who;
	CLEANUP(run_clear) struct run run = RUN_INIT(&who.caller, &options);
	struct err err = {0};
	struct report_emission emission;
	int rc = check_options(o, &err);

	if (rc == 0)
		rc = report_emission_choose(
		    &emission, o, call->cmd->spec.in == OPTION_IN_RUNNER, NULL, &err);
	if (rc < 0)
		return print_err(call, &err, NULL);
	run_call_init(&who, call);
	run_call_args(&options.input, call);
	rc = run_resolve(&run, &err);
	if (rc < 0)
		return run_call_fail(call, &run, &err);
	if (o->debug_borrow_checks)
		print_note(call, "--debug-borrow-checks is not supported: borrows are checked when "
				 "compiling");
	if (run.isolation.failure != NULL) {
		const struct run_record record = run_record_of(&run);

		return report_backend(call, o, &emission, &record);
	}
	return start(call, o, &emission, &run);
}

int cmd_run(const struct cmd_call *call)
{
	return program_run(call);
}

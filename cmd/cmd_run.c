/* SPDX-License-Identifier: MIT */
/*
 * `x07 run` and `x07-os-runner`: calls the steps of cmd/run/run.h in order, and prints. The first
 * failing step decides the exit status.
 * Source: docs/spec/run-and-policy.md 6, 8; docs/cmd/run.md.
 */
#include "cmd/run/run.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "policy/parse.h"

#include <stdio.h>
#include <string.h>

void run_clear(struct run *run)
{
	run_plan_clear(run);
	run_net_clear(run);
	sandbox_result_clear(&run->result);
	if (run->lang != NULL)
		lang_program_free(run->lang);
	lang_image_clear(&run->image);
	diag_list_clear(&run->diags);
	if (run->has_policy)
		policy_clear(&run->policy);
	base_free_ptr(&run->base.path);
	policy_clear(&run->base.policy);
	policy_overrides_clear(&run->base.overrides);
	arena_clear(&run->metrics.arena);
	base_close_fd(&run->input.fd);
	base_free_ptr(&run->std_root);
	base_free_ptr(&run->rt_dir);
	base_free_ptr(&run->compile_error);
	base_free_ptr(&run->hint);
	base_free_ptr(&run->trap);
	run_target_clear(&run->target);
}

/* What to do next, for the refusal a newcomer meets first; NULL when the message says it. */
static const char *next_step(const struct run *run, int code)
{
	if (code == ERR_SANDBOX && !run->isolation.accepted &&
	    run->target.world == LANG_RUN_OS_SANDBOXED)
		return "export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1";
	return NULL;
}

int run_fail(const struct run *run, const struct err *err)
{
	if (run->schema_fault) {
		CLEANUP(buf_clear) struct buf line = buf_init(1u << 20);

		report_diags(&line, run);
		(void)fputs(line.data, stderr);
		return err_exit_status(ERR_SCHEMA);
	}
	print_diags(&run->diags);
	return print_err(run->call, err, next_step(run, err->code));
}

static int check_options(const struct run_options *o, struct err *err)
{
	if (o->quiet_json && o->report_out == NULL)
		return err_set(err, ERR_USAGE, "--quiet-json wants --report-out FILE");
	if (o->report_out != NULL && strcmp(o->report_out, "-") == 0)
		return err_set(err, ERR_USAGE, "--report-out wants a file, not '-'");
	if (o->compile_only)
		return err_set(err, ERR_UNSUPPORTED, "--compile-only is not supported yet");
	return 0;
}

static int write_reports(const struct run *run)
{
	const struct run_options *o = run->options;
	bool wrapped = o->report != NULL && strcmp(o->report, "wrapped") == 0;
	CLEANUP(buf_clear) struct buf text = buf_init(CMD_REPORT_MAX_BYTES);
	struct err err = {0};
	int status;

	report_build(&text, run, wrapped);
	status = o->quiet_json ? 0 : print_out(&text);
	if (o->report_out != NULL && file_replace(o->report_out, text.data, text.len, &err) < 0) {
		err_wrap(&err, "report file");
		return print_err(run->call, &err, NULL);
	}
	return status != 0 ? status : report_exit_code(run);
}

static int report_vm(struct run *run)
{
	int status;

	run->vm_failure = run_vm_reason();
	status = write_reports(run);
	print_note(run->call, "%s", run->vm_failure);
	(void)fprintf(stderr,
	    "hint: either install a VM runtime (not available in this build yet), or accept the "
	    "weaker isolation of namespaces, Landlock and seccomp:\n"
	    "  export X07_SANDBOX_BACKEND=os\n"
	    "  export X07_I_ACCEPT_WEAKER_ISOLATION=1\n");
	return status;
}

static void build_full_image_later(const struct run *run)
{
	const char *opt = run->options->opt;
	bool wanted = opt == NULL || strcmp(opt, "auto") == 0;

	if (wanted && run->lang != NULL && run->image.fd >= 0 && !run->image.full &&
	    run->image_note == NULL)
		lang_image_full_in_background(run->lang);
}

int run_start(struct run *run, struct err *err)
{
	int rc = run_find_dirs(&run->std_root, &run->rt_dir, err);

	if (rc == 0)
		rc = run_plan_make(run, err);
	if (rc == 0)
		rc = run_execute(run, err);
	if (run->state == RUN_DONE)
		run_outcome(run);
	if (rc == ERR_COMPILE)
		run_hint_module(run);
	return rc;
}

static int execute(struct run *run)
{
	struct err err = {0};
	int rc = run_start(run, &err);
	int status;

	if (rc == 0 && run->options->attest != NULL)
		rc = run_attest_write(run, &err);
	if (rc < 0 && rc != ERR_COMPILE)
		return run_fail(run, &err);
	status = write_reports(run);
	print_diags(&run->diags);
	report_explain(run);
	build_full_image_later(run);
	return status;
}

/* Everything that can be refused before anything is started, in the order of
 * docs/spec/run-and-policy.md 6.5. */
int run_resolve(struct run *run, struct err *err)
{
	const struct run_options *o = run->options;
	int rc = check_options(o, err);

	if (rc == 0)
		rc = run_target_resolve(&run->target, run->call, o, &run->diags, err);
	if (rc == 0)
		rc = run_isolation_resolve(&run->isolation, o, run->target.world, err);
	if (rc == 0)
		rc = run_policy_load(run, err);
	if (rc == 0 && o->attest != NULL) {
		rc = run_attest_check(run, err);
		run->observed = true;
	}
	if (rc == 0 && run->isolation.backend != RUN_BACKEND_VM)
		rc = run_input_open(&run->input, run->call, o, &run->target, err);
	return rc;
}

int run_engine(const struct cmd_call *call, const struct run_options *options)
{
	CLEANUP(run_clear)
	struct run run = {.call = call, .options = options, .input.fd = -1, .image.fd = -1};
	struct err err = {0};

	if (run_resolve(&run, &err) < 0)
		return run_fail(&run, &err);
	if (options->debug_borrow_checks)
		print_note(call, "--debug-borrow-checks is not supported: borrows are checked when "
				 "compiling");
	if (run.isolation.backend == RUN_BACKEND_VM)
		return report_vm(&run);
	return execute(&run);
}

int cmd_run(const struct cmd_call *call)
{
	return run_engine(call, call->options);
}

int cmd_os_runner(const struct cmd_call *call)
{
	const struct run_options *o = call->options;

	if (o->specrows) {
		CLEANUP(buf_clear) struct buf out = buf_init(1u << 20);

		help_specrows(&out, call->program);
		return print_out(&out);
	}
	return run_engine(call, o);
}

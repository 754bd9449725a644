/* SPDX-License-Identifier: MIT */
/*
 * The command line as the engine of a run sees it: a name, a place for notes and a way to ask
 * x07-pkg. The first failing step decides the exit status.
 */
#include "cmd/run_call.h"

#include "cmd/explain/all.h"
#include "cmd/report/report.h"

#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(void *ctx, const char *line)
{
	print_note(ctx, "%s", line);
}

void run_call_init(struct run_call *out, const struct cmd_call *call)
{
	out->caller = (struct run_caller){.name = cmd_name(call, out->name, sizeof(out->name)),
	    .is_runner = call->cmd->spec.in == OPTION_IN_RUNNER,
	    .notes = {.say = say, .ctx = (void *)call},
	    .ask_pkg = delegate_ask,
	    .find_code = explain_all_find};
}

void run_call_args(struct run_input_options *out, const struct cmd_call *call)
{
	out->has_args = call->args.has_trailing;
	out->args = call->args.trailing;
	out->arg_count = call->args.trailing_count;
}

/* Something that the program was not given waits on standard input. */
static bool input_waits(void)
{
	struct pollfd stdin_now = {.fd = STDIN_FILENO, .events = POLLIN};
	struct stat st;

	if (fstat(STDIN_FILENO, &st) < 0)
		return false;
	if (S_ISREG(st.st_mode))
		return lseek(STDIN_FILENO, 0, SEEK_CUR) < st.st_size;
	return S_ISFIFO(st.st_mode) && poll(&stdin_now, 1, 0) == 1 &&
	       (stdin_now.revents & POLLIN) != 0;
}

void run_call_note_unread(const struct cmd_call *call)
{
	if (call->args.has_trailing && input_waits())
		print_note(call, "standard input was not read: the input is the arguments behind "
				 "'--' (argv_v1)");
}

/* What to do next, for the refusal a newcomer meets first; NULL when the message says it. */
static const char *next_step(const struct run *run, int code)
{
	if (code == ERR_SANDBOX && !run->isolation.accepted &&
	    run->target.world == LANG_RUN_OS_SANDBOXED)
		return "export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1";
	return NULL;
}

int run_call_fail(const struct cmd_call *call, const struct run *run, const struct err *err)
{
	if (run->policy_fault) {
		CLEANUP(buf_clear) struct buf line = buf_init(1u << 20);

		report_diags(&line, &run->diags);
		(void)fputs(buf_str(&line), stderr);
		return err_exit_status(ERR_SCHEMA);
	}
	print_diags(&run->diags);
	return print_err(call, err, next_step(run, err->code));
}

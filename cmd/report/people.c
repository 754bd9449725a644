/* SPDX-License-Identifier: MIT */
/*
 * The summary of a run for people. Whatever the program wrote is hostile here: it passes print.c,
 * which leaves nothing that could drive a terminal. Source: docs/cmd/run.md.
 */
#include "cmd/report/people.h"

#include "cmd/report/report.h"
#include "cmd/run/backend.h"
#include "cmd/run/denial.h"
#include "lang/rt/config.h"

#include <string.h>

#define SHOWN_BYTES 4000 /* of the output; the rest is in the report */
#define FLAGS_MAX 8

static void output(const struct report_emission *e, const struct run_record *run)
{
	const struct run_outcome *o = run->outcome;
	CLEANUP(buf_clear) struct buf head = buf_init(65536);
	size_t shown = o->output_len < SHOWN_BYTES ? o->output_len : SHOWN_BYTES;

	if (o->output == NULL || (e->what == REPORT_EMIT_OUTPUT && e->output == NULL &&
				     print_is_text(o->output, o->output_len)))
		return;
	if (e->output != NULL) {
		buf_printf(&head, "output: %zu bytes in %s", o->output_len, e->output);
		print_line(buf_str(&head));
		return;
	}
	if (o->output_len == 0) {
		print_line("output: empty");
		return;
	}
	if (!print_is_text(o->output, o->output_len)) {
		buf_printf(&head,
		    "output: %zu bytes that are not text; --emit output --output FILE "
		    "keeps them",
		    o->output_len);
		print_line(buf_str(&head));
		return;
	}
	buf_printf(&head, "output (%zu bytes):", o->output_len);
	print_line(buf_str(&head));
	print_lines(o->output, shown);
	if (shown < o->output_len)
		print_line("... (--emit output prints all of it)");
}

static bool flag_is_new(char *const *flags, size_t count, const char *flag)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(flags[i], flag) == 0)
			return false;
	}
	return true;
}

/* One command for all that flags can allow. */
static void denied(const struct run_record *run)
{
	const struct run_denial_context context = {run->policy, run->target->cwd};
	const struct run_effects *e = &run->ended->effects;
	CLEANUP(buf_clear) struct buf line = buf_init(65536);
	char *flags[FLAGS_MAX];
	size_t count = 0, kinds = 0;

	for (size_t i = 0; i < e->count; i++) {
		CLEANUP(run_denial_clear) struct run_denial d = {0};

		if (e->items[i].reason == RT_USED)
			continue;
		kinds++;
		if (count == FLAGS_MAX)
			continue;
		run_denial_ask(&d, &context, &e->items[i]);
		if (d.grant.flag != NULL && flag_is_new(flags, count, d.grant.flag))
			flags[count++] = base_strdup(d.grant.flag);
	}
	if (kinds > 0) {
		buf_printf(&line, "denied: %zu kind%s of operation (see the hints)%s", kinds,
		    kinds > 1 ? "s" : "", count > 0 ? "; to allow for one run: x07 run" : "");
		for (size_t i = 0; i < count; i++)
			buf_printf(&line, " %s", flags[i]);
		if (count > 0 && run->target->profile != NULL)
			buf_printf(&line, " ... (beside the options of this run)");
		print_line(buf_str(&line));
	}
	for (size_t i = 0; i < count; i++)
		base_free_ptr(&flags[i]);
}

static void milliseconds(struct buf *out, const char *what, int64_t ns)
{
	int64_t us = ns / 1000;

	buf_printf(
	    out, "%s%lld.%lld ms", what, (long long)(us / 1000), (long long)(us % 1000 / 100));
}

static void status(struct buf *out, const struct run_record *run)
{
	if (run->isolation->failure != NULL)
		buf_puts(out, "not started: no sandbox backend");
	else if (run->program->error != NULL)
		buf_puts(out, "does not compile");
	else if (run->ended->state != RUN_DONE)
		buf_puts(out, "not started");
	else if (run->outcome->trap != NULL)
		buf_puts(out, "failed");
	else if (run->ended->result.exit_status != 0)
		buf_printf(out, "exit status %d", run->ended->result.exit_status);
	else
		buf_puts(out, "ok");
}

static void last_line(const struct cmd_call *call, const struct run_record *run)
{
	CLEANUP(buf_clear) struct buf line = buf_init(65536);
	const struct run_ended *e = run->ended;

	status(&line, run);
	if (e->started_ns > 0 && e->finished_ns >= e->started_ns)
		milliseconds(&line, " in ", e->finished_ns - e->started_ns);
	if (e->state == RUN_DONE)
		milliseconds(&line, ", program ", e->result.wall_ns);
	if (run->policy->given)
		buf_printf(&line, ", sandbox %s", run_backend_name(run->isolation->backend));
	print_note(call, "%s", buf_str(&line));
}

void report_people(
    const struct cmd_call *call, const struct report_emission *e, const struct run_record *run)
{
	if (!e->for_people)
		return;
	output(e, run);
	if (run->ended->state == RUN_DONE)
		denied(run);
	if (run->target->world == LANG_RUN_OS && run->isolation->failure == NULL)
		print_line("note: world run-os has no policy: nothing confines this program; "
			   "`x07 policy init --template cli` and `x07 run --profile sandbox` do");
	last_line(call, run);
}

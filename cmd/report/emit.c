/* SPDX-License-Identifier: MIT */
/*
 * Report and output of a run, each to its place. A pipe always gets the whole report, whatever a
 * user's configuration says, so that a script works on every machine. Source: docs/cmd/run.md.
 */
#include "cmd/report/emit.h"

#include "base/file_replace.h"
#include "cmd/report/report.h"
#include "cmd/report/short.h"

#include <string.h>
#include <unistd.h>

static bool same(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

static enum report_emit emit_of(const char *name)
{
	if (same(name, "output"))
		return REPORT_EMIT_OUTPUT;
	return same(name, "both") ? REPORT_EMIT_BOTH : REPORT_EMIT_REPORT;
}

int report_emission_choose(struct report_emission *out, const struct run_command_options *o,
    bool is_runner, const char *lasting, struct err *err)
{
	bool screen = !is_runner && isatty(STDOUT_FILENO) == 1;
	struct report_emission e = {.output = o->output, .what = emit_of(o->emit)};

	if (o->emit == NULL && screen)
		e.what = emit_of(lasting);
	if (o->emit == NULL && o->output != NULL && e.what == REPORT_EMIT_REPORT)
		e.what = REPORT_EMIT_BOTH;
	if (e.what == REPORT_EMIT_BOTH && e.output == NULL)
		return err_set(err, ERR_USAGE,
		    "--emit both wants --output FILE: standard output holds the report");
	if (e.what == REPORT_EMIT_REPORT && e.output != NULL)
		return err_set(err, ERR_USAGE,
		    "--output FILE is where the output goes, and --emit %s writes none; it goes "
		    "with --emit output or --emit both",
		    o->emit);
	e.shorten = screen && !same(o->report, "full") && !same(o->emit, "json");
	e.for_people = screen || (!is_runner && isatty(STDERR_FILENO) == 1);
	*out = e;
	return 0;
}

static int emit_report(const struct report_emission *e, const struct buf *full)
{
	CLEANUP(buf_clear) struct buf brief = buf_init(CMD_REPORT_MAX_BYTES);

	if (!e->shorten || full->overflow)
		return print_out(full);
	report_shorten(&brief, full);
	return print_out(&brief);
}

static int emit_output(
    const struct cmd_call *call, const struct report_emission *e, const struct run_record *run)
{
	const char *data = run->outcome->output != NULL ? run->outcome->output : "";
	size_t len = run->outcome->output_len;
	struct err err = {0};

	/* A run without an output leaves no empty file that looks like one. */
	if (run->outcome->output == NULL)
		return CMD_EXIT_OK;
	if (e->output == NULL)
		return print_program_output(data, len);
	if (file_replace(e->output, data, len, &err) < 0) {
		err_wrap(&err, "output file");
		return print_err(call, &err, NULL);
	}
	return CMD_EXIT_OK;
}

int report_emit(const struct cmd_call *call, const struct run_command_options *o,
    const struct report_emission *e, const struct run_record *run)
{
	CLEANUP(buf_clear) struct buf text = buf_init(CMD_REPORT_MAX_BYTES);
	struct err err = {0};
	int status = 0;

	report_build(&text, run, same(o->report, "wrapped"));
	if (e->what != REPORT_EMIT_OUTPUT && !o->quiet_json)
		status = emit_report(e, &text);
	if (status == 0 && e->what != REPORT_EMIT_REPORT)
		status = emit_output(call, e, run);
	if (o->report_out != NULL && file_replace(o->report_out, text.data, text.len, &err) < 0) {
		err_wrap(&err, "report file");
		return print_err(call, &err, NULL);
	}
	return status != 0 ? status : report_exit_code(run);
}

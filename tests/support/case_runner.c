/* SPDX-License-Identifier: MIT */
/*
 * case_runner FILE.case [ROOT].. : run the program of a case with --opt=fast and with --opt=full
 * and compare what comes out with what the case expects. ROOTs are more module roots. Exit status
 * 0: both agree with it; 1: not; 2: the case itself is wrong. Wants X07_BIN and X07_SOURCE_DIR
 * (cmake/tests.cmake) and writes to the working directory.
 */
#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "tests/support/case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_ROOTS_MAX 8
#define RUN_ARGS_MAX (CASE_ARGS_MAX + 2 * CASE_ROOTS_MAX + 20)
#define REPORT_MAX (16u << 20)

/* What one run gave, as the text that @expect holds. */
struct outcome {
	enum case_want kind;
	struct buf text;
};

static const char *want_name(enum case_want want)
{
	switch (want) {
	case CASE_WANT_OUTPUT:
		return "output";
	case CASE_WANT_TRAP:
		return "trap";
	case CASE_WANT_ERROR:
		return "error";
	}
	return "?";
}

/* The program, its report to report.json; its own output is not wanted. */
static int start(const struct program_case *c, char *const *roots, const char *opt, struct err *err)
{
	const char *bin = getenv("X07_BIN");
	const char *source = getenv("X07_SOURCE_DIR");
	const char *argv[RUN_ARGS_MAX] = {NULL, "--program", "main.x07.json", "--module-root",
	    "modules", "--module-root", NULL, "--input", "input.bin", "--opt", opt, "--report-out",
	    "report.json", "--quiet-json", "--world", c->world == NULL ? "run-os" : c->world};
	AUTO_FREE char *runner = NULL;
	AUTO_FREE char *checks = NULL;
	size_t n = 16;
	int status;

	if (bin == NULL || source == NULL)
		return err_set(err, ERR_USAGE, "X07_BIN and X07_SOURCE_DIR are not set");
	if (asprintf(&runner, "%s/x07-os-runner", bin) < 0 ||
	    asprintf(&checks, "%s/tests/case/support", source) < 0)
		return err_set(err, ERR_LIMIT, "out of memory");
	argv[0] = runner;
	argv[6] = checks;
	for (size_t i = 0; roots[i] != NULL; i++) {
		argv[n++] = "--module-root";
		argv[n++] = roots[i];
	}
	for (size_t i = 0; c->args[i] != NULL; i++)
		argv[n++] = c->args[i];
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(err, ERR_IO, "fork");
	if (pid == 0) {
		execv(runner, (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return err_sys(err, ERR_IO, "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(err, ERR_NOT_FOUND, "cannot start %s", runner);
	return 0;
}

/* A member that is a string, or NULL. */
static const struct json *text_of(const struct json *object, const char *name)
{
	const struct json *v = object == NULL ? NULL : json_get(object, name);

	return v != NULL && v->kind == JSON_STRING ? v : NULL;
}

static int outcome_of(struct outcome *out, const struct json *report, bool rows, struct err *err)
{
	const struct json *fault = text_of(json_get(report, "compile"), "compile_error");
	const struct json *solve = json_get(report, "solve");
	CLEANUP(buf_clear) struct buf raw = buf_init(REPORT_MAX);

	if (fault != NULL) {
		out->kind = CASE_WANT_ERROR;
		buf_add(&out->text, fault->text.ptr, fault->text.len);
		return 0;
	}
	if (solve == NULL || solve->kind != JSON_OBJECT)
		solve = report;
	const struct json *trap = text_of(solve, "trap");
	const struct json *output = text_of(solve, "solve_output_b64");

	if (trap != NULL) {
		out->kind = CASE_WANT_TRAP;
		buf_add(&out->text, trap->text.ptr, trap->text.len);
		return 0;
	}
	if (output == NULL || !buf_add_base64_decoded(&raw, output->text.ptr, output->text.len))
		return err_set(err, ERR_FORMAT, "the report holds neither output nor trap");
	out->kind = CASE_WANT_OUTPUT;
	if (rows)
		buf_add(&out->text, raw.data, raw.len);
	else
		case_escape(&out->text, raw.data, raw.len);
	return 0;
}

static int read_report(struct outcome *out, bool rows, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REPORT_MAX);
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *report = NULL;
	struct json_fault fault = {0};
	int rc = file_read(&text, "report.json", err);

	if (rc < 0)
		return err_wrap(err, "no report");
	arena_init(&arena, 0);
	rc = json_parse(&report, &arena, text.data, text.len, NULL, &fault);
	if (rc < 0)
		return err_set(err, ERR_FORMAT, "report: byte %u: %s", fault.offset, fault.message);
	return outcome_of(out, report, rows, err);
}

static bool same(const struct program_case *c, const struct outcome *o)
{
	const char *want = c->expected.len == 0 ? "" : c->expected.data;
	const char *got = o->text.len == 0 ? "" : o->text.data;

	if (o->kind != c->want)
		return false;
	return c->prefix ? strncmp(want, got, strlen(want)) == 0 : strcmp(want, got) == 0;
}

/* The first line that differs, with its number: rows are one line each. */
static void tell(const struct program_case *c, const struct outcome *o, const char *opt)
{
	const char *want = c->expected.len == 0 ? "" : c->expected.data;
	const char *got = o->text.len == 0 ? "" : o->text.data;
	int line = 1;

	dprintf(STDERR_FILENO, "--opt=%s: wanted %s, got %s\n", opt, want_name(c->want),
	    want_name(o->kind));
	while (*want != '\0' && strchr(want, '\n') != NULL && strchr(got, '\n') != NULL &&
	       strcspn(want, "\n") == strcspn(got, "\n") &&
	       strncmp(want, got, strcspn(want, "\n")) == 0) {
		want = strchr(want, '\n') + 1;
		got = strchr(got, '\n') + 1;
		line++;
	}
	dprintf(STDERR_FILENO, "line %d\n  wanted: %.*s\n  got:    %.*s\n", line,
	    (int)strcspn(want, "\n"), want, (int)strcspn(got, "\n"), got);
}

static void outcome_clear(struct outcome *o)
{
	buf_clear(&o->text);
}

/* @return 1 when the outcome is the wanted one, 0 when not, or an error. */
static int run_once(
    const struct program_case *c, char *const *roots, const char *opt, struct err *err)
{
	CLEANUP(outcome_clear) struct outcome o = {.text = buf_init(REPORT_MAX)};
	bool rows = c->expected.len > 0 && c->expected.data[c->expected.len - 1] == '\n';
	int rc = start(c, roots, opt, err);

	if (rc == 0)
		rc = read_report(&o, rows, err);
	if (rc < 0)
		return err_wrap(err, "--opt=%s", opt);
	if (unlink("report.json") < 0)
		return err_sys(err, ERR_IO, "report.json");
	if (same(c, &o))
		return 1;
	tell(c, &o, opt);
	return 0;
}

static int run(const char *path, char *const *roots, struct err *err)
{
	static const char *const opts[] = {"fast", "full"};
	CLEANUP(case_clear) struct program_case c = {0};
	int rc = file_mkdirs("modules", err);
	int good = 0;

	if (rc == 0)
		rc = case_load(&c, path, err);
	if (rc == 0)
		rc = file_create("main.x07.json", c.entry.data, c.entry.len, err);
	if (rc == 0)
		rc = file_create("input.bin", c.input.data, c.input.len, err);
	for (size_t i = 0; rc >= 0 && i < ARRAY_LEN(opts); i++) {
		rc = run_once(&c, roots, opts[i], err);
		good += rc == 1;
	}
	if (rc < 0)
		return rc;
	return good == (int)ARRAY_LEN(opts) ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int rc;

	if (argc < 2 || argc > 2 + CASE_ROOTS_MAX) {
		dprintf(STDERR_FILENO, "usage: case_runner FILE.case [ROOT]..\n");
		return 2;
	}
	rc = run(argv[1], argv + 2, &err);
	if (rc < 0)
		dprintf(STDERR_FILENO, "%s: %s\n", argv[1], err.message);
	return rc < 0 ? 2 : rc;
}

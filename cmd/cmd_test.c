/* SPDX-License-Identifier: MIT */
/*
 * `x07 test`: reads the manifest, selects, runs (cmd/test/) and prints the report. Source:
 * docs/cmd/test.md.
 */
#include "cmd/cmd_test.h"

#include "base/file_replace.h"
#include "base/json.h"
#include "base/path.h"
#include "cmd/cmd.h"
#include "cmd/run/paths.h"
#include "cmd/run_call.h"
#include "cmd/test/entry.h"
#include "cmd/test/junit.h"
#include "cmd/test/manifest.h"
#include "cmd/test/pool.h"
#include "cmd/test/roots.h"
#include "cmd/test/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_UNMET 10
#define EXIT_COMPILE 11
#define EXIT_RUN 12
#define TEXT_MAX ((size_t)256 << 20)

/* An invocation of the command. */
struct testing {
	const struct cmd_call *call;
	const struct test_options *o;
	struct test_manifest manifest;
	struct run_paths roots;
	char *project; /* owned */
	struct diag_list diags;
	const struct test_case **selected; /* owned */
	size_t count;
	struct test_record *records; /* owned, one for each selected */
	uint32_t jobs;
	bool on_screen; /* a line of progress is shown, or may be */
};

/* What the report counts. */
struct totals {
	size_t by_status[TEST_STATUS_COUNT];
	size_t compile_failures, run_failures, unmet;
	int64_t duration_ms;
};

static void testing_clear(struct testing *t)
{
	for (size_t i = 0; t->records != NULL && i < t->count; i++)
		test_record_clear(&t->records[i]);
	base_free_ptr(&t->records);
	base_free_ptr(&t->selected);
	base_free_ptr(&t->project);
	run_paths_clear(&t->roots);
	diag_list_clear(&t->diags);
	test_manifest_clear(&t->manifest);
}

static int check_options(struct testing *t, struct err *err)
{
	const struct test_options *o = t->o;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	t->jobs = cpus > 1 ? (uint32_t)(cpus < (long)TEST_JOBS_MAX ? cpus : TEST_JOBS_MAX) : 1;
	if (o->jobs.set && (o->jobs.value == 0 || o->jobs.value > TEST_JOBS_MAX))
		return err_set(err, ERR_USAGE, "--jobs is a number from 1 to %u", TEST_JOBS_MAX);
	if (o->jobs.set && o->jobs.value != 1 && !o->no_fail_fast)
		return err_set(err, ERR_USAGE,
		    "--jobs wants --no-fail-fast; without it all processors are used already");
	if (o->repeat.set && (o->repeat.value == 0 || o->repeat.value > 1000000))
		return err_set(err, ERR_USAGE, "--repeat is a number from 1 to 1000000");
	if (o->jobs.set)
		t->jobs = (uint32_t)o->jobs.value;
	return 0;
}

/* ---- the report ---- */

static void count_up(struct totals *out, const struct testing *t)
{
	*out = (struct totals){0};
	for (size_t i = 0; t->records != NULL && i < t->count; i++) {
		const struct test_record *r = &t->records[i];

		out->by_status[r->status]++;
		out->compile_failures += r->compile_failed;
		out->run_failures += r->run_failed;
		out->unmet += !test_status_is_met(t->selected[i]->expect, r->status);
		out->duration_ms += r->duration_ms;
	}
}

static void print_invocation(struct jsonw *w, const struct testing *t)
{
	AUTO_FREE char *here = NULL;
	struct err ignored = {0};

	if (path_absolute(&here, ".", &ignored) < 0)
		here = base_strdup("");
	jsonw_key(w, "invocation");
	jsonw_object(w);
	jsonw_key(w, "argv");
	jsonw_array(w);
	for (size_t i = 0; t->call->argv[i] != NULL; i++)
		jsonw_string_n(w, t->call->argv[i], strlen(t->call->argv[i]));
	jsonw_end_array(w);
	jsonw_kv_string(w, "cwd", here);
	jsonw_kv_int(w, "started_at_unix_ms", 0);
	jsonw_kv_int(w, "repeat", t->o->repeat.set ? (int64_t)t->o->repeat.value : 1);
	jsonw_kv_int(w, "jobs", t->jobs);
	jsonw_kv_string(w, "manifest_path", t->manifest.path);
	if (t->roots.count > 0)
		jsonw_kv_string(w, "module_root",
		    t->o->module_roots.count > 0 ? t->roots.items[0] : t->manifest.dir);
	jsonw_end_object(w);
}

static void print_summary(struct jsonw *w, const struct totals *n, uint32_t faults)
{
	jsonw_key(w, "summary");
	jsonw_object(w);
	jsonw_kv_int(w, "passed", (int64_t)n->by_status[TEST_PASS]);
	jsonw_kv_int(w, "failed", (int64_t)n->by_status[TEST_FAIL]);
	jsonw_kv_int(w, "skipped", (int64_t)n->by_status[TEST_SKIP]);
	jsonw_kv_int(w, "errors", (int64_t)n->by_status[TEST_ERROR] + faults);
	jsonw_kv_int(w, "xfail_passed", (int64_t)n->by_status[TEST_XFAIL_PASS]);
	jsonw_kv_int(w, "xfail_failed", (int64_t)n->by_status[TEST_XFAIL_FAIL]);
	jsonw_kv_int(w, "duration_ms", n->duration_ms);
	jsonw_kv_int(w, "compile_failures", (int64_t)n->compile_failures);
	jsonw_kv_int(w, "run_failures", (int64_t)n->run_failures);
	jsonw_end_object(w);
}

/* The tests are JSON already: they are put behind the opening of the array as they are. */
static void print_report(struct buf *out, const struct testing *t, const struct totals *n)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.x07test@0.4.0");
	jsonw_key(&w, "tool");
	jsonw_object(&w);
	jsonw_kv_string(&w, "name", "x07");
	jsonw_kv_string(&w, "version", X07_VERSION);
	jsonw_end_object(&w);
	print_invocation(&w, t);
	print_summary(&w, n, t->diags.errors);
	jsonw_key(&w, "tests");
	jsonw_array(&w);
	for (size_t i = 0; t->records != NULL && i < t->count; i++)
		buf_printf(out, "%s%s", i > 0 ? "," : "", t->records[i].json);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static void print_people(struct buf *out, const struct testing *t, const struct totals *n)
{
	for (size_t i = 0; t->records != NULL && i < t->count; i++) {
		const struct test_record *r = &t->records[i];

		if (t->o->verbose || !test_status_is_met(t->selected[i]->expect, r->status))
			buf_printf(out, "%s %s%s%s\n", test_status_name(r->status),
			    t->selected[i]->id, r->note[0] != '\0' ? ": " : "", r->note);
	}
	buf_printf(out,
	    "summary: passed=%zu failed=%zu skipped=%zu errors=%zu duration_ms=%lld "
	    "compile_failures=%zu run_failures=%zu\n",
	    n->by_status[TEST_PASS], n->by_status[TEST_FAIL], n->by_status[TEST_SKIP],
	    n->by_status[TEST_ERROR] + t->diags.errors, (long long)n->duration_ms,
	    n->compile_failures, n->run_failures);
}

static int exit_of(const struct totals *n)
{
	if (n->compile_failures > 0)
		return EXIT_COMPILE;
	if (n->run_failures > 0)
		return EXIT_RUN;
	return n->unmet > 0 ? EXIT_UNMET : 0;
}

/* Text on a terminal, else JSON; --json and --json=off decide. */
static bool wants_json(const struct test_options *o)
{
	if (o->json == NULL)
		return isatty(STDOUT_FILENO) != 1;
	return strcmp(o->json, "off") != 0;
}

static int finish(const struct testing *t, int status)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX);
	struct totals n;
	int printed;

	count_up(&n, t);
	if (wants_json(t->o)) {
		print_report(&text, t, &n);
		printed = print_out(&text);
	} else {
		print_people(&text, t, &n);
		printed = print_text(&text);
	}
	if (printed != 0)
		return printed;
	return status != 0 ? status : exit_of(&n);
}

/* ---- the steps ---- */

/* `CODE: message (pointer)` for each fault, and a report without tests. */
static int refuse_manifest(const struct testing *t)
{
	for (uint32_t i = 0; i < t->diags.count; i++) {
		const struct diag *d = &t->diags.items[i];
		CLEANUP(buf_clear) struct buf line = buf_init(65536);

		buf_printf(
		    &line, "%s: %s (%s)", d->what->id, d->message, d->ptr != NULL ? d->ptr : "");
		print_line(buf_str(&line));
	}
	return finish(t, EXIT_RUN);
}

static bool is_selected(const struct test_options *o, const struct test_case *test)
{
	if (test->is_property)
		return false;
	if (o->filter == NULL)
		return true;
	return o->exact ? strcmp(test->id, o->filter) == 0 : strstr(test->id, o->filter) != NULL;
}

static int select_tests(struct testing *t, struct err *err)
{
	t->selected = base_calloc(t->manifest.count + 1, sizeof(struct test_case *));
	for (size_t i = 0; i < t->manifest.count; i++) {
		if (is_selected(t->o, &t->manifest.items[i]))
			t->selected[t->count++] = &t->manifest.items[i];
	}
	if (t->count > 0 || t->o->allow_empty)
		return 0;
	return err_set(err, ERR_USAGE,
	    "no test of %zu in %s is selected%s%.200s; property tests are not run yet; "
	    "--allow-empty makes this no fault",
	    t->manifest.count, t->manifest.path, t->o->filter != NULL ? " by --filter " : "",
	    t->o->filter != NULL ? t->o->filter : "");
}

static int list_tests(const struct testing *t)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX);

	for (size_t i = 0; i < t->count; i++) {
		const struct test_case *test = t->selected[i];

		buf_printf(&text, "%s\t%s\t%s\t%s\n", test->id, lang_world_name(test->world),
		    test_expect_name(test->expect), test->entry);
	}
	return print_out(&text);
}

static void show_progress(void *ctx, size_t done, size_t failed)
{
	const struct testing *t = ctx;

	if (!t->on_screen)
		return;
	(void)fprintf(stderr, "\r\033[K%zu of %zu tests, %zu failed", done, t->count, failed);
	if (done == t->count)
		(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
}

static bool is_watched(void)
{
	const char *term = getenv("TERM");
	const char *ci = getenv("CI");

	return isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0 &&
	       (ci == NULL || ci[0] == '\0' || strcmp(ci, "false") == 0);
}

static int write_junit(const struct testing *t, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX);

	if (t->o->junit == NULL)
		return 0;
	test_junit_print(&text, t->selected, t->records, t->count);
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "the JUnit report is too large");
	return file_replace(t->o->junit, text.data, text.len, err);
}

static int run_tests(struct testing *t, struct err *err)
{
	struct run_call who;
	struct test_settings settings = {.roots = &t->roots,
	    .arch_root = t->project,
	    .manifest_path = t->manifest.path,
	    .manifest_dir = t->manifest.dir,
	    .artifact_dir = t->o->artifact_dir != NULL ? t->o->artifact_dir : "target/x07test",
	    .repeat = t->o->repeat.set ? t->o->repeat.value : 1,
	    .keep_artifacts = t->o->keep_artifacts};
	const struct test_pool pool = {.tests = t->selected,
	    .count = t->count,
	    .settings = &settings,
	    .jobs = t->jobs,
	    .fail_fast = !t->o->no_fail_fast,
	    .progress = show_progress,
	    .ctx = t};
	int rc;

	run_call_init(&who, t->call);
	settings.caller = &who.caller;
	t->on_screen = is_watched();
	t->records = base_calloc(t->count + 1, sizeof(*t->records));
	if (t->count == 0)
		return 0;
	rc = test_pool_run(t->records, &pool, err);
	return rc < 0 ? rc : write_junit(t, err);
}

static int read_manifest(struct testing *t, struct err *err)
{
	AUTO_FREE char *path = NULL;
	const char *named = t->o->manifest != NULL ? t->o->manifest : "tests/tests.json";
	int rc = test_manifest_find(&path, named, err);

	if (rc < 0)
		return rc;
	return test_manifest_load(&t->manifest, path, t->o->allow_empty, &t->diags, err);
}

static int find_entries(struct testing *t, struct err *err)
{
	return test_entry_find_all(&t->manifest, &t->roots, &t->diags, err);
}

int cmd_test(const struct cmd_call *call)
{
	CLEANUP(testing_clear) struct testing t = {.call = call, .o = call->options};
	struct err err = {0};
	int rc = check_options(&t, &err);

	if (rc < 0)
		return print_err(call, &err, NULL);
	rc = read_manifest(&t, &err);
	if (rc < 0)
		return t.diags.errors > 0 ? refuse_manifest(&t) : print_err(call, &err, NULL);
	rc = test_roots_find(
	    &t.roots, &t.project, t.manifest.dir, &t.o->module_roots, &t.diags, &err);
	if (rc < 0) {
		print_diags(&t.diags);
		return print_err(call, &err, NULL);
	}
	if (find_entries(&t, &err) < 0)
		return refuse_manifest(&t);
	rc = select_tests(&t, &err);
	if (rc < 0)
		return print_err(call, &err, NULL);
	if (t.o->list)
		return list_tests(&t);
	rc = run_tests(&t, &err);
	return rc < 0 ? print_err(call, &err, NULL) : finish(&t, 0);
}

/* SPDX-License-Identifier: MIT */
/*
 * One test: writes its driver, hands it to the engine of a run (cmd/run/) and says what the outcome
 * means. A solve world is held by every layer of the sandbox and has nothing: no file, no variable,
 * no network; run-os is as `x07 run` is; run-os-sandboxed obeys its policy and the rules of
 * backends.
 */
#include "cmd/test/one.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/path.h"
#include "cmd/run/backend.h"
#include "cmd/run/engine.h"
#include "cmd/run/paths.h"
#include "cmd/run/policy.h"
#include "cmd/test/codes.h"
#include "cmd/test/contract.h"
#include "cmd/test/entry.h"
#include "cmd/test/report.h"
#include "cmd/test/status.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOLVE_CWD "/x07"
#define DRIVER_MAX 65536u
#define RUN_JSON_MAX ((size_t)16 << 20)

/* A test while it runs. */
struct one {
	struct test_ended *out;
	const struct test_case *test;
	const struct test_settings *settings;
	char *dir, *driver; /* owned */
};

static void one_clear(struct one *o)
{
	if (!o->settings->keep_artifacts) {
		if (o->driver != NULL)
			(void)unlink(o->driver);
		if (o->dir != NULL)
			(void)rmdir(o->dir);
	}
	base_free_ptr(&o->dir);
	base_free_ptr(&o->driver);
}

static void add_diag(struct one *o, const struct code *what, const char *message, char *details)
{
	struct test_ended *r = o->out;

	if (r->diag_count == TEST_DIAGS_MAX) {
		base_free_ptr(&details);
		return;
	}
	r->diags[r->diag_count++] =
	    (struct test_diag){.what = what, .message = base_strdup(message), .details = details};
}

static void fail_with(struct one *o, const struct code *what, const char *message)
{
	o->out->status = TEST_ERROR;
	add_diag(o, what, message, NULL);
}

/* ---- what is run ---- */

static bool is_solve(const struct test_case *test)
{
	return test->world < LANG_RUN_OS;
}

static int write_driver(struct one *o, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(DRIVER_MAX);
	CLEANUP(buf_clear) struct buf dir = buf_init(65536);
	AUTO_FREE char *relative = NULL;
	char digest[SHA256_HEX_SIZE];
	int rc;

	sha256_text(digest, o->test->id, strlen(o->test->id));
	if (o->settings->keep_artifacts)
		buf_printf(&dir, "%s/tests/id_%s", o->settings->artifact_dir, digest);
	else
		buf_printf(&dir, "%s/tests/_tmp/x07test_%d_%.16s", o->settings->artifact_dir,
		    (int)getpid(), digest);
	relative = buf_take(&dir);
	rc = path_absolute(&o->dir, relative, err);
	if (rc == 0)
		rc = file_mkdirs(o->dir, err);
	if (rc < 0)
		return rc;
	o->driver = path_join(o->dir, "driver.x07.json");
	test_entry_driver(&text, o->test);
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "the name of the entry is too long");
	return file_replace(o->driver, text.data, text.len, err);
}

static uint64_t seconds_of(const struct test_case *test)
{
	uint64_t s =
	    test->timeout_ms != 0 ? (test->timeout_ms - 1) / 1000 + 1 : TEST_SECONDS_DEFAULT;

	return s < RUN_CPU_SECONDS_MAX ? s : RUN_CPU_SECONDS_MAX;
}

static void fill_target(struct run_target *t, const struct one *o)
{
	const struct test_settings *s = o->settings;
	uint64_t fuel = o->test->solve_fuel;

	t->root = base_strdup(s->arch_root);
	t->entry = base_strdup(o->driver);
	t->world = o->test->world;
	t->cwd = base_strdup(is_solve(o->test) ? SOLVE_CWD : s->manifest_dir);
	t->solve_fuel = fuel != 0 ? fuel : TEST_FUEL_DEFAULT;
	t->max_memory = TEST_MEMORY;
	t->max_output = TEST_OUTPUT;
	t->cpu_seconds = seconds_of(o->test);
	for (size_t i = 0; i < s->roots->count; i++)
		run_paths_add(&t->module_roots, base_strdup(s->roots->items[i]));
}

/* Are all read roots of the policy there, seen from a folder? */
static bool holds_roots(const char *dir, const struct policy_list *roots)
{
	for (uint32_t i = 0; i < roots->count; i++) {
		AUTO_FREE char *path = path_join(dir, roots->items[i]);

		if (access(path, F_OK) < 0)
			return false;
	}
	return true;
}

/* The nearest folder at or above @p dir that has an `arch`; owned, NULL when there is none. */
static char *arch_folder(const char *dir)
{
	AUTO_FREE char *at = base_strdup(dir);

	for (;;) {
		AUTO_FREE char *arch = path_join(at, "arch");
		char *up;

		if (file_is_directory(arch))
			return TAKE(at);
		if (strcmp(at, "/") == 0)
			return NULL;
		up = path_dirname(at);
		base_free_ptr(&at);
		at = up;
	}
}

static void select_folder(struct run *run, const struct one *o)
{
	const char *dir = o->settings->manifest_dir;
	AUTO_FREE char *arch = arch_folder(dir);
	AUTO_FREE char *here = NULL;
	struct err ignored = {0};
	const char *choices[3] = {arch, dir, NULL};
	const char *found = dir;

	if (path_absolute(&here, ".", &ignored) == 0)
		choices[2] = here;
	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		if (choices[i] != NULL &&
		    holds_roots(choices[i], &run->policy.rules.fs.read_roots)) {
			found = choices[i];
			break;
		}
	}
	base_free_ptr(&run->target.cwd);
	base_free_ptr(&run->target.folder);
	run->target.cwd = base_strdup(found);
	run->target.folder = base_strdup(found);
}

static int resolve_sandboxed(struct run *run, const struct one *o, struct err *err)
{
	struct run_target *t = &run->target;
	int rc;

	t->policy_path = base_strdup(o->test->policy);
	t->folder = base_strdup(o->settings->manifest_dir);
	rc = run_isolation_resolve(&run->isolation, &run->options->isolation, t->world, err);
	if (rc < 0)
		return rc;
	if (run->isolation.failure != NULL)
		return err_set(err, ERR_SANDBOX,
		    "%s; export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1",
		    run->isolation.failure);
	rc = run_policy_load(&run->policy, &run->options->policy, t, &run->diags, err);
	if (rc < 0)
		return rc;
	select_folder(run, o);
	return 0;
}

static int resolve(struct run *run, const struct one *o, struct err *err)
{
	const struct str *input = &o->test->input;
	int rc;

	fill_target(&run->target, o);
	if (o->test->wants_evidence)
		return err_set(err, ERR_UNSUPPORTED,
		    "sandbox_smoke, require_runtime_attestation and required_capsules are not "
		    "supported by the test runner yet: nothing would prove what they ask for");
	if (o->test->fixture_root != NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "world %s is not supported by the test runner yet",
		    lang_world_name(o->test->world));
	run->isolation.backend = is_solve(o->test) ? RUN_BACKEND_OS : RUN_BACKEND_NONE;
	if (o->test->world == LANG_RUN_OS_SANDBOXED) {
		rc = resolve_sandboxed(run, o, err);
		if (rc < 0)
			return rc;
	}
	run->input.size = input->len;
	return file_sealed_memfd(
	    &run->input.fd, "x07-input", input->len > 0 ? input->ptr : "", input->len, err);
}

/* ---- what it means ---- */

static void prefix_json(
    struct jsonw *w, const char *key, const char *data, uint32_t len, uint32_t of)
{
	CLEANUP(buf_clear) struct buf hex = buf_init(256);

	for (uint32_t i = 0; i < len; i++)
		buf_printf(&hex, "%02x", (unsigned)(unsigned char)data[i]);
	jsonw_key(w, key);
	jsonw_object(w);
	jsonw_kv_int(w, "len", of);
	jsonw_kv_string(w, "prefix_hex", buf_str(&hex));
	jsonw_key(w, "prefix_utf8_lossy");
	jsonw_string_n(w, data, len);
	jsonw_end_object(w);
}

static void say_bytes(struct one *o, const struct test_bytes_eq *b)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	struct jsonw w = jsonw_init(&text, false);

	jsonw_object(&w);
	jsonw_kv_int(&w, "prefix_max_bytes", b->prefix_max);
	prefix_json(&w, "got", b->got, b->got_prefix, b->got_len);
	prefix_json(&w, "expected", b->expected, b->expected_prefix, b->expected_len);
	jsonw_end_object(&w);
	add_diag(o, TEST_CODE(BYTES_EQ), "the bytes differ", buf_take(&text));
}

static void say_trap(struct one *o, const char *trap)
{
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)4 << 20);
	struct jsonw w = jsonw_init(&text, false);

	o->out->status = TEST_ERROR;
	if (test_contract_is(trap)) {
		struct err err = {0};
		const struct code *what =
		    test_contract_write(&o->out->contract_repro, trap, o->test, o->settings, &err);

		o->out->failure_kind = "contract_violation";
		if (what != NULL)
			add_diag(o, what, err.message, NULL);
		return;
	}
	jsonw_object(&w);
	jsonw_key(&w, "trap");
	jsonw_string_n(&w, trap, strlen(trap));
	jsonw_end_object(&w);
	add_diag(o, TEST_CODE(RUN_TRAP), trap, buf_take(&text));
	if (!is_solve(o->test))
		add_diag(o, TEST_CODE(RUN), "the program did not run to its end", NULL);
}

static void judge(struct one *o, const struct run *run)
{
	struct test_verdict v;
	bool is_status = test_status_parse(&v, run->outcome.output, run->outcome.output_len);

	o->out->run_ok = run->outcome.trap == NULL && run->ended.result.exit_status == 0;
	buf_clear(&o->out->run);
	o->out->run = buf_init(RUN_JSON_MAX);
	test_report_run(&o->out->run, run, is_status ? &v.code : NULL, o->out->run_ok);
	if (run->outcome.trap != NULL) {
		say_trap(o, run->outcome.trap);
	} else if (run->ended.result.exit_status != 0) {
		fail_with(o, TEST_CODE(RUN), "the program ended with a status that is not 0");
	} else if (!is_status) {
		fail_with(o, TEST_CODE(BAD_STATUS), "the output is not a status of std.test");
	} else {
		o->out->status = test_status_of(o->test->expect, v.tag);
		if (v.has_bytes)
			say_bytes(o, &v.bytes);
	}
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

const struct code *test_one_compare(const struct sandbox_result *a, const struct sandbox_result *b)
{
	bool same = a->exit_status == b->exit_status && a->signal == b->signal &&
		    same_bytes(&a->out, &b->out) && same_bytes(&a->err, &b->err);

	return same ? NULL : TEST_CODE(DETERMINISM);
}

/* ---- the steps ---- */

static void say_compile(struct one *o, const struct run *run, const struct err *err)
{
	o->out->compiled = true;
	fail_with(
	    o, TEST_CODE(COMPILE), run->program.error != NULL ? run->program.error : err->message);
}

/* Once more with the image of the first run. False when it differs, or could not be started. */
static bool run_again(struct one *o, const struct run *first)
{
	struct run_options options = *first->options;
	CLEANUP(run_clear) struct run run = RUN_INIT(o->settings->caller, &options);
	const struct code *what;
	struct err err = {0};

	options.compile.ready = &first->program.image;
	if (resolve(&run, o, &err) < 0 || run_start(&run, &err) < 0) {
		fail_with(o, TEST_CODE(RUN), err.message);
		return false;
	}
	what = test_one_compare(&first->ended.result, &run.ended.result);
	if (what != NULL)
		fail_with(o, what, "two runs differ");
	return what == NULL;
}

static void run_all(struct one *o, struct run *run)
{
	struct err err = {0};
	int rc = run_start(run, &err);

	if (rc == ERR_COMPILE) {
		say_compile(o, run, &err);
		return;
	}
	o->out->compiled = o->out->compile_ok = run->program.image.fd >= 0;
	if (rc < 0) {
		o->out->ran = true;
		fail_with(o, TEST_CODE(RUN), err.message);
		return;
	}
	o->out->ran = true;
	judge(o, run);
	for (uint64_t i = 1; i < o->settings->repeat && is_solve(o->test); i++) {
		if (!run_again(o, run))
			return;
	}
}

static void run_test(struct one *o)
{
	struct run_options options = {.compile.opt = "auto"};
	AUTO_FREE char *solver = NULL;
	CLEANUP(run_clear) struct run run = RUN_INIT(o->settings->caller, &options);
	struct err err = {0};
	int rc = write_driver(o, &err);

	if (rc == 0)
		rc = resolve(&run, o, &err);
	if (rc < 0) {
		o->out->ran = true;
		fail_with(o, TEST_CODE(RUN), err.message);
		return;
	}
	if (o->settings->keep_artifacts) {
		solver = path_join(o->dir, "solver");
		options.compiled_out = solver;
		o->out->artifact = base_strdup(solver);
	}
	run_all(o, &run);
}

void test_one_run(
    struct test_ended *out, const struct test_case *test, const struct test_settings *settings)
{
	CLEANUP(one_clear) struct one one = {.out = out, .test = test, .settings = settings};
	struct timespec from, to;

	*out = (struct test_ended){.status = TEST_SKIP};
	if (test->expect == TEST_EXPECT_SKIP)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	run_test(&one);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	out->duration_ms =
	    (int64_t)(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
}

void test_ended_clear(struct test_ended *result)
{
	buf_clear(&result->run);
	base_free_ptr(&result->artifact);
	base_free_ptr(&result->contract_repro);
	for (size_t i = 0; i < result->diag_count; i++) {
		base_free_ptr(&result->diags[i].message);
		base_free_ptr(&result->diags[i].details);
	}
	result->diag_count = 0;
}

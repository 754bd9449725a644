/* SPDX-License-Identifier: MIT */
/* When x07-pkg is asked before a run, for what, and what its refusal becomes. */
#include "cmd/run/hint.h"
#include "cmd/run/packages.h"
#include "tests/unit/run/said.h"

#include <unistd.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DEPS "\"dependencies\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"path\":\"deps/a\"}]"
#define LOCK                                                                                       \
	"{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":[{\"name\":\"a\","                \
	"\"version\":\"1.0.0\",\"path\":\"deps/a\",\"package_manifest_sha256\":\"" HASH            \
	"\",\"module_root\":\"modules\",\"modules_sha256\":{\"a.b\":\"" HASH "\"}}]}"

/* What x07-pkg was asked last, in words, and what it answers. */
static char asked[512];
static const char *answer = "";
static int answer_status;

static int ask(struct buf *out, int *status, char *const *argv, struct err *err)
{
	CLEANUP(buf_clear) struct buf line = buf_init(sizeof(asked));

	(void)err;
	for (size_t i = 0; argv[i] != NULL; i++) {
		if (strcmp(argv[i], "--project") == 0)
			i++;
		else
			buf_printf(&line, "%s%s", line.len > 0 ? " " : "", argv[i]);
	}
	memcpy(asked, buf_str(&line), line.len + 1);
	buf_puts(out, answer);
	*status = answer_status;
	return 0;
}

static void open_project(struct run_target *target, const char *deps)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *path = NULL;
	struct err err = {0};

	buf_printf(&text,
	    "{\"schema_version\":\"x07.project@0.5.0\",\"world\":\"run-os\","
	    "\"entry\":\"main.x07.json\",\"module_roots\":[\".\"]%s%s}",
	    *deps != '\0' ? "," : "", deps);
	path = test_text_file("x07.json", text.data);
	ck_rc(pkg_manifest_load(&target->manifest, path, &diags, &err), 0, &err);
	target->has_manifest = true;
}

/* clang-format off */
static const struct {
	const char *deps, *lock;
	bool installed, offline;
	const char *asked, *said; /* NULL: nothing */
} lacks[] = {
	{ "", NULL, false, false, NULL, NULL },
	{ DEPS, NULL, false, false, "x07 pkg lock --json", "x07 pkg lock --project" },
	{ DEPS, NULL, false, true, "x07 pkg lock --json --offline", "x07 pkg lock --project" },
	{ DEPS, LOCK, false, false, "x07 pkg lock --json --frozen", "x07 pkg lock --frozen --project" },
	{ DEPS, LOCK, false, true, "x07 pkg lock --json --frozen --offline", "x07 pkg lock --frozen --project" },
	{ DEPS, LOCK, true, false, NULL, NULL },
	/* a lock that is at fault is told by the check of the lock, and never written anew */
	{ DEPS, "{", false, false, NULL, NULL },
	{ DEPS, "{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":[]}", false, false, NULL, NULL },
};
/* clang-format on */

START_TEST(only_what_lacks_is_asked_for)
{
	struct run_target target = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(8192);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	const struct run_caller caller = {.name = "t", .notes = {said, &text}, .ask_pkg = ask};
	struct err err = {0};

	if (lacks[_i].lock != NULL) {
		AUTO_FREE char *lock = test_text_file("x07.lock.json", lacks[_i].lock);
	}
	if (lacks[_i].installed) {
		AUTO_FREE char *package = test_text_file("deps/a/x07-package.json", "{}");
	}
	open_project(&target, lacks[_i].deps);
	ck_rc(run_packages_complete(&target, &caller, lacks[_i].offline, &diags, &err), 0, &err);
	ck_assert_str_eq(asked, lacks[_i].asked != NULL ? lacks[_i].asked : "");
	ck_said(&text, lacks[_i].said);
	/* the manifest is there, read anew, and the project is held once more */
	ck_assert(target.has_manifest);
	ck_assert_int_eq(target.reading != NULL, lacks[_i].asked != NULL);
	pkg_txn_end(target.reading);
	pkg_manifest_clear(&target.manifest);
}
END_TEST

/* clang-format off */
static const struct {
	int status;
	const char *answer, *code, *message;
} refusals[] = {
	{ 20, "{\"error\":{\"code\":\"X07PKG_INDEX_NO_MATCH\",\"message\":\"no such package\"}}", "X07PKG_INDEX_NO_MATCH", "packages of the project: no such package" },
	{ 20, "{\"error\":{\"code\":\"X07PKG_OF_ANOTHER_X07\",\"message\":\"no such package\"}}", "X07PKG_INTERNAL", "packages of the project: no such package" },
	{ 20, "", "X07PKG_INTERNAL", "ended with status 20" },
	{ 139, "{\"error\":", "X07PKG_INTERNAL", "ended with status 139" },
	{ 1, "{\"error\":{\"code\":7,\"message\":\"x\"}}", "X07PKG_INTERNAL", "ended with status 1" },
	{ 1, "{\"error\":{\"message\":\"x\"}}", "X07PKG_INTERNAL", "ended with status 1" },
	{ 1, "{\"error\":7}", "X07PKG_INTERNAL", "ended with status 1" },
};
/* clang-format on */

static const struct code *find(const char *id)
{
	static const struct code known = {
	    "X07PKG_INDEX_NO_MATCH", ERR_PKG, "The registry has no such package.", NULL};

	return strcmp(id, known.id) == 0 ? &known : NULL;
}

START_TEST(refusal_of_x07_pkg_keeps_its_code)
{
	struct run_target target = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(8192);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	const struct run_caller caller = {
	    .name = "t", .notes = {said, &text}, .ask_pkg = ask, .find_code = find};
	struct err err = {0};

	answer = refusals[_i].answer;
	answer_status = refusals[_i].status;
	open_project(&target, DEPS);
	ck_rc(run_packages_complete(&target, &caller, false, &diags, &err), ERR_LOCKED, &err);
	ck_assert_str_eq(err_shown(&err), refusals[_i].code);
	ck_assert_msg(strstr(err.message, refusals[_i].message) != NULL, "%s", err.message);
	ck_said(&text, NULL);
	pkg_manifest_clear(&target.manifest);
}
END_TEST

#define PICK(kind)                                                                                 \
	"{\"providers\":[{\"kind\":\"" kind "\",\"name\":\"ext-net\",\"version\":\"1.2.3\"}]}"

/* clang-format off */
static const struct {
	const char *message;
	enum diag_severity severity;
	int status;
	const char *answer, *want;
} hints[] = {
	{ "unknown module: \"std.x\"", DIAG_ERROR, 0, PICK("catalog"), "std.x is in the package ext-net: x07 pkg add ext-net@1.2.3 --sync" },
	{ "unknown module: \"std.x\"", DIAG_WARNING, 0, PICK("catalog"), NULL },
	{ "unknown name: \"std.x\"", DIAG_ERROR, 0, PICK("catalog"), NULL },
	{ "unknown module: \"--index\"", DIAG_ERROR, 0, PICK("catalog"), NULL },
	{ "unknown module: \"std.x", DIAG_ERROR, 0, PICK("catalog"), NULL },
	{ "unknown module: \"std.x\"", DIAG_ERROR, 1, PICK("catalog"), NULL },
	{ "unknown module: \"std.x\"", DIAG_ERROR, 0, PICK("index"), NULL },
	{ "unknown module: \"std.x\"", DIAG_ERROR, 0, "{\"providers\":[]}", NULL },
	{ "unknown module: \"std.x\"", DIAG_ERROR, 0, "", NULL },
};
/* clang-format on */

START_TEST(import_that_nobody_has_is_hinted_at_when_a_package_has_it)
{
	const struct run_caller caller = {.name = "t", .ask_pkg = ask};
	const struct run_caller alone = {.name = "t"};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *hint = NULL;
	static const struct code fault = {.id = "C"};

	diag_add(&diags,
	    &(struct diag){
		.severity = hints[_i].severity, .what = &fault, .message = hints[_i].message});
	answer = hints[_i].answer;
	answer_status = hints[_i].status;
	hint = run_hint_module(&caller, &diags);
	ck_assert_pstr_eq(hint, hints[_i].want);
	ck_assert_ptr_null(run_hint_module(&alone, &diags));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/packages");
	TCase *c = tcase_create("packages");

	tcase_add_loop_test(c, only_what_lacks_is_asked_for, 0, (int)ARRAY_LEN(lacks));
	tcase_add_loop_test(c, refusal_of_x07_pkg_keeps_its_code, 0, (int)ARRAY_LEN(refusals));
	tcase_add_loop_test(
	    c, import_that_nobody_has_is_hinted_at_when_a_package_has_it, 0, (int)ARRAY_LEN(hints));
	suite_add_tcase(s, c);
	return test_main(s);
}

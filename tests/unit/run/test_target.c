/* SPDX-License-Identifier: MIT */
/* What a run is about: project or program, profile, world, policy, module roots, numbers. */
#include "cmd/run/codes.h"
#include "cmd/run/target.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROFILES                                                                                   \
	",\"profiles\":{\"dev\":{\"world\":\"run-os\",\"solve_fuel\":7},"                          \
	"\"os\":{\"world\":\"run-os\"},"                                                           \
	"\"box\":{\"world\":\"run-os-sandboxed\",\"policy\":\"p.json\"},"                          \
	"\"lost\":{\"world\":\"run-os-sandboxed\",\"policy\":\"gone.json\"},"                      \
	"\"base\":{\"world\":\"run-os-sandboxed\","                                                \
	"\"policy\":\"cli.sandbox.base.policy.json\"}}"

static const char *const hosts[] = {"a.example:1"};
static const struct run_caller x07 = {.name = "x07 run"};
static const struct run_caller runner = {.name = "x07-os-runner", .is_runner = true};

/* The project p/ with these members of x07.json, and the caller in its folder. */
static void make_project(const char *members)
{
	AUTO_FREE char *entry = test_text_file("p/src/main.x07.json", "{}");
	AUTO_FREE char *policy = test_text_file("p/p.json", "{}");
	AUTO_FREE char *own = test_text_file("p/own.json", "{}");
	AUTO_FREE char *alone = test_text_file("alone/main.x07.json", "{}");
	AUTO_FREE char *other = test_text_file("alone/own.json", "{}");
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	AUTO_FREE char *manifest = NULL;
	AUTO_FREE char *folder = test_path("p");

	buf_printf(&text,
	    "{\"schema_version\":\"x07.project@0.5.0\",\"entry\":\"src/main.x07.json\","
	    "\"module_roots\":[\"src\"]%s}",
	    members);
	manifest = test_text_file("p/x07.json", text.data);
	ck_assert_int_eq(chdir(folder), 0);
}

static int resolve(struct run_target *t, const struct run_caller *caller,
    const struct run_target_options *o, const struct run_policy_options *rules, struct err *err)
{
	static const struct run_policy_options none;
	CLEANUP(diag_list_clear) struct diag_list diags = {0};

	return run_target_resolve(t, caller, o, rules != NULL ? rules : &none, &diags, err);
}

/* ---- which file ---- */

/* clang-format off */
static const struct {
	const struct run_caller *caller;
	struct run_target_options options;
	int rc;
	bool is_project;
	const char *entry; /* its end */
	const char *message;
} files[] = {
	{ &x07, { 0 }, 0, true, "/p/src/main.x07.json", NULL },
	{ &x07, { .project = "x07.json" }, 0, true, "/p/src/main.x07.json", NULL },
	{ &x07, { .project = "." }, 0, true, "/p/src/main.x07.json", NULL },
	{ &x07, { .program = "src/main.x07.json" }, 0, false, "/p/src/main.x07.json", NULL },
	{ &x07, { .program = "../alone/main.x07.json" }, 0, false, "/alone/main.x07.json", NULL },
	{ &x07, { .program = "src/main.json" }, ERR_USAGE, false, NULL, "wants a file *.x07.json" },
	{ &x07, { .program = ".x07.json" }, ERR_NOT_FOUND, false, NULL, "program file is" },
	{ &x07, { .program = "gone.x07.json" }, ERR_NOT_FOUND, false, NULL, "program file is" },
	{ &x07, { .artifact = "a.out" }, ERR_UNSUPPORTED, false, NULL, "--artifact" },
	{ &x07, { .artifact = "a.out", .program = "src/main.x07.json" }, ERR_UNSUPPORTED, false, NULL, "--artifact" },
	{ &x07, { .project = "gone" }, ERR_NOT_FOUND, false, NULL, "" },
	/* the runner finds nothing by itself */
	{ &runner, { 0 }, ERR_USAGE, false, NULL, "exactly one of --project and --program" },
	{ &runner, { .project = "x07.json" }, 0, true, "/p/src/main.x07.json", NULL },
	{ &runner, { .program = "src/main.x07.json" }, 0, false, "/p/src/main.x07.json", NULL },
};
/* clang-format on */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

START_TEST(program_is_found_where_it_was_named)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	struct err err = {0};

	make_project("");
	ck_rc(resolve(&t, files[_i].caller, &files[_i].options, NULL, &err), files[_i].rc, &err);
	if (files[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, files[_i].message) != NULL, "%s", err.message);
		ck_assert_ptr_null(t.entry);
		ck_assert_int_eq(err_is(&err, RUN_CODE(ENTRY_READ)),
		    strncmp(err.message, "program file", 12) == 0);
		return;
	}
	ck_assert_int_eq(t.is_project, files[_i].is_project);
	ck_assert_msg(ends_with(t.entry, files[_i].entry), "%s", t.entry);
	ck_assert_ptr_null(t.reading); /* nobody is kept waiting while the program runs */
}
END_TEST

START_TEST(project_without_its_program_is_refused)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	const struct run_target_options o = {0};
	struct err err = {0};

	make_project("");
	ck_assert_int_eq(unlink("src/main.x07.json"), 0);
	ck_rc(resolve(&t, &x07, &o, NULL, &err), ERR_NOT_FOUND, &err);
	ck_assert(err_is(&err, RUN_CODE(ENTRY_READ)));
}
END_TEST

/* ---- profile and world ---- */

/* clang-format off */
static const struct {
	const char *members;
	const struct run_caller *caller;
	const char *profile, *world;
	int rc;
	enum lang_world want;
	const char *want_profile; /* NULL: none */
	const char *message;
} worlds[] = {
	{ "", &x07, NULL, NULL, 0, LANG_RUN_OS, NULL, NULL },
	{ ",\"world\":\"run-os-sandboxed\"", &x07, NULL, NULL, ERR_USAGE, 0, NULL, "needs a policy" },
	{ ",\"world\":\"run-os-sandboxed\"" PROFILES, &x07, NULL, NULL, 0, LANG_RUN_OS, "dev", NULL },
	{ PROFILES, &x07, NULL, NULL, 0, LANG_RUN_OS, "dev", NULL },
	{ PROFILES, &x07, "", NULL, 0, LANG_RUN_OS, "dev", NULL },
	{ PROFILES, &x07, "os", NULL, 0, LANG_RUN_OS, "os", NULL },
	{ PROFILES, &x07, "box", NULL, 0, LANG_RUN_OS_SANDBOXED, "box", NULL },
	{ ",\"default_profile\":\"box\"" PROFILES, &x07, NULL, NULL, 0, LANG_RUN_OS_SANDBOXED, "box", NULL },
	{ ",\"default_profile\":\"box\"" PROFILES, &x07, "os", NULL, 0, LANG_RUN_OS, "os", NULL },
	{ ",\"profiles\":{\"os\":{\"world\":\"run-os\"}}", &x07, NULL, NULL, 0, LANG_RUN_OS, "os", NULL },
	{ ",\"profiles\":{\"mine\":{\"world\":\"run-os\"}}", &x07, NULL, NULL, ERR_USAGE, 0, NULL, "it has: mine" },
	{ PROFILES, &x07, "nope", NULL, ERR_USAGE, 0, NULL, "no profile 'nope'" },
	{ "", &x07, "dev", NULL, ERR_USAGE, 0, NULL, "the manifest has no profiles" },
	/* an option wins over the profile */
	{ PROFILES, &x07, "box", "run-os", 0, LANG_RUN_OS, "box", NULL },
	{ PROFILES, &x07, "dev", "nowhere", ERR_USAGE, 0, NULL, "unknown world 'nowhere'" },
	{ PROFILES, &x07, "dev", "solve-pure", 0, LANG_SOLVE_PURE, "dev", NULL },
	{ PROFILES, &x07, "dev", "solve-kv", ERR_UNSUPPORTED, 0, NULL, "not there yet" },
	{ PROFILES, &runner, NULL, "solve-pure", ERR_UNSUPPORTED, 0, NULL, "x07 run --world solve-pure" },
	/* the runner looks at no profile, and at no world of the manifest */
	{ ",\"world\":\"run-os-sandboxed\"" PROFILES, &runner, NULL, NULL, 0, LANG_RUN_OS, NULL, NULL },
	{ PROFILES, &runner, NULL, "run-os-sandboxed", ERR_USAGE, 0, NULL, "needs a policy" },
};
/* clang-format on */

START_TEST(world_is_the_options_the_profiles_or_the_manifests)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	const struct run_target_options o = {
	    .project = "x07.json", .profile = worlds[_i].profile, .world = worlds[_i].world};
	struct err err = {0};

	make_project(worlds[_i].members);
	ck_rc(resolve(&t, worlds[_i].caller, &o, NULL, &err), worlds[_i].rc, &err);
	if (worlds[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, worlds[_i].message) != NULL, "%s", err.message);
		return;
	}
	ck_assert_int_eq(t.world, worlds[_i].want);
	ck_assert_pstr_eq(t.profile != NULL ? t.profile->name : NULL, worlds[_i].want_profile);
}
END_TEST

START_TEST(program_without_a_manifest_has_no_profile)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	const struct run_target_options plain = {.program = "main.x07.json"},
					named = {.program = "main.x07.json", .profile = "os"};
	struct err err = {0};

	make_project(PROFILES);
	ck_assert_int_eq(chdir("../alone"), 0);
	ck_rc(resolve(&t, &x07, &named, NULL, &err), ERR_USAGE, &err);
	ck_assert_msg(strstr(err.message, "there is no x07.json") != NULL, "%s", err.message);
	ck_rc(resolve(&t, &x07, &plain, NULL, &err), 0, &err);
	ck_assert(!t.has_manifest && t.profile == NULL && t.world == LANG_RUN_OS);
	ck_assert(ends_with(t.root, "/alone"));
}
END_TEST

/* ---- policy ---- */

/* clang-format off */
static const struct {
	const char *profile, *world; /* the options */
	struct run_policy_options rules;
	int rc;
	const char *policy; /* its end; NULL: none */
	const char *message;
} policies[] = {
	{ "dev", NULL, { 0 }, 0, NULL, NULL },
	{ "box", NULL, { 0 }, 0, "/p/p.json", NULL },
	{ "box", NULL, { .file = "own.json" }, 0, "/p/own.json", NULL },
	{ "dev", "run-os-sandboxed", { .file = "own.json" }, 0, "/p/own.json", NULL },
	{ "dev", "run-os-sandboxed", { 0 }, ERR_USAGE, NULL, "needs a policy" },
	{ "box", NULL, { .file = "gone.json" }, ERR_NOT_FOUND, NULL, "policy file is missing" },
	{ "lost", NULL, { 0 }, ERR_NOT_FOUND, NULL, "policy file is missing" },
	{ "base", NULL, { 0 }, ERR_NOT_FOUND, NULL, "x07 policy init --template cli" },
	/* what only makes sense with a policy is not passed over */
	{ "dev", NULL, { .file = "own.json" }, ERR_USAGE, NULL, "--policy: only for world" },
	{ "dev", NULL, { .allow_hosts = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--allow-host: only" },
	{ "dev", NULL, { .allow_host_files = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--allow-host-file: only" },
	{ "dev", NULL, { .deny_hosts = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--deny-host: only" },
	{ "dev", NULL, { .deny_host_files = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--deny-host-file: only" },
	{ "dev", NULL, { .allow_read_roots = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--allow-read-root: only" },
	{ "dev", NULL, { .allow_write_roots = { (const char **)(void *)hosts, 1 } }, ERR_USAGE, NULL, "--allow-write-root: only" },
	{ "box", NULL, { .allow_hosts = { (const char **)(void *)hosts, 1 } }, 0, "/p/p.json", NULL },
};
/* clang-format on */

START_TEST(policy_file_is_the_flags_or_the_profiles)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	const struct run_target_options o = {
	    .profile = policies[_i].profile, .world = policies[_i].world};
	struct err err = {0};

	make_project(PROFILES);
	ck_rc(resolve(&t, &x07, &o, &policies[_i].rules, &err), policies[_i].rc, &err);
	if (policies[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, policies[_i].message) != NULL, "%s", err.message);
		return;
	}
	ck_assert_int_eq(t.policy_path != NULL, policies[_i].policy != NULL);
	if (t.policy_path != NULL)
		ck_assert_msg(ends_with(t.policy_path, policies[_i].policy), "%s", t.policy_path);
}
END_TEST

/* `x07 run` means the file beside x07.json, the runner the one where the caller stands. */
START_TEST(policy_flag_is_relative_to_the_project_or_for_the_runner_to_the_caller)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	CLEANUP(run_target_clear) struct run_target r = {0};
	const struct run_policy_options rules = {.file = "own.json"};
	const struct run_target_options o = {
	    .project = "../p/x07.json", .world = "run-os-sandboxed"};
	struct err err = {0};

	make_project("");
	ck_assert_int_eq(chdir("../alone"), 0);
	ck_rc(resolve(&t, &x07, &o, &rules, &err), 0, &err);
	ck_assert_msg(ends_with(t.policy_path, "/p/own.json"), "%s", t.policy_path);
	ck_rc(resolve(&r, &runner, &o, &rules, &err), 0, &err);
	ck_assert_msg(ends_with(r.policy_path, "/alone/own.json"), "%s", r.policy_path);
}
END_TEST

/* ---- working folder, module roots, numbers ---- */

START_TEST(project_runs_in_its_folder_and_a_program_where_the_caller_stands)
{
	CLEANUP(run_target_clear) struct run_target project = {0};
	CLEANUP(run_target_clear) struct run_target program = {0};
	const struct run_target_options by_project = {.project = "../p/x07.json"},
					by_program = {.program = "../p/src/main.x07.json"};
	struct err err = {0};

	make_project("");
	ck_assert_int_eq(chdir("../alone"), 0);
	ck_rc(resolve(&project, &x07, &by_project, NULL, &err), 0, &err);
	ck_assert_msg(ends_with(project.cwd, "/p"), "%s", project.cwd);
	ck_rc(resolve(&program, &x07, &by_program, NULL, &err), 0, &err);
	ck_assert_msg(ends_with(program.cwd, "/alone"), "%s", program.cwd);
}
END_TEST

/* clang-format off */
static const struct {
	struct run_target_options options;
	struct run_policy_options rules;
	int rc;
	const char *folder, *cwd; /* their ends; NULL: no folder */
	const char *message;
} folders[] = {
	/* the roots of a project's policy belong to it, wherever the caller stands */
	{ { .project = "../p", .profile = "box" }, { 0 }, 0, "/p", "/p", NULL },
	{ { .program = "../p/src/main.x07.json", .profile = "box" }, { 0 }, 0, "/p", "/p", NULL },
	{ { .project = "../p", .profile = "box" }, { .file = "own.json" }, 0, "/p", "/p", NULL },
	/* unless they are said to belong elsewhere, which only --policy can */
	{ { .project = "../p", .profile = "box" }, { .file = "own.json", .root = "." }, 0, "/alone", "/alone", NULL },
	{ { .project = "../p", .profile = "box" }, { .root = "." }, ERR_USAGE, NULL, NULL, "--root is for --policy FILE" },
	{ { .project = "../p", .profile = "box" }, { .file = "own.json", .root = "gone" }, ERR_NOT_FOUND, NULL, NULL, "--root gone" },
	{ { .project = "../p", .profile = "box" }, { .file = "own.json", .root = "own.json" }, ERR_USAGE, NULL, NULL, "is no folder" },
	{ { .project = "../p", .profile = "dev" }, { .root = "." }, ERR_USAGE, NULL, NULL, "--root: only for world" },
	/* without a project nothing relative belongs anywhere; never to the caller's folder */
	{ { .program = "../alone/main.x07.json", .world = "run-os-sandboxed" }, { .file = "own.json" }, 0, NULL, "/alone", NULL },
	{ { .program = "../alone/main.x07.json", .world = "run-os-sandboxed" }, { .file = "own.json", .root = "../p" }, 0, "/p", "/p", NULL },
};
/* clang-format on */

START_TEST(relative_roots_belong_to_the_project_or_to_the_named_folder)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	struct err err = {0};

	make_project(PROFILES);
	ck_assert_int_eq(chdir("../alone"), 0);
	ck_rc(resolve(&t, &x07, &folders[_i].options, &folders[_i].rules, &err), folders[_i].rc,
	    &err);
	if (folders[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, folders[_i].message) != NULL, "%s", err.message);
		return;
	}
	ck_assert_int_eq(t.folder != NULL, folders[_i].folder != NULL);
	if (t.folder != NULL)
		ck_assert_msg(ends_with(t.folder, folders[_i].folder), "%s", t.folder);
	ck_assert_msg(ends_with(t.cwd, folders[_i].cwd), "%s", t.cwd);
}
END_TEST

START_TEST(module_roots_are_the_projects_the_options_or_the_programs_folder)
{
	static const char *const given[] = {"../alone"};
	const struct run_target_options project = {0}, program = {.program = "src/main.x07.json"},
					named = {.program = "src/main.x07.json",
					    .module_roots = {(const char **)(void *)given, 1}},
					both = {.module_roots = {(const char **)(void *)given, 1}};
	struct err err = {0};

	make_project("");
	{
		CLEANUP(run_target_clear) struct run_target t = {0};

		ck_rc(resolve(&t, &x07, &project, NULL, &err), 0, &err);
		ck_assert_uint_eq(t.module_roots.count, 1);
		ck_assert(ends_with(t.module_roots.items[0], "/p/src"));
	}
	{
		CLEANUP(run_target_clear) struct run_target t = {0};

		ck_rc(resolve(&t, &x07, &program, NULL, &err), 0, &err);
		ck_assert_uint_eq(t.module_roots.count, 1);
		ck_assert(ends_with(t.module_roots.items[0], "/p/src"));
	}
	{
		CLEANUP(run_target_clear) struct run_target t = {0};

		ck_rc(resolve(&t, &x07, &named, NULL, &err), 0, &err);
		ck_assert_uint_eq(t.module_roots.count, 1);
		ck_assert(ends_with(t.module_roots.items[0], "/alone"));
	}
	{
		CLEANUP(run_target_clear) struct run_target t = {0};

		ck_rc(resolve(&t, &x07, &both, NULL, &err), ERR_USAGE, &err);
		ck_assert_msg(strstr(err.message, "only for --program") != NULL, "%s", err.message);
	}
}
END_TEST

START_TEST(lock_that_does_not_fit_is_refused_unless_nothing_of_it_is_used)
{
	static const char *const given[] = {"src"};
	const struct run_target_options project = {.as_it_is = true},
					program = {.program = "src/main.x07.json",
					    .as_it_is = true},
					named = {.program = "src/main.x07.json",
					    .as_it_is = true,
					    .module_roots = {(const char **)(void *)given, 1}};
	CLEANUP(run_target_clear) struct run_target t = {0};
	CLEANUP(run_target_clear) struct run_target r = {0};
	struct err err = {0};

	make_project("");
	{
		AUTO_FREE char *lock = test_text_file("p/x07.lock.json", "{");
	}
	ck_assert_int_lt(resolve(&t, &x07, &project, NULL, &err), 0);
	ck_assert_int_lt(resolve(&t, &x07, &program, NULL, &err), 0);
	ck_rc(resolve(&t, &x07, &named, NULL, &err), 0, &err);
	ck_rc(resolve(&r, &runner, &program, NULL, &err), 0, &err);
}
END_TEST

/* clang-format off */
static const struct {
	struct run_target_options options;
	const char *members;
	int rc;
	uint64_t fuel, memory, output, seconds;
	const char *message;
} numbers[] = {
	{ { 0 }, "", 0, RUN_SOLVE_FUEL_DEFAULT, RUN_MEMORY_DEFAULT, RUN_OUTPUT_DEFAULT, RUN_CPU_SECONDS_DEFAULT, NULL },
	{ { 0 }, PROFILES, 0, 7, RUN_MEMORY_DEFAULT, RUN_OUTPUT_DEFAULT, RUN_CPU_SECONDS_DEFAULT, NULL },
	{ { .solve_fuel = { true, 8 } }, PROFILES, 0, 8, RUN_MEMORY_DEFAULT, RUN_OUTPUT_DEFAULT, RUN_CPU_SECONDS_DEFAULT, NULL },
	{ { .solve_fuel = { true, 0 }, .max_memory = { true, 1 }, .max_output = { true, 2 }, .cpu_seconds = { true, 3 } }, PROFILES, 0, 0, 1, 2, 3, NULL },
	{ { .max_memory = { true, RUN_MEMORY_MAX } }, "", 0, RUN_SOLVE_FUEL_DEFAULT, RUN_MEMORY_MAX, RUN_OUTPUT_DEFAULT, RUN_CPU_SECONDS_DEFAULT, NULL },
	{ { .max_memory = { true, RUN_MEMORY_MAX + 1 } }, "", ERR_USAGE, 0, 0, 0, 0, "--max-memory-bytes is 4294967296" },
	{ { .max_output = { true, RUN_OUTPUT_MAX + 1 } }, "", ERR_USAGE, 0, 0, 0, 0, "--max-output-bytes is" },
	{ { .cpu_seconds = { true, RUN_CPU_SECONDS_MAX + 1 } }, "", ERR_USAGE, 0, 0, 0, 0, "--cpu-time-limit-seconds is" },
	{ { .solve_fuel = { true, UINT64_MAX } }, "", ERR_USAGE, 0, 0, 0, 0, "--solve-fuel is" },
};
/* clang-format on */

START_TEST(number_is_the_options_the_profiles_or_the_default)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	struct err err = {0};

	make_project(numbers[_i].members);
	ck_rc(resolve(&t, &x07, &numbers[_i].options, NULL, &err), numbers[_i].rc, &err);
	if (numbers[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, numbers[_i].message) != NULL, "%s", err.message);
		return;
	}
	ck_assert_uint_eq(t.solve_fuel, numbers[_i].fuel);
	ck_assert_uint_eq(t.max_memory, numbers[_i].memory);
	ck_assert_uint_eq(t.max_output, numbers[_i].output);
	ck_assert_uint_eq(t.cpu_seconds, numbers[_i].seconds);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/target");
	TCase *c = tcase_create("target");

	tcase_add_loop_test(c, program_is_found_where_it_was_named, 0, (int)ARRAY_LEN(files));
	tcase_add_test(c, project_without_its_program_is_refused);
	tcase_add_loop_test(
	    c, world_is_the_options_the_profiles_or_the_manifests, 0, (int)ARRAY_LEN(worlds));
	tcase_add_test(c, program_without_a_manifest_has_no_profile);
	tcase_add_loop_test(
	    c, policy_file_is_the_flags_or_the_profiles, 0, (int)ARRAY_LEN(policies));
	tcase_add_test(c, policy_flag_is_relative_to_the_project_or_for_the_runner_to_the_caller);
	tcase_add_test(c, project_runs_in_its_folder_and_a_program_where_the_caller_stands);
	tcase_add_loop_test(c, relative_roots_belong_to_the_project_or_to_the_named_folder, 0,
	    (int)ARRAY_LEN(folders));
	tcase_add_test(c, module_roots_are_the_projects_the_options_or_the_programs_folder);
	tcase_add_test(c, lock_that_does_not_fit_is_refused_unless_nothing_of_it_is_used);
	tcase_add_loop_test(
	    c, number_is_the_options_the_profiles_or_the_default, 0, (int)ARRAY_LEN(numbers));
	suite_add_tcase(s, c);
	return test_main(s);
}

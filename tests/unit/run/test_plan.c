/* SPDX-License-Identifier: MIT */
/* From policy to sandbox plan: roots and their rights, limits, environment, and the warning. */
#include "cmd/run/plan.h"
#include "cmd/run/roots.h"
#include "tests/unit/run/said.h"

#include <stdlib.h>

static char root_text[] = "/p";
static char policy_text[] = "/p/.x07/policy.json";

static struct run_target target_of(void)
{
	return (struct run_target){.root = root_text,
	    .cwd = root_text,
	    .max_output = 100,
	    .cpu_seconds = 3,
	    .has_manifest = true};
}

static struct policy_list list(const char **items)
{
	uint32_t count = 0;

	while (items[count] != NULL)
		count++;
	return (struct policy_list){items, count};
}

/* The root of this path as "rwdmn": read, write, mkdir, remove, rename; "" = not there. */
static void ck_root(const struct run_roots *roots, const char *path, const char *want)
{
	char got[8] = "";

	for (size_t i = 0; i < roots->count; i++) {
		const struct sandbox_root *r = &roots->items[i];
		size_t n = 0;

		if (strcmp(r->path, path) != 0)
			continue;
		if (!r->write_only)
			got[n++] = 'r';
		if (r->writable)
			got[n++] = 'w';
		if (r->mkdir)
			got[n++] = 'd';
		if (r->remove)
			got[n++] = 'm';
		if (r->rename)
			got[n++] = 'n';
		got[n] = '\0';
	}
	ck_assert_msg(strcmp(got, want) == 0, "%s is '%s', wanted '%s'", path, got, want);
}

/* clang-format off */
static const struct {
	const char *read[3], *write[3];
	bool mkdir, remove, rename;
	const char *path, *want;
	size_t count;
} roots[] = {
	{ { "." }, { 0 }, true, true, true, "/p", "r", 1 },
	{ { "a" }, { 0 }, false, false, false, "/p/a", "r", 1 },
	{ { "/data" }, { 0 }, false, false, false, "/data", "r", 1 },
	{ { "a/" }, { 0 }, false, false, false, "/p/a", "r", 1 },
	{ { 0 }, { "out" }, false, false, false, "/p/out", "w", 1 },
	{ { 0 }, { "out" }, true, false, false, "/p/out", "wd", 1 },
	{ { 0 }, { "out" }, false, true, false, "/p/out", "wm", 1 },
	{ { 0 }, { "out" }, false, false, true, "/p/out", "wn", 1 },
	/* one folder named twice is one root, which stays readable */
	{ { "out" }, { "out" }, false, false, false, "/p/out", "rw", 1 },
	{ { "out", "./out" }, { "/p/out" }, true, true, true, "/p/out", "rwdmn", 1 },
	{ { "a" }, { "b" }, false, false, false, "/p/a", "r", 2 },
	{ { "a" }, { "b" }, false, false, false, "/p/b", "w", 2 },
	{ { "a" }, { "a/b" }, false, false, false, "/p/a", "r", 2 },
};
/* clang-format on */

START_TEST(root_has_the_rights_that_the_policy_gives)
{
	const char *read[4] = {roots[_i].read[0], roots[_i].read[1], roots[_i].read[2], NULL};
	const char *write[4] = {roots[_i].write[0], roots[_i].write[1], roots[_i].write[2], NULL};
	struct policy_fs fs = {.enabled = true,
	    .allow_mkdir = roots[_i].mkdir,
	    .allow_remove = roots[_i].remove,
	    .allow_rename = roots[_i].rename,
	    .read_roots = list(read),
	    .write_roots = list(write)};
	CLEANUP(run_roots_clear) struct run_roots out = {0};
	struct err err = {0};

	ck_rc(run_roots_make(&out, &fs, "/p", &err), 0, &err);
	ck_assert_uint_eq(out.count, roots[_i].count);
	ck_root(&out, roots[_i].path, roots[_i].want);
}
END_TEST

START_TEST(relative_root_of_nowhere_is_left_out)
{
	const char *read[] = {"a", "/data", NULL};
	struct policy_fs fs = {.enabled = true, .read_roots = list(read)};
	CLEANUP(run_roots_clear) struct run_roots out = {0};
	struct err err = {0};

	ck_rc(run_roots_make(&out, &fs, NULL, &err), 0, &err);
	ck_assert_uint_eq(out.count, 1);
	ck_root(&out, "/data", "r");
}
END_TEST

START_TEST(no_root_when_files_are_off)
{
	const char *read[] = {".", NULL};
	struct policy_fs fs = {.read_roots = list(read)};
	CLEANUP(run_roots_clear) struct run_roots out = {0};
	struct err err = {0};

	ck_rc(run_roots_make(&out, &fs, "/p", &err), 0, &err);
	ck_assert_uint_eq(out.count, 0);
}
END_TEST

START_TEST(as_many_roots_as_the_sandbox_takes_and_no_more)
{
	static const char *items[SANDBOX_ROOTS_MAX + 1];
	struct policy_fs fs = {.enabled = true, .read_roots = {items, SANDBOX_ROOTS_MAX}};
	CLEANUP(run_roots_clear) struct run_roots out = {0};
	CLEANUP(run_roots_clear) struct run_roots more = {0};
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		items[i] = "a";
	ck_rc(run_roots_make(&out, &fs, "/p", &err), 0, &err);
	ck_assert_uint_eq(out.count, 1);
	fs.write_roots = (struct policy_list){items, 1};
	ck_rc(run_roots_make(&more, &fs, "/p", &err), ERR_LIMIT, &err);
}
END_TEST

START_TEST(limits_are_the_policys_and_without_one_the_targets)
{
	struct run_target target = target_of();
	struct run_policy none = {0};
	struct run_policy policy = {.given = true,
	    .path = policy_text,
	    .rules.limits = {.cpu_ms = 1, .wall_ms = 2, .mem_bytes = 3, .fds = 0, .procs = 5}};
	CLEANUP(run_plan_clear) struct run_plan out = {0};
	CLEANUP(run_plan_clear) struct run_plan open = {0};
	struct err err = {0};

	ck_rc(run_plan_make(&out, &target, &policy, RUN_BACKEND_OS, &err), 0, &err);
	ck_assert_uint_eq(out.box.limits.cpu_ms, 1);
	ck_assert_uint_eq(out.box.limits.wall_ms, 2);
	ck_assert_uint_eq(out.box.limits.mem_bytes, 3);
	ck_assert_uint_eq(out.box.limits.procs, 5);
	ck_assert(out.box.limits.no_fds);
	ck_assert_int_eq(out.box.backend, SANDBOX_BACKEND_OS);
	ck_assert_str_eq(out.box.cwd, "/p");
	/* the prefix of four bytes, and one more that shows a longer output */
	ck_assert_uint_eq(out.box.limits.stdout_max, 105);
	ck_rc(run_plan_make(&open, &target, &none, RUN_BACKEND_NONE, &err), 0, &err);
	ck_assert_uint_eq(open.box.limits.cpu_ms, 3000);
	ck_assert_uint_eq(open.box.limits.wall_ms, 4000);
	ck_assert(!open.box.limits.no_fds);
	ck_assert_int_eq(open.box.backend, SANDBOX_BACKEND_NONE);
}
END_TEST

static bool has_variable(const struct run_plan *plan, const char *line)
{
	for (size_t i = 0; plan->box.envp[i] != NULL; i++) {
		if (strcmp(plan->box.envp[i], line) == 0)
			return true;
	}
	return false;
}

/* clang-format off */
static const struct {
	bool given, enabled;
	const char *allow[3], *deny[2];
	bool want;
} variables[] = {
	{ true, true, { "T_KEY" }, { 0 }, true },
	{ true, false, { "T_KEY" }, { 0 }, false },
	{ true, true, { "T_OTHER" }, { 0 }, false },
	{ true, true, { 0 }, { 0 }, false },
	{ true, true, { "T_KEY" }, { "T_KEY" }, false },
	{ true, true, { "T_KEY" }, { "T_KE" }, true },
	{ true, true, { "T_KEY=value" }, { 0 }, false },
	{ false, false, { 0 }, { 0 }, true },
};
/* clang-format on */

START_TEST(a_solve_world_has_no_variables)
{
	struct run_target target = {
	    .world = LANG_SOLVE_PURE, .cwd = (char *)"/x07", .cpu_seconds = 1};
	struct run_policy policy = {.given = false};
	struct run_plan out = {0};
	struct err err = {0};

	ck_assert_int_eq(run_plan_make(&out, &target, &policy, RUN_BACKEND_OS, &err), 0);
	ck_assert_ptr_null(out.box.envp[0]);
	ck_assert_uint_eq(out.box.root_count, 0);
	run_plan_clear(&out);
}
END_TEST

START_TEST(environment_is_what_the_policy_names)
{
	const char *allow[] = {variables[_i].allow[0], NULL},
		   *deny[] = {variables[_i].deny[0], NULL};
	struct run_target target = target_of();
	struct run_policy policy = {.given = variables[_i].given,
	    .path = policy_text,
	    .rules.env = {variables[_i].enabled, list(allow), list(deny)}};
	CLEANUP(run_plan_clear) struct run_plan out = {0};
	struct err err = {0};

	target.world = variables[_i].given ? LANG_RUN_OS_SANDBOXED : LANG_RUN_OS;
	ck_assert_int_eq(setenv("T_KEY", "value", 1) | unsetenv("T_OTHER"), 0);
	ck_rc(run_plan_make(&out, &target, &policy, RUN_BACKEND_OS, &err), 0, &err);
	ck_assert_int_eq(has_variable(&out, "T_KEY=value"), variables[_i].want);
	if (variables[_i].given)
		ck_assert_ptr_null(out.box.envp[variables[_i].want ? 1 : 0]);
}
END_TEST

/* clang-format off */
static const struct {
	const char *write;
	const char *policy;
	bool manifest;
	const char *said;
} warnings[] = {
	{ ".x07", policy_text, true, "the write root '.x07' holds its own policy" },
	{ ".", policy_text, false, "holds its own policy" },
	{ ".", (char[]){"/elsewhere/policy.json"}, true, "holds the project's x07.json" },
	{ "/", (char[]){"/elsewhere/policy.json"}, true, "holds its own policy" },
	{ ".", (char[]){"/elsewhere/policy.json"}, false, NULL },
	{ "out", policy_text, true, NULL },
	{ ".x0", policy_text, true, NULL },
	{ NULL, policy_text, true, NULL },
};
/* clang-format on */

START_TEST(program_that_can_change_its_own_rules_is_told_of)
{
	const char *write[] = {warnings[_i].write, NULL}, *read[] = {".", NULL};
	struct run_target target = target_of();
	struct run_policy policy = {.given = true,
	    .path = (char *)warnings[_i].policy,
	    .rules.fs = {.enabled = true, .read_roots = list(read), .write_roots = list(write)}};
	CLEANUP(run_plan_clear) struct run_plan out = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	struct err err = {0};

	target.has_manifest = warnings[_i].manifest;
	ck_rc(run_plan_make(&out, &target, &policy, RUN_BACKEND_OS, &err), 0, &err);
	run_plan_warn(&out, &target, &policy, &(struct notes){said, &text});
	ck_said(&text, warnings[_i].said);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/plan");
	TCase *c = tcase_create("plan");

	tcase_add_loop_test(c, root_has_the_rights_that_the_policy_gives, 0, (int)ARRAY_LEN(roots));
	tcase_add_test(c, relative_root_of_nowhere_is_left_out);
	tcase_add_test(c, no_root_when_files_are_off);
	tcase_add_test(c, as_many_roots_as_the_sandbox_takes_and_no_more);
	tcase_add_test(c, limits_are_the_policys_and_without_one_the_targets);
	tcase_add_test(c, a_solve_world_has_no_variables);
	tcase_add_loop_test(c, environment_is_what_the_policy_names, 0, (int)ARRAY_LEN(variables));
	tcase_add_loop_test(
	    c, program_that_can_change_its_own_rules_is_told_of, 0, (int)ARRAY_LEN(warnings));
	suite_add_tcase(s, c);
	return test_main(s);
}

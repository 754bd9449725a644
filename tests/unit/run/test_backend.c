/* SPDX-License-Identifier: MIT */
/* Which backend a run uses: flag, environment, world, acceptance. Fails closed. */
#include "cmd/run/backend.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#define BOX LANG_RUN_OS_SANDBOXED
#define OPEN LANG_RUN_OS

/* What was asked, in which world, and what comes of it. */
struct row {
	const char *flag, *env;
	enum lang_world world;
	bool accept;
	const char *accept_env;
	int rc;
	enum run_backend want;
	const char *message; /* of a refusal */
};

/* clang-format off */
static const struct row rows[] = {
	/* nothing is asked: a world with a policy gets the strongest, one without gets none */
	{ NULL, NULL, BOX, false, NULL, 0, RUN_BACKEND_VM, NULL },
	{ NULL, NULL, OPEN, false, NULL, 0, RUN_BACKEND_NONE, NULL },
	{ "auto", NULL, BOX, false, NULL, 0, RUN_BACKEND_VM, NULL },
	{ NULL, "", BOX, false, NULL, 0, RUN_BACKEND_VM, NULL },
	{ NULL, " \t", BOX, false, NULL, 0, RUN_BACKEND_VM, NULL },
	/* accepting alone chooses nothing */
	{ NULL, NULL, BOX, true, NULL, 0, RUN_BACKEND_VM, NULL },
	{ NULL, NULL, BOX, false, "1", 0, RUN_BACKEND_VM, NULL },
	/* weaker ones want to be asked for twice */
	{ "os", NULL, BOX, false, NULL, ERR_SANDBOX, 0, "sandbox_backend=os is weaker" },
	{ "none", NULL, BOX, false, NULL, ERR_SANDBOX, 0, "sandbox_backend=none is weaker" },
	{ "os", NULL, BOX, true, NULL, 0, RUN_BACKEND_OS, NULL },
	{ "native", NULL, BOX, true, NULL, 0, RUN_BACKEND_OS, NULL },
	{ "none", NULL, BOX, true, NULL, 0, RUN_BACKEND_NONE, NULL },
	{ NULL, "os", BOX, false, "1", 0, RUN_BACKEND_OS, NULL },
	{ NULL, "os", BOX, false, "true", 0, RUN_BACKEND_OS, NULL },
	{ NULL, "os", BOX, false, "YES", 0, RUN_BACKEND_OS, NULL },
	{ NULL, "os", BOX, false, "0", ERR_SANDBOX, 0, "weaker" },
	{ NULL, "os", BOX, false, "false", ERR_SANDBOX, 0, "weaker" },
	{ NULL, "os", BOX, false, "no", ERR_SANDBOX, 0, "weaker" },
	{ NULL, "os", BOX, false, "", ERR_SANDBOX, 0, "weaker" },
	{ NULL, "os", BOX, false, "2", ERR_USAGE, 0, "must be 1 or 0" },
	{ NULL, "os", BOX, false, "tru", ERR_USAGE, 0, "must be 1 or 0" },
	{ NULL, "os", BOX, false, "1|true", ERR_USAGE, 0, "must be 1 or 0" },
	/* what the environment denies, the flag has said all the same */
	{ "os", NULL, BOX, true, "0", 0, RUN_BACKEND_OS, NULL },
	{ "os", NULL, BOX, true, "maybe", ERR_USAGE, 0, "must be 1 or 0" },
	/* without a policy there is nothing to hold, and nothing to accept */
	{ "os", NULL, OPEN, false, NULL, 0, RUN_BACKEND_NONE, NULL },
	{ "none", NULL, OPEN, false, NULL, 0, RUN_BACKEND_NONE, NULL },
	{ "vm", NULL, OPEN, true, NULL, ERR_USAGE, 0, "only for world run-os-sandboxed" },
	{ "vm", NULL, BOX, true, NULL, 0, RUN_BACKEND_VM, NULL },
	/* the flag wins, and words are whole */
	{ "vm", "os", BOX, true, NULL, 0, RUN_BACKEND_VM, NULL },
	{ "os", "vm", BOX, true, NULL, 0, RUN_BACKEND_OS, NULL },
	{ NULL, " OS\n", BOX, true, NULL, 0, RUN_BACKEND_OS, NULL },
	{ NULL, "osx", BOX, true, NULL, ERR_USAGE, 0, "must be auto, vm, os or none" },
	{ NULL, "o", BOX, true, NULL, ERR_USAGE, 0, "must be auto, vm, os or none" },
	{ NULL, "os vm", BOX, true, NULL, ERR_USAGE, 0, "must be auto, vm, os or none" },
	{ "docker", NULL, BOX, true, NULL, ERR_USAGE, 0, "must be auto, vm, os or none" },
};
/* clang-format on */

static void set(const char *name, const char *value)
{
	if (value != NULL)
		ck_assert_int_eq(setenv(name, value, 1), 0);
	else
		ck_assert_int_eq(unsetenv(name), 0);
}

START_TEST(backend_is_what_flag_environment_and_world_say)
{
	const struct row *row = &rows[_i];
	const struct run_isolation_options options = {row->flag, row->accept};
	struct run_isolation out = {.backend = RUN_BACKEND_OS, .failure = "untouched"};
	struct err err = {0};

	set("X07_SANDBOX_BACKEND", row->env);
	set("X07_I_ACCEPT_WEAKER_ISOLATION", row->accept_env);
	ck_rc(run_isolation_resolve(&out, &options, row->world, &err), row->rc, &err);
	if (row->rc < 0) {
		ck_assert_msg(strstr(err.message, row->message) != NULL, "%s", err.message);
		ck_assert_str_eq(out.failure, "untouched");
		return;
	}
	ck_assert_str_eq(run_backend_name(out.backend), run_backend_name(row->want));
	/* this build has no runtime for it: a run says so and does not start */
	ck_assert_int_eq(out.failure != NULL, row->want == RUN_BACKEND_VM);
}
END_TEST

START_TEST(acceptance_is_reported_whoever_gave_it)
{
	const struct run_isolation_options flag = {"os", true}, none = {"os", false};
	struct run_isolation out = {0};
	struct err err = {0};

	set("X07_SANDBOX_BACKEND", NULL);
	set("X07_I_ACCEPT_WEAKER_ISOLATION", NULL);
	ck_rc(run_isolation_resolve(&out, &flag, BOX, &err), 0, &err);
	ck_assert(out.accepted);
	ck_rc(run_isolation_resolve(&out, &none, OPEN, &err), 0, &err);
	ck_assert(!out.accepted);
	set("X07_I_ACCEPT_WEAKER_ISOLATION", "1");
	ck_rc(run_isolation_resolve(&out, &none, OPEN, &err), 0, &err);
	ck_assert(out.accepted);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/backend");
	TCase *c = tcase_create("backend");

	tcase_add_loop_test(
	    c, backend_is_what_flag_environment_and_world_say, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(c, acceptance_is_reported_whoever_gave_it);
	suite_add_tcase(s, c);
	return test_main(s);
}

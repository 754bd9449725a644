/* SPDX-License-Identifier: MIT */
/* Each set-up step is made to fail in turn: the program must never run. */
#include "sandbox/explain_priv.h"
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void fail_one(int step, unsigned needs, bool spawn, enum sandbox_backend backend)
{
	CLEANUP(box_clear) struct box b;
	unsigned when = sandbox_step_when((enum sandbox_step)step);
	bool happens = (when & needs) != 0 && ((when & STEP_S) == 0 || spawn);

	box_init(&b, "touch", "rw/ran");
	(void)unlink("rw/ran");
	b.plan.allow_spawn = spawn;
	b.plan.backend = backend;
	b.plan.limits.procs = 0;
	b.plan.fail_step = step;
	if (!happens) {
		ck_rc(box_run(&b), 0, &b.err);
		return;
	}
	ck_rc(box_run(&b), ERR_SANDBOX, &b.err);
	ck_assert_int_lt(access("rw/ran", F_OK), 0);
	ck_assert_uint_eq(b.result.out.len, 0);
	ck_assert_msg(strstr(b.err.message, sandbox_step_text((enum sandbox_step)step)) != NULL,
	    "%s", b.err.message);
}

START_TEST(failed_step_means_the_program_never_runs)
{
	fail_one(_i, STEP_O, false, SANDBOX_BACKEND_OS);
	fail_one(_i, STEP_O, true, SANDBOX_BACKEND_OS);
	fail_one(_i, STEP_N, false, SANDBOX_BACKEND_NONE);
}
END_TEST

START_TEST(unfit_program_is_an_error_of_the_run)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "exit", "0");
	box_file("text", "not a program");
	close(b.plan.exec_fd);
	b.plan.exec_fd = open("text", O_PATH | O_CLOEXEC);
	ck_rc(box_run(&b), ERR_SANDBOX, &b.err);
	ck_assert_ptr_nonnull(strstr(b.err.message, "executing the program"));
}
END_TEST

START_TEST(box_runs_once)
{
	CLEANUP(box_clear) struct box b;
	struct sandbox *box = NULL;

	box_init(&b, "exit", "0");
	ck_rc(sandbox_prepare(&box, &b.plan, &b.err), 0, &b.err);
	ck_rc(sandbox_run(box, &b.result, &b.err), 0, &b.err);
	ck_rc(sandbox_run(box, &b.result, &b.err), ERR_SANDBOX, &b.err);
	sandbox_free(box);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("sandbox fails closed");
	TCase *t = tcase_create("steps");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, failed_step_means_the_program_never_runs, 1, SANDBOX_STEP_COUNT);
	tcase_add_test(t, unfit_program_is_an_error_of_the_run);
	tcase_add_test(t, box_runs_once);
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}

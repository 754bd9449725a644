/* SPDX-License-Identifier: MIT */
/* Limits hold, and nothing inside survives the end of a run or of the supervisor. */
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(wall_time_kills_a_double_forked_grandchild_too)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "orphan-hang", "rw/grow");
	b.plan.allow_spawn = true;
	b.plan.limits.wall_ms = 300;
	box_ok(&b);
	ck_assert(b.result.timed_out);
	ck_assert_int_eq(b.result.exit_status, 137);
	ck_assert_int_eq(access("rw/grow", F_OK), 0);
	ck_assert(!file_grows("rw/grow"));
}
END_TEST

START_TEST(end_of_the_program_ends_what_it_left_behind)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "orphan", "rw/grow");
	b.plan.allow_spawn = true;
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0);
	ck_assert(!file_grows("rw/grow"));
}
END_TEST

/* A supervisor of its own, killed while the program runs (or while the box waits for `go`). */
static pid_t start_supervisor(struct box *b, bool run)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct sandbox *box = NULL;

		if (sandbox_prepare(&box, &b->plan, &b->err) < 0)
			_exit(1);
		if (run)
			_exit(sandbox_run(box, &b->result, &b->err) < 0);
		for (;;)
			pause();
	}
	return pid;
}

START_TEST(program_dies_with_the_supervisor)
{
	CLEANUP(box_clear) struct box b;
	pid_t pid = 0;

	box_init(&b, "touch-forever", "rw/grow");
	b.plan.allow_spawn = _i == 1;
	pid = start_supervisor(&b, true);
	for (int i = 0; i < 200 && access("rw/grow", F_OK) < 0; i++)
		(void)usleep(10000);
	ck_assert(file_grows("rw/grow"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	(void)usleep(50000);
	ck_assert(!file_grows("rw/grow"));
}
END_TEST

START_TEST(prepared_box_that_is_freed_never_runs_the_program)
{
	CLEANUP(box_clear) struct box b;
	struct sandbox *box = NULL;

	box_init(&b, "touch", "rw/ran");
	ck_rc(sandbox_prepare(&box, &b.plan, &b.err), 0, &b.err);
	sandbox_free(box);
	ck_assert_int_lt(access("rw/ran", F_OK), 0);
	ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0); /* no child left */
}
END_TEST

START_TEST(waiting_box_ends_with_its_supervisor_and_never_runs)
{
	CLEANUP(box_clear) struct box b;
	int status = 0;
	pid_t pid = 0;

	box_init(&b, "touch", "rw/ran");
	pid = start_supervisor(&b, false);
	(void)usleep(200000);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	(void)usleep(100000);
	ck_assert_int_lt(access("rw/ran", F_OK), 0);
}
END_TEST

START_TEST(flood_is_drained_bounded_and_reported)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "flood", "50000000");
	b.plan.limits.stdout_max = 1000;
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0); /* it could write everything */
	ck_assert_uint_eq(b.result.out.len, 1000);
	ck_assert(b.result.stdout_overflow);
	ck_assert(!b.result.stderr_overflow);
}
END_TEST

START_TEST(output_of_exactly_the_maximum_is_no_overflow)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "flood", "300000");
	b.plan.limits.stdout_max = 300000;
	box_ok(&b);
	ck_assert_uint_eq(b.result.out.len, 300000);
	ck_assert(!b.result.stdout_overflow);
}
END_TEST

START_TEST(cpu_time_ends_a_loop_to_the_millisecond)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "spin", NULL);
	b.plan.limits.cpu_ms = 200;
	box_ok(&b);
	ck_assert(b.result.cpu_exceeded);
	ck_assert(!b.result.timed_out);
	ck_assert_int_eq(b.result.exit_status, 137);
	ck_assert_int_ge(b.result.cpu_ns, 190 * 1000000LL);
	ck_assert_int_le(b.result.cpu_ns, 900 * 1000000LL);
}
END_TEST

/* RLIMIT_CPU alone fires up to a fifth early. */
START_TEST(whole_seconds_of_cpu_time_are_given_in_full)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "spin", NULL);
	b.plan.limits.cpu_ms = 1000;
	box_ok(&b);
	ck_assert(b.result.cpu_exceeded);
	ck_assert_msg(b.result.cpu_ns >= 995 * 1000000LL, "%lld ns", (long long)b.result.cpu_ns);
	ck_assert_int_le(b.result.cpu_ns, 1100 * 1000000LL);
}
END_TEST

START_TEST(cpu_limit_of_the_kernel_holds_for_process_1)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "spin", NULL);
	b.plan.limits.cpu_ms = 900;
	b.plan.allow_spawn = _i == 1; /* then only RLIMIT_CPU counts */
	box_ok(&b);
	ck_assert_int_eq(b.result.signal, SIGKILL);
	ck_assert(b.result.cpu_exceeded);
	ck_assert(!b.result.timed_out);
}
END_TEST

START_TEST(wall_time_ends_a_sleeper)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "pause", NULL);
	b.plan.limits.wall_ms = 100;
	b.plan.backend = _i == 1 ? SANDBOX_BACKEND_NONE : SANDBOX_BACKEND_OS;
	box_ok(&b);
	ck_assert(b.result.timed_out);
	ck_assert_int_eq(b.result.exit_status, 137);
	ck_assert_int_ge(b.result.wall_ns, 100 * 1000000LL);
}
END_TEST

START_TEST(memory_over_the_limit_is_refused_and_not_fatal)
{
	CLEANUP(box_clear) struct box b;
	int mib = 0;

	box_init(&b, "alloc", "400");
	b.plan.limits.mem_bytes = 64u << 20;
	box_ok(&b);
	ck_assert_int_eq(sscanf(b.result.out.data, "mib=%d", &mib), 1);
	ck_assert_int_ge(mib, 60);
	ck_assert_int_le(mib, 64 + 24);
}
END_TEST

struct fd_row {
	uint32_t fds;
	bool no_fds;
	const char *outcome;
};

/* Three are there; the set-up needs more than a small limit, the program gets no more than it. */
static const struct fd_row fd_rows[] = {{32, false, "opened=29 EMFILE"},
    {4, false, "opened=1 EMFILE"}, {3, false, "opened=0 EMFILE"}, {1, false, "opened=0 EMFILE"},
    {0, true, "opened=0 EMFILE"}};

START_TEST(descriptors_are_limited)
{
	const struct fd_row *row = &fd_rows[_i / 2];
	CLEANUP(box_clear) struct box b;

	box_init(&b, "open-many", NULL);
	b.plan.limits.fds = row->fds;
	b.plan.limits.no_fds = row->no_fds;
	b.plan.backend = _i % 2 != 0 ? SANDBOX_BACKEND_NONE : SANDBOX_BACKEND_OS;
	box_ok(&b);
	box_has(&b, row->outcome);
}
END_TEST

START_TEST(processes_are_limited)
{
	CLEANUP(box_clear) struct box b;
	int rc = 0;

	box_init(&b, "forks", NULL);
	b.plan.allow_spawn = true;
	b.plan.limits.procs = 10;
	rc = box_run(&b);
	if (rc == ERR_SANDBOX && geteuid() == 0) { /* no pids cgroup: refused, not unlimited */
		ck_assert_ptr_nonnull(strstr(b.err.message, "limit procs"));
		return;
	}
	ck_rc(rc, 0, &b.err);
	box_has(&b, "forked=9 EAGAIN");
	ck_assert_str_ne(b.result.procs_mechanism, "none");
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("sandbox limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, wall_time_kills_a_double_forked_grandchild_too);
	tcase_add_test(t, end_of_the_program_ends_what_it_left_behind);
	tcase_add_loop_test(t, program_dies_with_the_supervisor, 0, 2);
	tcase_add_test(t, prepared_box_that_is_freed_never_runs_the_program);
	tcase_add_test(t, waiting_box_ends_with_its_supervisor_and_never_runs);
	tcase_add_test(t, flood_is_drained_bounded_and_reported);
	tcase_add_test(t, output_of_exactly_the_maximum_is_no_overflow);
	tcase_add_test(t, cpu_time_ends_a_loop_to_the_millisecond);
	tcase_add_test(t, whole_seconds_of_cpu_time_are_given_in_full);
	tcase_add_loop_test(t, cpu_limit_of_the_kernel_holds_for_process_1, 0, 2);
	tcase_add_loop_test(t, wall_time_ends_a_sleeper, 0, 2);
	tcase_add_test(t, memory_over_the_limit_is_refused_and_not_fatal);
	tcase_add_loop_test(t, descriptors_are_limited, 0, 2 * (int)ARRAY_LEN(fd_rows));
	tcase_add_test(t, processes_are_limited);
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}

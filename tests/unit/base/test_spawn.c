/* SPDX-License-Identifier: MIT */
/* What a started program finds, and what it does not. */
#include "base/spawn.h"

#include "base/buf.h"
#include "base/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a line of a shell with one descriptor at 1, and gives what it wrote there. */
static char *shell(const char *line, const char *const *env, bool session)
{
	const char *const argv[] = {"sh", "-c", line, NULL};
	AUTO_CLOSE int out = memfd_create("out", MFD_CLOEXEC);
	struct spawn_options o = {.program = "/bin/sh",
	    .argv = argv,
	    .env = env,
	    .places = {{out, 1}},
	    .place_count = 1,
	    .session = session};
	struct buf text = buf_init(1 << 16);
	struct err err = {0};
	int status = -1;
	pid_t pid = 0;

	ck_rc(spawn_start(&pid, &o, &err), 0, &err);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(lseek(out, 0, SEEK_SET), 0);
	ck_rc(file_read_fd(&text, out, "out", &err), 0, &err);
	return buf_take(&text);
}

START_TEST(only_the_places_are_open)
{
	AUTO_CLOSE int leaks = open("/", O_RDONLY); /* without close-on-exec, as others may do */
	AUTO_FREE char *text = shell("for f in /proc/self/fd/*; do readlink \"$f\"; done | grep -v "
				     "'^/proc\\|^pipe' | sort -u",
	    NULL, false);

	ck_assert_int_ge(leaks, 0);
	ck_assert_ptr_nonnull(strstr(text, "/dev/null\n"));
	ck_assert_ptr_null(strstr(text, "/\n/"));
	ck_assert_int_ne(text[0] == '/' && text[1] == '\n', 1);
}
END_TEST

START_TEST(environment_is_the_list)
{
	static const char *const names[] = {"X07_TEST_A", "X07_TEST_NOT_SET", "X07_TEST_B"};
	CLEANUP(spawn_env_free) char **env = NULL;
	AUTO_FREE char *none = shell("/usr/bin/env | grep X07_; true", NULL, false);
	AUTO_FREE char *text = NULL;

	ck_assert_int_eq(setenv("X07_TEST_A", "a b", 1), 0);
	ck_assert_int_eq(setenv("X07_TEST_B", "", 1), 0);
	ck_assert_int_eq(setenv("X07_TEST_C", "secret", 1), 0);
	env = spawn_env_of(names, ARRAY_LEN(names));
	text = shell("/usr/bin/env | grep X07_ | sort", (const char *const *)env, false);
	ck_assert_str_eq(text, "X07_TEST_A=a b\nX07_TEST_B=\n");
	ck_assert_str_eq(none, "");
}
END_TEST

START_TEST(signals_are_those_of_a_fresh_process)
{
	AUTO_FREE char *text = NULL;
	sigset_t set, before;

	ck_assert_int_eq(sigfillset(&set), 0);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, &before), 0);
	ck_assert(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	text = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'", NULL, false);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	ck_assert_str_eq(text, "SigBlk:0000000000000000\nSigIgn:0000000000000000\n");
}
END_TEST

START_TEST(session_is_its_own_where_asked)
{
	AUTO_FREE char *own = shell("cut -d' ' -f6 /proc/$$/stat", NULL, true);
	AUTO_FREE char *same = shell("cut -d' ' -f6 /proc/$$/stat", NULL, false);

	ck_assert_int_eq(strtol(same, NULL, 10), getsid(0));
	ck_assert_int_ne(strtol(own, NULL, 10), getsid(0));
}
END_TEST

START_TEST(program_that_is_not_there_is_an_error)
{
	const char *const argv[] = {"x", NULL};
	struct err err = {0};
	pid_t pid = -1;

	ck_rc(
	    spawn_start(&pid, &(struct spawn_options){.program = "/nowhere/x", .argv = argv}, &err),
	    ERR_NOT_FOUND, &err);
	ck_rc(spawn_start(
		  &pid, &(struct spawn_options){.program = "/etc/passwd", .argv = argv}, &err),
	    ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, EACCES);
	ck_assert_int_eq(pid, -1);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left to be waited for */
}
END_TEST

/* A place may be the number of another one's source. */
START_TEST(places_may_cross)
{
	const char *const argv[] = {"sh", "-c", "echo three >&4; echo four >&3", NULL};
	AUTO_CLOSE int a = memfd_create("a", MFD_CLOEXEC);
	AUTO_CLOSE int b = memfd_create("b", MFD_CLOEXEC);
	int three = dup2(a, 3), four = dup2(b, 4);
	struct spawn_options o = {.program = "/bin/sh",
	    .argv = argv,
	    .places = {{three, 4}, {four, 3}},
	    .place_count = 2};
	struct err err = {0};
	char text[8] = "";
	pid_t pid = 0;

	ck_rc(spawn_start(&pid, &o, &err), 0, &err);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(pread(a, text, 6, 0), 6);
	ck_assert_str_eq(text, "three\n");
}
END_TEST

/* The program dies with who started it, whatever that one dies of. */
START_TEST(program_dies_with_its_starter)
{
	const char *const argv[] = {"sh", "-c", "echo $$ >&3; exec sleep 300", NULL};
	int fds[2];
	char text[16] = "";
	pid_t starter, helper;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	starter = fork();
	if (starter == 0) {
		struct spawn_options o = {
		    .program = "/bin/sh", .argv = argv, .places = {{fds[1], 3}}, .place_count = 1};
		struct err err = {0};
		pid_t pid;

		if (spawn_start(&pid, &o, &err) < 0)
			_exit(1);
		pause();
	}
	ck_assert_int_gt(read(fds[0], text, sizeof(text) - 1), 0);
	helper = (pid_t)strtol(text, NULL, 10);
	ck_assert_int_eq(kill(helper, 0), 0);
	ck_assert_int_eq(kill(starter, SIGKILL), 0);
	ck_assert_int_eq(waitpid(starter, NULL, 0), starter);
	base_close_fd(&fds[1]);
	/* the write end closes when the helper is gone */
	ck_assert_int_eq(read(fds[0], text, sizeof(text)), 0);
	base_close_fd(&fds[0]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/spawn");
	TCase *t = tcase_create("all");

	tcase_add_test(t, only_the_places_are_open);
	tcase_add_test(t, environment_is_the_list);
	tcase_add_test(t, signals_are_those_of_a_fresh_process);
	tcase_add_test(t, session_is_its_own_where_asked);
	tcase_add_test(t, program_that_is_not_there_is_an_error);
	tcase_add_test(t, places_may_cross);
	tcase_add_test(t, program_dies_with_its_starter);
	suite_add_tcase(s, t);
	return test_main(s);
}

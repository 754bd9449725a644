/* SPDX-License-Identifier: MIT */
#include "base/tie.h"

#include "tests/support/support.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 5000

/* Readable when every process that holds the other end is dead. */
static bool ends(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&p, 1, PATIENCE_MS) == 1 && read(fd, &byte, 1) == 0;
}

static NORETURN void rest(void)
{
	for (;;)
		(void)pause();
}

START_TEST(forked_child_dies_with_its_parent)
{
	int fds[2];
	pid_t middle;

	ck_assert_int_eq(pipe(fds), 0);
	middle = fork();
	if (middle == 0) {
		pid_t child = tie_fork();

		if (child == 0) {
			(void)!write(fds[1], "x", 1);
			rest();
		}
		rest();
	}
	ck_assert_int_gt(middle, 0);
	(void)close(fds[1]);
	ck_assert_int_eq(read(fds[0], (char[1]){0}, 1), 1);
	(void)kill(middle, SIGKILL);
	ck_assert_int_eq(waitpid(middle, NULL, 0), middle);
	ck_assert(ends(fds[0]));
	(void)close(fds[0]);
}
END_TEST

START_TEST(child_of_the_socket_s_maker_is_tied_to_it)
{
	int fds[2], status = -1;
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	pid = fork();
	if (pid == 0)
		_exit(tie_to_maker(fds[1]) ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

/* As when the maker is dead: the parent is somebody else. */
START_TEST(grandchild_of_the_socket_s_maker_is_refused)
{
	int fds[2], status = -1;
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	pid = fork();
	if (pid == 0) {
		pid_t child = fork();

		if (child == 0)
			_exit(tie_to_maker(fds[1]) ? 0 : 42);
		_exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status)
									       : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 42);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

START_TEST(what_is_no_socket_ties_to_nobody)
{
	int fds[2], status = -1;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		_exit(tie_to_maker(fds[0]) || tie_to_maker(-1) ? 0 : 42);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 42);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base/tie");
	TCase *tc = tcase_create("tie");

	tcase_add_test(tc, forked_child_dies_with_its_parent);
	tcase_add_test(tc, child_of_the_socket_s_maker_is_tied_to_it);
	tcase_add_test(tc, grandchild_of_the_socket_s_maker_is_refused);
	tcase_add_test(tc, what_is_no_socket_ties_to_nobody);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

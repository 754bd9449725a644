/* SPDX-License-Identifier: MIT */
/*
 * Ways out that have worked elsewhere, tried by a raw program in the real sandbox, under each kind
 * of plan: alone, with a broker, with processes. Whatever is not named here as harmless must fail.
 */
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES_MAX 8

/* What may work: nothing of it leaves the sandbox. */
struct attack {
	const char *what;
	bool net, spawn;
	int least; /* attempts that must have been made */
	const char *harmless[LINES_MAX];
};

static const struct attack attacks[] = {
    /* bytes into its own file, from which the kernel takes the set-user-id bit */
    {"all", false, false, 150, {"suid-fallocate", "suid-write", "code-number"}},
    {"all", true, false, 150, {"suid-fallocate", "suid-write", "code-number", "net-error"}},
    /* who may start programs may map their code */
    {"all", false, true, 150,
	{"suid-fallocate", "suid-write", "code-number", "code-reopened", "code-anonymous"}},
    {"siblings", false, true, 7, {"kill-victim"}},
    {"proc", false, true, 30, {NULL}},
    /* signals to process 1 are dropped by the kernel */
    {"signals", false, true, 6, {"kill-1", "kill-group-0", "kill-stop-1", "init-lives"}},
    {"in-flight", false, true, 2, {"pair", "flight-bounded"}},
    {"exec", false, true, 3, {NULL}},
    {"overwrite", false, true, 6, {"kept", "reopened"}},
    {"file-games", false, true, 9, {"pipe", "dup"}},
};

static bool is_harmless(const struct attack *a, const char *line, size_t len)
{
	for (size_t i = 0; i < LINES_MAX && a->harmless[i] != NULL; i++) {
		if (strlen(a->harmless[i]) == len && strncmp(a->harmless[i], line, len) == 0)
			return true;
	}
	return false;
}

/* No line `name=ok` that is not harmless; the number of attempts. */
static int check_lines(const struct attack *a, const char *line)
{
	int made = 0;

	while (line != NULL && *line != '\0') {
		size_t len = strcspn(line, "\n");

		made += memchr(line, '=', len) != NULL;
		if (len > 3 && strncmp(line + len - 3, "=ok", 3) == 0)
			ck_assert_msg(
			    is_harmless(a, line, len - 3), "worked: %.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	return made;
}

/* Root's processes are not counted without a pids cgroup: such a limit is refused there. */
static void allow_spawn(struct box *b)
{
	b->plan.allow_spawn = true;
	if (geteuid() == 0)
		b->plan.limits.procs = 0;
}

START_TEST(known_way_out_does_not_work)
{
	const struct attack *a = &attacks[_i];
	CLEANUP(box_clear) struct box b;
	struct sandbox_fd fds[1];
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fds[0] = (struct sandbox_fd){.from = pair[1], .to = 10};
	box_init(&b, a->what, NULL);
	b.roots[1].write_only = false;
	b.roots[1].rename = b.roots[1].remove = true;
	b.plan.broker_io = a->net;
	b.plan.fds = fds;
	b.plan.fd_count = a->net ? 1 : 0;
	if (a->spawn)
		allow_spawn(&b);
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0);
	ck_assert_int_ge(check_lines(a, b.result.out.data), a->least);
	if (strcmp(a->what, "all") == 0)
		box_has(&b, "leaked=0");
	box_has(&b, "end");
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(stopped_program_ends_at_its_wall_time)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "stop", NULL);
	allow_spawn(&b);
	b.plan.limits.wall_ms = 200;
	box_ok(&b);
	ck_assert(b.result.timed_out);
	ck_assert_int_eq(b.result.exit_status, 137);
}
END_TEST

static int suid_found(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && (st.st_mode & 06000) != 0 && st.st_size > 0;
}

START_TEST(no_program_with_its_owners_rights_is_left_on_the_host)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "all", NULL);
	b.roots[1].write_only = false;
	if (_i == 1)
		allow_spawn(&b);
	box_ok(&b);
	box_has(&b, "suid-open=EPERM");
	if (_i == 1)
		box_has(&b, "suid-fchmod=EPERM");
	ck_assert_int_lt(access("rw/suid-open", F_OK), 0);
	ck_assert(!suid_found("rw/suid-openat2"));
}
END_TEST

static const char *const abis[] = {"int80", "x32"};

START_TEST(foreign_abi_ends_the_program)
{
#ifdef __x86_64__
	CLEANUP(box_clear) struct box b;

	box_init(&b, abis[_i / 2], NULL);
	if (_i % 2)
		allow_spawn(&b);
	box_ok(&b);
	ck_assert_int_eq(b.result.signal, box_abi_signal(abis[_i / 2]));
	box_has_not(&b, abis[_i / 2]);
#else
	ck_assert_ptr_nonnull(abis[_i / 2]);
#endif
}
END_TEST

/* True when the limit is refused because nothing can hold it for root. */
static bool is_refused_for_root(struct box *b)
{
	int rc = box_run(b);

	if (rc == ERR_SANDBOX && geteuid() == 0 && strstr(b->err.message, "limit procs"))
		return true;
	ck_rc(rc, 0, &b->err);
	return false;
}

START_TEST(fork_bomb_is_counted_and_ends_with_its_box)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "bomb", "rw/grow");
	b.plan.allow_spawn = true;
	b.plan.limits.procs = 12;
	b.plan.limits.wall_ms = 400;
	if (is_refused_for_root(&b))
		return;
	ck_assert(b.result.timed_out);
	ck_assert_int_eq(access("rw/grow", F_OK), 0);
	ck_assert(!file_grows("rw/grow"));
}
END_TEST

START_TEST(threads_count_as_processes)
{
	CLEANUP(box_clear) struct box b;
	const char *line = NULL;

	box_init(&b, "threads", NULL);
	b.plan.allow_spawn = true;
	b.plan.limits.procs = 10;
	if (is_refused_for_root(&b))
		return;
	line = strstr(b.result.out.data, "threads=");
	ck_assert_ptr_nonnull(line);
	ck_assert_int_lt(strtol(line + 8, NULL, 10), 10);
}
END_TEST

/* One process never gets more than the limit; all together only where a cgroup counts them. */
START_TEST(memory_of_children_is_counted_where_the_report_says_so)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "memory", NULL);
	allow_spawn(&b);
	b.plan.limits.mem_bytes = _i == 0 ? 16u << 20 : 100u << 20;
	b.plan.limits.wall_ms = 5000;
	box_ok(&b);
	if (_i == 0)
		box_has(&b, "hogs=0");
	else if (strncmp(b.result.mem_mechanism, "cgroup", 6) == 0)
		box_has_not(&b, "hogs=6");
	else
		ck_assert_str_eq(b.result.mem_mechanism, "rlimit");
}
END_TEST

/* The project's other inhabitant: swaps a folder for a link, over and over. Ends by itself. */
static pid_t start_swapping(const char *name, const char *target)
{
	pid_t pid = fork();
	char aside[64];

	if (pid != 0)
		return pid;
	(void)snprintf(aside, sizeof(aside), "%s.aside", name);
	(void)alarm(20);
	for (;;) {
		if (rename(name, aside) < 0 || symlink(target, name) < 0 || unlink(name) < 0 ||
		    rename(aside, name) < 0)
			_exit(1);
	}
}

struct swap {
	const char *name, *target;
};

static const struct swap swaps[] = {{"ro", "victim"}, {"rw", "victim"}, {"mid", "outside"}};

/* Folders beside the box that the links lead to, and `mid/data` inside; gives its path. */
static void make_places(struct box *b, char up[600], char mid[600])
{
	(void)snprintf(up, 600, "%s.out", b->dir);
	(void)snprintf(mid, 600, "%s/mid/data", b->dir);
	ck_assert_int_eq(mkdir(up, 0755), 0);
	ck_assert_int_eq(chdir(up), 0);
	ck_assert_int_eq(mkdir("victim", 0755), 0);
	ck_assert_int_eq(mkdir("outside", 0755), 0);
	ck_assert_int_eq(mkdir("outside/data", 0755), 0);
	box_file("victim/passwd", "x");
	box_file("outside/data/passwd", "x");
	ck_assert_int_eq(chdir(b->dir), 0);
	ck_assert_int_eq(mkdir("mid", 0755), 0);
	ck_assert_int_eq(mkdir("mid/data", 0755), 0);
}

static void run_while_swapping(const struct swap *swap)
{
	CLEANUP(box_clear) struct box b;
	char up[600], mid[600], target[700];
	pid_t swapper = 0;

	box_init(&b, "race", NULL);
	make_places(&b, up, mid);
	b.roots[2] = (struct sandbox_root){.path = mid};
	b.plan.root_count = 3;
	b.plan.limits.wall_ms = 5000;
	(void)snprintf(target, sizeof(target), "%s/%s", up, swap->target);
	swapper = start_swapping(swap->name, target);
	if (box_run(&b) == 0) {
		box_has_not(&b, "stolen=ok");
		box_has_not(&b, "deep-stolen=ok");
		box_has(&b, "end");
	}
	kill(swapper, SIGKILL);
	(void)waitpid(swapper, NULL, 0);
	(void)snprintf(target, sizeof(target), "%s/victim/planted", up);
	ck_assert_int_lt(access(target, F_OK), 0);
	ck_assert_int_eq(chdir(".."), 0);
}

START_TEST(folder_that_is_swapped_for_a_link_leads_nowhere)
{
	for (int n = 0; n < 25; n++)
		run_while_swapping(&swaps[_i]);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("sandbox attacks");
	TCase *t = tcase_create("attacks");

	tcase_set_timeout(t, 40);
	tcase_add_loop_test(t, known_way_out_does_not_work, 0, (int)ARRAY_LEN(attacks));
	tcase_add_loop_test(t, no_program_with_its_owners_rights_is_left_on_the_host, 0, 2);
	tcase_add_test(t, stopped_program_ends_at_its_wall_time);
	tcase_add_loop_test(t, foreign_abi_ends_the_program, 0, 4);
	tcase_add_test(t, fork_bomb_is_counted_and_ends_with_its_box);
	tcase_add_test(t, threads_count_as_processes);
	tcase_add_loop_test(t, memory_of_children_is_counted_where_the_report_says_so, 0, 2);
	tcase_add_loop_test(
	    t, folder_that_is_swapped_for_a_link_leads_nowhere, 0, (int)ARRAY_LEN(swaps));
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}

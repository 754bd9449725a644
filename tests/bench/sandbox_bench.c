/* SPDX-License-Identifier: MIT */
/*
 * Times one static program: bare, under bwrap with everything unshared, and in our sandbox, all
 * interleaved in one run, because the machine drifts and only ratios hold. For the sandbox also
 * the part after `go`, which is what a user sees when it was built ahead.
 *
 *   sandbox_bench PROGRAM [ROUNDS]     (PROGRAM: absolute path of a static program)
 *
 * Root becomes an ordinary user first: that is who the sandbox is for, and bwrap does more then.
 */
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 2000
#define NOBODY 65534

enum series { BARE, BWRAP, SANDBOX, AFTER_GO, SERIES };

static const char *const names[SERIES] = {
    "spawn + exec", "bwrap --unshare-all", "sandbox, whole", "sandbox, after go"};

extern char **environ;

static double now_us(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fail(const char *what)
{
	(void)fprintf(stderr, "sandbox_bench: %s\n", what);
	exit(1);
}

static double spawn(const char *const *argv)
{
	double start = now_us();
	pid_t pid = 0;
	int status = 0;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		fail(argv[0]);
	return now_us() - start;
}

static double sandboxed(const char *program, int exec_fd, double *after_go)
{
	const char *argv[] = {program, NULL};
	const char *envp[] = {NULL};
	struct sandbox_root roots[] = {{.path = "/usr/lib"}};
	struct sandbox_plan plan = {.backend = SANDBOX_BACKEND_OS,
	    .roots = roots,
	    .root_count = 1,
	    .cwd = "/",
	    .exec_fd = exec_fd,
	    .argv = argv,
	    .envp = envp,
	    .limits = {.wall_ms = 5000, .cpu_ms = 5000, .mem_bytes = 64 << 20, .fds = 32}};
	struct sandbox_result result = {0};
	struct sandbox *box = NULL;
	struct err err = {0};
	double start = now_us();

	if (sandbox_prepare(&box, &plan, &err) < 0)
		fail(err.message);
	if (after_go != NULL) { /* the compiler would be at work here */
		(void)usleep(3000);
		start = now_us();
	}
	if (sandbox_run(box, &result, &err) < 0 || result.exit_status != 0)
		fail(err.message);
	if (after_go != NULL)
		*after_go = now_us() - start;
	sandbox_result_clear(&result);
	sandbox_free(box);
	return now_us() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double t[SERIES][ROUNDS_MAX];
	long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 200;
	int exec_fd = argc > 1 ? open(argv[1], O_PATH | O_CLOEXEC) : -1;

	if (exec_fd < 0 || rounds < 1 || rounds > ROUNDS_MAX)
		fail("usage: sandbox_bench PROGRAM [ROUNDS]");
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) < 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0))
		fail("cannot become an ordinary user");
	const char *bare[] = {argv[1], NULL};
	const char *bwrap[] = {"bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc",
	    "--dev", "/dev", argv[1], NULL};

	for (long i = 0; i < rounds; i++) {
		t[BARE][i] = spawn(bare);
		t[BWRAP][i] = spawn(bwrap);
		t[SANDBOX][i] = sandboxed(argv[1], exec_fd, NULL);
		(void)sandboxed(argv[1], exec_fd, &t[AFTER_GO][i]);
	}
	for (int s = 0; s < SERIES; s++)
		qsort(t[s], (size_t)rounds, sizeof(double), by_value);
	for (int s = 0; s < SERIES; s++)
		(void)fprintf(stdout,
		    "| %-20s | min %6.0f us | p50 %6.0f us | p90 %6.0f us | / bwrap %.3f |\n",
		    names[s], t[s][0], t[s][rounds / 2], t[s][rounds * 9 / 10],
		    t[s][rounds / 2] / t[BWRAP][rounds / 2]);
	return 0;
}

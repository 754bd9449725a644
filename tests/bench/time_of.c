/* SPDX-License-Identifier: MIT */
/*
 * time_of RUNS SETUP COMMAND ARGS..: runs SETUP in a shell, then the command, RUNS times; the
 * number of the run is in $RUN, the streams of the command go to /dev/null. Prints the median of
 * the wall time in milliseconds and the largest resident set of a process in KiB.
 */
#include "base/attr.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000

static double now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static NORETURN void fatal(const char *what, int status)
{
	(void)fprintf(stderr, "time_of: %s: status %d\n", what, status);
	exit(1);
}

static NORETURN void child(char **argv, bool quiet)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && quiet) {
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
	}
	(void)execvp(argv[0], argv);
	_exit(127);
}

/* Runs it; the largest resident set of any process so far comes back in @p rss. */
static double run(char **argv, bool quiet, long *rss)
{
	struct rusage usage = {0};
	double start = now_ms();
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		child(argv, quiet);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
		fatal(argv[0], status);
	if (usage.ru_maxrss > *rss)
		*rss = usage.ru_maxrss;
	return now_ms() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double times[RUNS_MAX];
	long runs = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	long rss = 0, ignored = 0;

	if (runs < 1 || runs > RUNS_MAX)
		fatal("wants RUNS SETUP COMMAND", 2);
	for (long i = 0; i < runs; i++) {
		char *setup[] = {(char[]){"sh"}, (char[]){"-ec"}, argv[2], NULL};
		char number[24];

		(void)snprintf(number, sizeof(number), "%ld", i);
		(void)setenv("RUN", number, 1);
		(void)run(setup, false, &ignored);
		times[i] = run(argv + 3, true, &rss);
	}
	qsort(times, (size_t)runs, sizeof(times[0]), by_size);
	(void)printf("%.1f %ld\n", times[runs / 2], rss);
	return 0;
}

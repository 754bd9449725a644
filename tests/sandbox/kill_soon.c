/* SPDX-License-Identifier: MIT */
/*
 * kill_soon SIGNAL COUNT SEED COMMAND ARGS..: start the command and send it the signal after 0 to
 * 15 ms, COUNT times. All its descendants become ours when their parent dies, so what is left
 * shows. Exit status 1 when something outlived a kill.
 */
#include "base/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LATEST_NS 15000000
#define PAUSE_NS 200000
#define PATIENCE 25000 /* pauses */

static void pause_ns(long ns)
{
	const struct timespec t = {.tv_nsec = ns};

	(void)nanosleep(&t, NULL);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 0);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* Processes that are ours by now, killed. */
static void kill_left(void)
{
	char text[4096], path[64];
	int fd;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	(void)fprintf(stderr, "  left: %s\n", text);
	for (char *at = text, *end; *at != '\0'; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		(void)kill((pid_t)pid, SIGKILL);
	}
}

/* @return false when something lives on. */
static bool all_end(void)
{
	bool killed = false;

	for (int i = 0;; i++) {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);

		if (pid < 0 && errno == ECHILD)
			return !killed;
		if (pid > 0)
			continue;
		if (i >= PATIENCE && !killed) {
			kill_left();
			killed = true;
		}
		pause_ns(PAUSE_NS);
	}
}

int main(int argc, char **argv)
{
	int sig = argc > 4 ? (int)strtol(argv[1], NULL, 10) : 0;
	long count = argc > 4 ? strtol(argv[2], NULL, 10) : 0;
	unsigned seed = argc > 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	long bad = 0;

	if (sig < 1 || count < 1 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
		(void)fprintf(stderr, "kill_soon SIGNAL COUNT SEED COMMAND ARGS..\n");
		return 125;
	}
	for (long i = 0; i < count; i++) {
		pid_t pid = start(argv + 4);

		if (pid < 0)
			return 125;
		pause_ns(rand_r(&seed) % (LATEST_NS + 1));
		(void)kill(pid, sig);
		bad += !all_end();
	}
	(void)printf("signal %d: %ld starts, %ld left something behind\n", sig, count, bad);
	return bad == 0 ? 0 : 1;
}

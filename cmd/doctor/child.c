/* SPDX-License-Identifier: MIT */
/* Another program of ours, run to its end for what it prints. */
#include "cmd/doctor/child.h"

#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int spawn(pid_t *pid, int out, const char *program, const char *const *argv, struct err *err)
{
	return spawn_start(pid,
	    &(struct spawn_options){.program = program,
		.argv = argv,
		.env = (const char *const *)environ,
		.places = {{out, STDOUT_FILENO}},
		.place_count = 1},
	    err);
}

/* Until the other end is closed. @return false when time is up. */
static bool drain(struct buf *out, int fd, int timeout_ms)
{
	const int64_t end = now_ms() + timeout_ms;
	char block[4096];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = end - now_ms();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return false;
		n = read(fd, block, sizeof(block));
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return true;
		if (n > 0)
			buf_add(out, block, (size_t)n);
	}
}

int doctor_child(int *status, struct buf *out, const char *program, const char *const *argv,
    int timeout_ms, struct err *err)
{
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	int fds[2], how = 0, rc;
	bool done;
	pid_t pid = 0;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, ERR_IO, "pipe");
	from = fds[0];
	to = fds[1];
	rc = spawn(&pid, to, program, argv, err);
	if (rc < 0)
		return rc;
	base_close_fd(&to);
	to = -1;
	done = drain(out, from, timeout_ms);
	if (!done)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		continue;
	if (!done)
		return err_set(
		    err, ERR_IO, "%s did not end within %d s", program, timeout_ms / 1000);
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return 0;
}

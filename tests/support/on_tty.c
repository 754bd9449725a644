/* SPDX-License-Identifier: MIT */
/*
 * on_tty COMMAND ARGS..: runs a command whose standard streams are a terminal of 100 columns, and
 * copies what it prints. Exit status: the command's own.
 */
#include "base/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(int master, char **argv)
{
	const struct winsize size = {.ws_row = 24, .ws_col = 100};
	const char *name = ptsname(master);
	int tty;

	(void)setsid();
	tty = name != NULL ? open(name, O_RDWR) : -1;
	if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) < 0 || ioctl(tty, TIOCSWINSZ, &size) < 0 ||
	    dup2(tty, 0) < 0 || dup2(tty, 1) < 0 || dup2(tty, 2) < 0)
		_exit(125);
	(void)close(master);
	(void)execvp(argv[0], argv);
	_exit(127);
}

/* Until nobody has the terminal any more: reading fails with EIO then. */
static void copy(int master)
{
	char text[4096];
	ssize_t n;

	while ((n = read(master, text, sizeof(text))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0 && fwrite(text, 1, (size_t)n, stdout) != (size_t)n)
			break;
	}
}

int main(int argc, char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int status = 0;
	pid_t pid;

	if (argc < 2 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) {
		perror("on_tty");
		return 125;
	}
	pid = fork();
	if (pid == 0)
		child(master, argv + 1);
	copy(master);
	(void)fflush(stdout);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

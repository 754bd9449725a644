/* SPDX-License-Identifier: MIT */
/*
 * Commands that are another program. Packages need libraries (archives, networks, signatures) whose
 * loading alone would cost every `x07 run` milliseconds, so they live in lib/x07/x07-pkg, which
 * gets the same arguments.
 */
#include "cmd/delegate.h"

#include "base/file.h"
#include "base/spawn.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(pid_t *pid, const char *program, char *const *argv, int out, struct err *err)
{
	struct err why = {0};
	/* Standard input is the program's that is about to run. */
	int rc = spawn_start(pid,
	    &(struct spawn_options){.program = program,
		.argv = (const char *const *)argv,
		.env = (const char *const *)environ,
		.places = {{out, STDOUT_FILENO}, {STDERR_FILENO, STDERR_FILENO}},
		.place_count = 2},
	    &why);

	return rc < 0 ? err_set(err, rc, "%s; is x07 installed completely?", why.message) : 0;
}

int delegate_ask(struct buf *out, int *status, char *const *argv, struct err *err)
{
	AUTO_FREE char *program = NULL;
	AUTO_CLOSE int fd = memfd_create("x07-pkg", MFD_CLOEXEC);
	int rc = spawn_find(&program, "x07-pkg", err);
	int wait_status = 0;
	pid_t pid = 0;

	if (rc == 0 && fd < 0)
		rc = err_sys(err, ERR_IO, "memfd");
	if (rc == 0)
		rc = spawn(&pid, program, argv, fd, err);
	if (rc < 0)
		return rc;
	while (waitpid(pid, &wait_status, 0) < 0) {
		if (errno != EINTR)
			return err_sys(err, ERR_IO, "%s", program);
	}
	*status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, "memfd");
	return file_read_fd(out, fd, "x07-pkg", err);
}

int cmd_delegate_pkg(const struct cmd_call *call)
{
	AUTO_FREE char *program = NULL;
	struct err err = {0};
	int rc = spawn_find(&program, "x07-pkg", &err);

	if (rc == 0) {
		(void)execv(program, call->argv);
		(void)err_set(&err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", program,
		    strerror(errno));
	}
	return print_err(call, &err, "is x07 installed completely?");
}

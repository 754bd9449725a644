/* SPDX-License-Identifier: MIT */
/* run_forever GUEST [ARG]: a program that may start processes in a sandbox with cgroups, no end. */
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	const char *const guest[] = {"guest", argc > 2 ? argv[2] : NULL, NULL};
	const char *const none[] = {NULL};
	struct sandbox_plan plan = {.backend = SANDBOX_BACKEND_OS,
	    .cwd = "/",
	    .allow_spawn = true,
	    .exec_fd = argc > 1 ? open(argv[1], O_PATH | O_CLOEXEC) : -1,
	    .argv = guest,
	    .envp = none,
	    .limits = {.mem_bytes = 256u << 20, .fds = 64, .procs = 16, .stdout_max = 4096}};
	struct sandbox_result result = {0};
	struct sandbox *box = NULL;
	struct err err = {0};
	int rc = sandbox_prepare(&box, &plan, &err);

	if (rc == 0)
		rc = sandbox_run(box, &result, &err);
	if (rc < 0)
		(void)fprintf(stderr, "run_forever: %s\n", err.message);
	if (box != NULL)
		sandbox_free(box);
	sandbox_result_clear(&result);
	return rc < 0 ? 1 : 0;
}

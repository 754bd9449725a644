/* SPDX-License-Identifier: MIT */
/*
 * Commands that are another program. Packages need libraries (archives, networks, signatures) whose
 * loading alone would cost every `x07 run` milliseconds, so they live in lib/x07/x07-pkg, which
 * gets the same arguments.
 */
#include "cmd/cmd.h"

#include "base/path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int delegate_path(char **out, const char *name, struct err *err)
{
	AUTO_FREE char *here = NULL;
	AUTO_FREE char *prefix = NULL;
	AUTO_FREE char *beside = NULL;
	AUTO_FREE char *dir = NULL;
	int rc = path_self_dir(&here, err);

	if (rc < 0)
		return rc;
	/* From <prefix>/bin, or from <prefix>/lib/x07 itself. */
	beside = path_join(here, name);
	if (access(beside, X_OK) == 0) {
		*out = TAKE(beside);
		return 0;
	}
	prefix = path_dirname(here);
	dir = path_join(prefix, "lib/x07");
	*out = path_join(dir, name);
	return 0;
}

int cmd_delegate_pkg(const struct cmd_call *call)
{
	AUTO_FREE char *program = NULL;
	struct err err = {0};
	int rc = delegate_path(&program, "x07-pkg", &err);

	if (rc == 0) {
		(void)execv(program, call->argv);
		rc = err_set(&err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", program,
		    strerror(errno));
	}
	return print_err(call, &err, "is x07 installed completely?");
}

/* SPDX-License-Identifier: MIT */
/* Helper programs are found relative to the running one, so that a moved prefix still works. */
#include "base/helper.h"

#include "base/path.h"

#include <unistd.h>

int helper_path(char **out, const char *name, struct err *err)
{
	AUTO_FREE char *here = NULL;
	AUTO_FREE char *beside = NULL;
	AUTO_FREE char *prefix = NULL;
	AUTO_FREE char *dir = NULL;
	int rc = path_self_dir(&here, err);

	if (rc < 0)
		return rc;
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

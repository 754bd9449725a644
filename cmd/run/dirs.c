/* SPDX-License-Identifier: MIT */
/* Our own folders: the standard library and the runtime stand beside the executable. */
#include "cmd/run/dirs.h"

#include "base/path.h"

int run_dirs_find(struct run_dirs *out, struct err *err)
{
	AUTO_FREE char *bin = NULL;
	AUTO_FREE char *prefix = NULL;
	int rc = path_self_dir(&bin, err);

	if (rc < 0)
		return rc;
	prefix = path_dirname(bin);
	out->std_root = path_join(prefix, "share/x07/std");
	out->rt_dir = path_join(prefix, "lib/x07/rt");
	return 0;
}

void run_dirs_clear(struct run_dirs *dirs)
{
	base_free_ptr(&dirs->std_root);
	base_free_ptr(&dirs->rt_dir);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg sync`: .x07/deps becomes what the lock says. When it is already, every file has been
 * hashed to know, and nothing is written, so that it works in a folder that cannot be written.
 * Source: docs/cmd/pkg-sync.md.
 */
#include "cmd/pkg_work.h"

int cmd_pkg_sync(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_sync(&w, call, &err);

	if (rc >= 0)
		pkg_work_report_done(&w, rc > 0 ? "nothing to do for" : "installed");
	return pkg_work_finish(&w, rc < 0 ? rc : 0, &err);
}

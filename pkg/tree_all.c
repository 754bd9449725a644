/* SPDX-License-Identifier: MIT */
/* Many trees at once, on all processors. */
#include "pkg/tree_all.h"

#include "base/parallel.h"
#include "pkg/tree.h"

static void scan_one(void *ctx, uint32_t i)
{
	struct pkg_tree_job *job = (struct pkg_tree_job *)ctx + i;

	job->rc = pkg_tree_scan(&job->tree, job->dirfd, &job->err);
}

void pkg_tree_scan_all(struct pkg_tree_job *jobs, uint32_t count)
{
	parallel_for(count, scan_one, jobs);
}

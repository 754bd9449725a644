/* SPDX-License-Identifier: MIT */
/* The steps from a choice to files on the disk, in the one order in which they are safe. */
#include "cmd/pkg/sync.h"

#include "cmd/pkg/ask.h"
#include "cmd/pkg/compare.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg/prune.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg/write.h"

int pkg_sync_items(const struct pkg_task *task, struct pkg_items *items, struct err *err)
{
	struct pkg_project *project = task->project;
	int rc = pkg_ask_index_if_online(items, task->supply, err);

	if (rc == 0)
		rc = pkg_scan(items->list, items->count, project, err);
	if (rc == 0)
		rc = pkg_install(items, project, task->supply, err);
	if (rc == 0)
		rc = pkg_compare_lock(items, project, err);
	if (rc == 0)
		rc = pkg_write_both(task, items, err);
	if (rc < 0)
		return rc;
	pkg_prune(project, items);
	pkg_ask_warn(items, project->notes);
	return 0;
}

int pkg_sync(struct pkg_items *out, struct pkg_conflict *conflict, const struct pkg_task *task,
    const struct pkg_change *change, struct err *err)
{
	int rc = pkg_choose(out, conflict, task, change, err);

	return rc < 0 ? rc : pkg_sync_items(task, out, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg vendor`: the locked packages become files of the project, in a folder that is committed.
 * Source: docs/cmd/pkg-vendor.md.
 */
#include "cmd/pkg/vendor.h"

#include "cmd/pkg_work.h"

#define FOLDER_DEFAULT "vendor"

static void report(struct pkg_work *w, const char *folder, const bool *moved)
{
	struct jsonw *j = &w->report.w;
	uint32_t n = 0;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "lockfile", pkg_project_lock_name(&w->project));
	jsonw_kv_string(j, "folder", folder);
	jsonw_key(j, "vendored");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];

		if (!moved[i])
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_kv_string(j, "tree_sha256", item->tree_sha);
		jsonw_end_object(j);
		n++;
	}
	jsonw_end_array(j);
	pkg_report_close(&w->report);
	if (n == 0 && w->items.count > 0) {
		notes_say(&w->notes,
		    "nothing to copy: all packages are in folders of the project already, as "
		    "%s@%s in %s",
		    w->items.list[0].name, w->items.list[0].version, w->items.list[0].path);
		return;
	}
	buf_printf(&w->report.text, "%u package%s now in %s/: commit it with x07.json and %s\n", n,
	    n == 1 ? " is" : "s are", folder, pkg_project_lock_name(&w->project));
}

int cmd_pkg_vendor(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const char *folder = call->args.operand_count > 0 ? call->args.operands[0] : FOLDER_DEFAULT;
	AUTO_FREE bool *moved = NULL;
	struct err err = {0};
	int rc = pkg_work_open_project(&w, call, PKG_TXN_WRITE, &err);

	if (rc == 0) {
		const struct pkg_task task = pkg_work_task(&w);

		rc = pkg_vendor(&moved, &w.items, &task, folder, &err);
	}
	if (rc == 0)
		report(&w, folder, moved);
	return pkg_work_finish(&w, rc, &err);
}

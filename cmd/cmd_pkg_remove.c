/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg remove NAME`: with --sync also what only it needed goes. A package that another one
 * still needs stays, and the report says so. Source: docs/spec/packages.md 8 and 12, row 14.
 */
#include "cmd/pkg/near.h"
#include "cmd/pkg/sync.h"
#include "cmd/pkg/write.h"
#include "cmd/pkg_work.h"

#include <string.h>

static int write_removal(struct pkg_work *w, const char *name, struct err *err)
{
	const struct pkg_edit edit = {.name = name};

	return pkg_write_edit(&w->project, &edit, err);
}

static bool stays(const struct pkg_work *w, const char *name)
{
	return pkg_items_find(&w->items, name) != NULL;
}

static int remove_package(struct pkg_work *w, const char *name, struct err *err)
{
	const struct pkg_change change = {.remove = name};
	const struct pkg_task task = pkg_work_task(w);

	if (pkg_project_dependency(&w->project, name) == NULL)
		return pkg_near_no_dependency(err, &w->project, name);
	return w->o->sync ? pkg_sync(&w->items, &w->conflict, &task, &change, err)
			  : write_removal(w, name, err);
}

/* In the manifest as it was and no longer among the items. */
static void report_pruned(struct pkg_work *w, const char *name)
{
	struct jsonw *j = &w->report.w;
	const struct pkg_manifest *m = &w->project.m;

	jsonw_key(j, "pruned");
	jsonw_array(j);
	for (uint32_t i = 0; i < m->dependency_count; i++) {
		const struct pkg_dependency *d = &m->dependencies[i];

		if (strcmp(d->name, name) == 0 || stays(w, d->name))
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", d->name);
		jsonw_kv_string(j, "version", d->version);
		jsonw_end_object(j);
		buf_printf(&w->report.text, "  and %s@%s\n", d->name, d->version);
	}
	jsonw_end_array(j);
}

static bool needed_by_others(const struct pkg_work *w, const char *name)
{
	const struct pkg_lock_entry *e = pkg_project_locked(&w->project, name);

	return e != NULL && e->has_direct && !e->direct;
}

static void report(struct pkg_work *w, const char *name)
{
	struct jsonw *j = &w->report.w;
	bool still = w->o->sync && stays(w, name);

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "name", name);
	jsonw_key(j, "removed");
	jsonw_bool(j, !still);
	if (still)
		buf_printf(&w->report.text, "%s is needed by another package and stays\n", name);
	else
		buf_printf(&w->report.text, "removed %s%s\n", name,
		    w->o->sync ? "" : " from x07.json; `x07 pkg lock` does the rest");
	if (w->o->sync) {
		report_pruned(w, name);
		jsonw_key(j, "lock");
		jsonw_object(j);
		pkg_work_report_lock(w);
		jsonw_end_object(j);
	}
	pkg_report_close(&w->report);
	if (!w->o->sync && needed_by_others(w, name))
		notes_say(&w->notes,
		    "%s is locked as what others need, and `x07 pkg lock` brings it back; `x07 pkg "
		    "tree` says who needs it",
		    name);
}

int cmd_pkg_remove(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const char *name = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	struct err err = {0};
	int rc;

	if (name == NULL)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open_project(&w, call, PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = remove_package(&w, name, &err);
	if (rc == 0)
		report(&w, name);
	return pkg_work_finish(&w, rc, &err);
}

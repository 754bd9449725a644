/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg remove NAME`: with --sync also what only it needed goes. A package that another one
 * still needs stays, and the report says so. Source: spec packages 8 and 12, row 14.
 */
#include "cmd/pkg/work.h"
#include "pkg/edit.h"

#include <string.h>

static int write_removal(struct pkg_work *w, const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_MANIFEST_MAX_BYTES);
	const struct pkg_edit edit = {.name = name};
	struct pkg_project *p = &w->project;
	int rc = pkg_edit_apply(&text, p->text.data, p->text.len, &edit, 1, err);

	if (rc == 0)
		rc = pkg_txn_put(p->txn, pkg_project_manifest_name(p), text.data, text.len, err);
	return rc < 0 ? rc : pkg_txn_commit(NULL, p->txn, err);
}

static bool stays(const struct pkg_work *w, const char *name)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (strcmp(w->items[i].name, name) == 0)
			return true;
	}
	return false;
}

static int remove_package(struct pkg_work *w, const char *name, struct err *err)
{
	const struct pkg_change change = {.remove = name};

	if (pkg_project_dependency(&w->project, name) == NULL)
		return pkg_no_dependency(err, w, name);
	return w->o->sync ? pkg_sync_all(w, &change, err) : write_removal(w, name, err);
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
		pkg_report_lock(j, w);
		jsonw_end_object(j);
	}
	pkg_report_close(&w->report);
	if (!w->o->sync && needed_by_others(w, name) && !w->o->quiet)
		print_note(w->call,
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

	if (name == NULL) {
		pkg_work_init(&w, call);
		rc = err_set(&err, ERR_USAGE, "which package?");
		return pkg_work_finish(&w, rc, &err);
	}
	rc = pkg_work_open(&w, call, true, PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = remove_package(&w, name, &err);
	if (rc == 0)
		report(&w, name);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg update [NAME..]`: the one command that replaces what is locked. Source:
 * docs/cmd/pkg-update.md.
 */
#include "cmd/pkg/near.h"
#include "cmd/pkg/sync.h"
#include "cmd/pkg_work.h"

#include <string.h>

static int check_names(const struct pkg_work *w, struct err *err)
{
	const struct parsed *args = &w->call->args;

	for (size_t i = 0; i < args->operand_count; i++) {
		if (pkg_project_dependency(&w->project, args->operands[i]) == NULL)
			return pkg_near_no_dependency(err, &w->project, args->operands[i]);
	}
	return 0;
}

static void put_change(struct pkg_work *w, const char *name, const char *from, const char *to)
{
	struct jsonw *j = &w->report.w;

	jsonw_object(j);
	jsonw_kv_string(j, "name", name);
	jsonw_kv_string(j, "from_version", from);
	jsonw_kv_string(j, "to_version", to);
	jsonw_end_object(j);
	buf_printf(&w->report.text, "%s %s -> %s\n", name, from != NULL ? from : "(none)",
	    to != NULL ? to : "(removed)");
}

static void report(struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;
	const struct pkg_manifest *m = &w->project.m;

	pkg_report_open(&w->report);
	jsonw_kv_bool(j, "dry_run", w->o->dry_run);
	jsonw_key(j, "updated");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];
		const struct pkg_dependency *d = pkg_project_dependency(&w->project, item->name);

		if (d == NULL || strcmp(d->version, item->version) != 0)
			put_change(w, item->name, d != NULL ? d->version : NULL, item->version);
	}
	for (uint32_t i = 0; i < m->dependency_count; i++) {
		if (pkg_items_find(&w->items, m->dependencies[i].name) == NULL)
			put_change(w, m->dependencies[i].name, m->dependencies[i].version, NULL);
	}
	jsonw_end_array(j);
	jsonw_key(j, "lock");
	jsonw_object(j);
	pkg_work_report_lock(w);
	jsonw_end_object(j);
	pkg_report_close(&w->report);
	if (w->report.text.len == 0)
		buf_puts(&w->report.text, "everything is the highest version already\n");
}

static int update(struct pkg_work *w, struct err *err)
{
	const struct parsed *args = &w->call->args;
	const struct pkg_task task = pkg_work_task(w);
	const struct pkg_change change = {.update = args->operands,
	    .update_count = (uint32_t)args->operand_count,
	    .update_all = args->operand_count == 0};
	int rc = check_names(w, err);

	if (rc < 0)
		return rc;
	return w->o->dry_run ? pkg_choose(&w->items, &w->conflict, &task, &change, err)
			     : pkg_sync(&w->items, &w->conflict, &task, &change, err);
}

int cmd_pkg_update(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const struct pkg_options *o = call->options;
	struct err err = {0};
	int rc = pkg_work_open_project(&w, call, o->dry_run ? PKG_TXN_READ : PKG_TXN_WRITE, &err);

	if (rc == 0)
		rc = update(&w, &err);
	if (rc == 0)
		report(&w);
	return pkg_work_finish(&w, rc, &err);
}

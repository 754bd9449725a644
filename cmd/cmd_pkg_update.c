/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg update [NAME..]`: the one command that replaces what is locked. Source:
 * docs/cmd/pkg-update.md.
 */
#include "cmd/pkg/work.h"

#include <string.h>

static int check_names(const struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	for (size_t i = 0; i < call->args.operand_count; i++) {
		if (pkg_project_dependency(&w->project, call->args.operands[i]) == NULL)
			return pkg_no_dependency(err, w, call->args.operands[i]);
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
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_item *item = &w->items[i];
		const struct pkg_dependency *d = pkg_project_dependency(&w->project, item->name);

		if (d == NULL || strcmp(d->version, item->version) != 0)
			put_change(w, item->name, d != NULL ? d->version : NULL, item->version);
	}
	for (uint32_t i = 0; i < m->dependency_count; i++) {
		bool there = false;

		for (uint32_t k = 0; k < w->count; k++)
			there = there || strcmp(w->items[k].name, m->dependencies[i].name) == 0;
		if (!there)
			put_change(w, m->dependencies[i].name, m->dependencies[i].version, NULL);
	}
	jsonw_end_array(j);
	jsonw_key(j, "lock");
	jsonw_object(j);
	pkg_report_lock(j, w);
	jsonw_end_object(j);
	pkg_report_close(&w->report);
	if (w->report.text.len == 0)
		buf_puts(&w->report.text, "everything is the highest version already\n");
}

int cmd_pkg_update(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const struct pkg_options *o = call->options;
	const struct pkg_change change = {.update = call->args.operands,
	    .update_count = (uint32_t)call->args.operand_count,
	    .update_all = call->args.operand_count == 0};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, true, o->dry_run ? PKG_TXN_READ : PKG_TXN_WRITE, &err);

	if (rc == 0)
		rc = check_names(&w, call, &err);
	if (rc == 0)
		rc = o->dry_run ? pkg_items_resolve(&w, &change, &err)
				: pkg_sync_all(&w, &change, &err);
	if (rc == 0)
		report(&w);
	return pkg_work_finish(&w, rc, &err);
}

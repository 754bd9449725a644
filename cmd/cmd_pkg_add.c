/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg add NAME[@VERSION]` and `x07 pkg add CAPABILITY`. Source:
 * docs/cmd/pkg-add.md.
 */
#include "cmd/pkg/add.h"
#include "cmd/pkg_work.h"

#include <string.h>

static void report_transitive(const struct pkg_added *a, struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;

	jsonw_key(j, "transitive_added");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];

		if (strcmp(item->name, a->name) == 0 ||
		    pkg_project_dependency(&w->project, item->name) != NULL)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_end_object(j);
		buf_printf(&w->report.text, "  with %s@%s\n", item->name, item->version);
	}
	jsonw_end_array(j);
}

static void report(const struct pkg_added *a, struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "name", a->name);
	jsonw_kv_string(j, "version", a->version);
	jsonw_kv_string(j, "path", a->path);
	if (a->capability != NULL)
		jsonw_kv_string(j, "capability", a->capability);
	buf_printf(&w->report.text, "added %s@%s%s\n", a->name, a->version,
	    w->o->sync ? "" : " to x07.json; `x07 pkg lock` installs it");
	if (w->o->sync) {
		jsonw_key(j, "lock");
		jsonw_object(j);
		pkg_work_report_lock(w);
		jsonw_end_object(j);
	}
	if (w->o->sync || w->o->with_closure)
		report_transitive(a, w);
	pkg_report_close(&w->report);
}

static int add(struct pkg_added *a, struct pkg_work *w, struct err *err)
{
	const struct pkg_task task = pkg_work_task(w);
	const struct pkg_wish wish = {.spec = w->call->args.operands[0],
	    .path = w->o->path,
	    .sync = w->o->sync,
	    .closure = w->o->with_closure};

	return pkg_add(a, &w->items, &w->conflict, &task, &wish, err);
}

int cmd_pkg_add(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct pkg_added a = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(
		    call, "which package? NAME, NAME@VERSION or a capability");
	rc = pkg_work_open_project(&w, call, PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = add(&a, &w, &err);
	if (rc == 0)
		report(&a, &w);
	return pkg_work_finish(&w, rc, &err);
}

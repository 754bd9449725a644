/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg repair`: locked packages that do not go with this compiler are replaced by versions that
 * do. Source: docs/cmd/pkg-repair.md.
 */
#include "cmd/codes.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg/repair.h"
#include "cmd/pkg/toolchain.h"
#include "cmd/pkg_work.h"
#include "pkg/codes.h"
#include "pkg/version.h"

#include <stdio.h>
#include <string.h>

static int check_toolchain(const char *name, struct err *err)
{
	struct pkg_version v;
	struct err ignored = {0};

	if (name == NULL || strcmp(name, "current") == 0 || strcmp(name, PKG_X07C_VERSION) == 0)
		return 0;
	if (pkg_version_parse(&v, str_c(name), &ignored) < 0)
		return err_code(err, ERR_PKG, CMD_CODE(REPAIR_TOOLCHAIN_INVALID),
		    "--toolchain \"%s\": `current` is wanted", name);
	return err_code(err, ERR_PKG, CMD_CODE(REPAIR_TOOLCHAIN_UNSUPPORTED),
	    "--toolchain %s: this x07 knows the compiler %s only; `current`", name,
	    PKG_X07C_VERSION);
}

/* The codes of the reference for what can be wrong with a lock. */
static int with_code(struct err *err)
{
	const struct code *const codes[][2] = {
	    {PKG_ENGINE_CODE(LOCK_MISSING), CMD_CODE(REPAIR_LOCK_MISSING)},
	    {PKG_CODE(LOCK_MISMATCH), CMD_CODE(REPAIR_LOCK_INVALID)},
	    {PKG_CODE(LOCK_READ), CMD_CODE(REPAIR_LOCK_INVALID)},
	    {PKG_CODE(LOCK_PARSE), CMD_CODE(REPAIR_LOCK_INVALID)},
	    {PKG_CODE(LOCK_SCHEMA), CMD_CODE(REPAIR_LOCK_INVALID)},
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (!err_is(err, codes[i][0]))
			continue;
		err->code = ERR_PKG;
		err->what = codes[i][1];
		break;
	}
	return err->code;
}

static int repair(struct pkg_repair *r, struct pkg_work *w, struct err *err)
{
	const struct pkg_task task = pkg_work_task(w);
	int rc = pkg_repair_find(r, &task, err);

	if (rc < 0 || r->count == 0)
		return rc;
	return pkg_repair(&w->items, &w->conflict, r, &task, err);
}

static void report(struct pkg_work *w, const struct pkg_repair *r)
{
	struct pkg_report *out = &w->report;

	pkg_report_open(out);
	pkg_work_report_lock(w);
	jsonw_kv_string(&out->w, "toolchain", "current");
	jsonw_key(&out->w, "repaired");
	jsonw_array(&out->w);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct pkg_item *item = pkg_items_find(&w->items, r->wants[i].name);
		const char *to = item != NULL ? item->version : NULL;

		jsonw_object(&out->w);
		jsonw_kv_string(&out->w, "name", r->wants[i].name);
		jsonw_kv_string(&out->w, "from_version", r->from[i]);
		jsonw_kv_string(&out->w, "to_version", to);
		jsonw_end_object(&out->w);
		buf_printf(&out->text, "%s %s -> %s\n", r->wants[i].name, r->from[i],
		    to != NULL ? to : "(no longer needed)");
	}
	jsonw_end_array(&out->w);
	pkg_report_close(out);
	if (r->count == 0)
		buf_printf(
		    &out->text, "every locked package goes with x07c %s\n", PKG_X07C_VERSION);
}

int cmd_pkg_repair(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(pkg_repair_clear) struct pkg_repair r = {0};
	struct err err = {0};
	int rc = pkg_work_open_project(&w, call, PKG_TXN_WRITE, &err);

	if (rc == 0)
		rc = check_toolchain(w.o->toolchain, &err);
	if (rc == 0)
		rc = pkg_locked_require(&w.project, &err);
	if (rc < 0)
		rc = with_code(&err);
	if (rc == 0)
		rc = repair(&r, &w, &err);
	if (rc == 0)
		report(&w, &r);
	return pkg_work_finish(&w, rc, &err);
}

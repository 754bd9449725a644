/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg lock`. --check reads only; --frozen installs what is locked and writes neither file.
 * Source: docs/cmd/pkg-lock.md.
 */
#include "base/near.h"
#include "cmd/codes.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg/sync.h"
#include "cmd/pkg_work.h"

static bool is_version(const char *text)
{
	return text == NULL || near_is_choice("0.3|0.4", text);
}

static int bad_version(const char *text, struct err *err)
{
	return err_code(err, ERR_PKG, CMD_CODE(LOCK_VERSION_INVALID),
	    "lock version '%s': there are 0.3 and 0.4", text);
}

static int lock(struct pkg_work *w, struct err *err)
{
	const struct pkg_change change = {0};
	const struct pkg_locked_check how = {
	    .allow_yanked = w->o->allow_yanked, .allow_advisories = w->o->allow_advisories};
	const struct pkg_task task = pkg_work_task(w);

	if (!is_version(w->o->lock_version))
		return bad_version(w->o->lock_version, err);
	return w->o->check ? pkg_locked_check(&w->items, &task, &how, err)
			   : pkg_sync(&w->items, &w->conflict, &task, &change, err);
}

int cmd_pkg_lock(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const struct pkg_options *o = call->options;
	struct err err = {0};
	int rc;

	/* The work of sync, which also knows how to write nothing where nothing is to be done. */
	if (o->frozen && is_version(o->lock_version)) {
		rc = pkg_work_sync(&w, call, &err);
		if (rc >= 0)
			pkg_work_report_done(&w, rc > 0 ? "nothing to do for" : "installed");
		return pkg_work_finish(&w, rc < 0 ? rc : 0, &err);
	}
	rc = pkg_work_open_project(&w, call, o->check ? PKG_TXN_READ : PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = lock(&w, &err);
	if (rc == 0)
		pkg_work_report_done(&w, o->check ? "checked" : "locked");
	return pkg_work_finish(&w, rc, &err);
}

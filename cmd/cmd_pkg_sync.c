/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg sync`: .x07/deps becomes what the lock says. When it is already, every file has been
 * hashed to know, and nothing is written, so that it works in a folder that cannot be written.
 * Source: docs/cmd/pkg-sync.md.
 */
#include "cmd/cmd_pkg_lock.h"

static bool all_present(const struct pkg_work *w)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (!w->items[i].local && !w->items[i].present)
			return false;
	}
	return true;
}

/* @return 1 when nothing is to be done. */
static int look(struct pkg_work *w, struct err *err)
{
	struct err why = {0};
	int rc;

	if (!pkg_lock_fits(&w->project, &why))
		return w->o->frozen ? pkg_require_lock(w, err) : 0;
	pkg_items_from_lock(w);
	rc = pkg_items_scan(w, err);
	if (rc < 0 || !all_present(w))
		return rc;
	rc = pkg_items_compare_lock(w, err);
	if (rc == 0) /* and goes with this compiler, as when it was installed */
		rc = pkg_items_read_metas(w, err);
	return rc < 0 ? rc : 1;
}

static int sync_project(struct pkg_work *w, struct err *err)
{
	const struct pkg_change change = {0};
	struct err why = {0};

	if (!pkg_lock_fits(&w->project, &why))
		return w->o->frozen ? pkg_require_lock(w, err) : pkg_sync_all(w, &change, err);
	pkg_items_from_lock(w);
	return pkg_install_locked(w, err);
}

int cmd_pkg_sync(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, true, PKG_TXN_READ, &err);

	if (rc == 0)
		rc = look(&w, &err);
	if (rc == 0) {
		pkg_work_clear(&w);
		rc = pkg_work_open(&w, call, true, PKG_TXN_WRITE, &err);
		if (rc == 0)
			rc = sync_project(&w, &err);
	}
	if (rc >= 0)
		pkg_finish_lock(&w, rc > 0 ? "nothing to do for" : "installed");
	return pkg_work_finish(&w, rc < 0 ? rc : 0, &err);
}

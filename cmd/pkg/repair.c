/* SPDX-License-Identifier: MIT */
/*
 * Locked packages that do not go with this compiler are replaced by versions that do, of the same
 * major version (of 0.x: the same minor one, then any 0.y). What else is locked stays where it can.
 * Source: docs/cmd/pkg-repair.md.
 */
#include "cmd/pkg/repair.h"

#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg/sync.h"
#include "cmd/pkg/toolchain.h"
#include "pkg/codes.h"

#include <stdio.h>
#include <string.h>

void pkg_repair_clear(struct pkg_repair *r)
{
	base_free_ptr(&r->wants);
	base_free_ptr(&r->from);
	base_free_ptr(&r->direct);
	*r = (struct pkg_repair){0};
}

/* Versions that users of @p version may expect to work. */
static const char *band(struct arena *a, const char *version, bool any_minor)
{
	unsigned major = 0, minor = 0;

	if (sscanf(version, "%9u.%9u.", &major, &minor) != 2)
		return version;
	if (major == 0 && !any_minor)
		return arena_printf(a, ">=0.%u.0 <0.%u.0", minor, minor + 1);
	return arena_printf(a, ">=%u.0.0 <%u.0.0", major, major + 1);
}

static int note(
    struct pkg_repair *r, const struct pkg_task *t, const struct pkg_item *item, struct err *err)
{
	const struct json *patch = pkg_project_patch(t->project, item->name);

	if (patch != NULL && json_get(patch, "path") != NULL)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(REPAIR_PATCHED_PATH_INCOMPATIBLE),
		    "package %s@%s does not go with x07c %s, and `patch` in x07.json says where it "
		    "is: %s",
		    item->name, item->version, PKG_X07C_VERSION, item->path);
	if (patch != NULL && json_get(patch, "version") != NULL)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(REPAIR_NO_COMPATIBLE_VERSION),
		    "package %s@%s does not go with x07c %s, and `patch` in x07.json forces it; "
		    "name "
		    "another version there, or remove it",
		    item->name, item->version, PKG_X07C_VERSION);
	if (item->local)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(REPAIR_LOCAL_INCOMPATIBLE),
		    "package %s@%s does not go with x07c %s, and is yours to change: %s",
		    item->name, item->version, PKG_X07C_VERSION, item->path);
	r->wants[r->count] = (struct pkg_need){item->name, band(t->arena, item->version, false)};
	r->from[r->count] = item->version;
	r->direct[r->count] = item->direct;
	r->zero = r->zero || strncmp(item->version, "0.", 2) == 0;
	r->count++;
	return 0;
}

/* Whether the package of an entry goes with this compiler; if not it is noted. */
static int look_at(struct pkg_repair *r, const struct pkg_task *t,
    const struct pkg_lock_entry *entry, struct err *err)
{
	CLEANUP(pkg_item_clear) struct pkg_item item = {0};
	int rc;

	pkg_item_from_entry(&item, t->project, entry);
	rc = pkg_install_read_one(&item, t->project, t->supply, err);
	if (rc == 0 || !err_is(err, PKG_ENGINE_CODE(X07C_INCOMPATIBLE)))
		return rc;
	*err = (struct err){0};
	return note(r, t, &item, err);
}

int pkg_repair_find(struct pkg_repair *out, const struct pkg_task *task, struct err *err)
{
	const struct pkg_lock *lock = &task->project->lock;

	out->wants = base_calloc((size_t)lock->count + 1, sizeof(*out->wants));
	out->from = base_calloc((size_t)lock->count + 1, sizeof(*out->from));
	out->direct = base_calloc((size_t)lock->count + 1, sizeof(*out->direct));
	for (uint32_t i = 0; i < lock->count; i++) {
		int rc = look_at(out, task, &lock->entries[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool is_conflict(const struct err *err)
{
	return err_is(err, PKG_CODE(RESOLVE_CONFLICT));
}

static int choose(struct pkg_items *items, struct pkg_conflict *conflict, struct pkg_repair *r,
    const struct pkg_task *t, struct err *err)
{
	const struct pkg_change change = {.add = r->wants, .add_count = r->count};
	int rc = pkg_choose(items, conflict, t, &change, err);

	if (rc < 0 && is_conflict(err) && r->zero) {
		for (uint32_t i = 0; i < r->count; i++)
			r->wants[i].requirement = band(t->arena, r->from[i], true);
		*err = (struct err){0};
		pkg_conflict_clear(conflict);
		rc = pkg_choose(items, conflict, t, &change, err);
	}
	if (rc < 0 && is_conflict(err)) {
		const struct err was = *err;

		return err_code(err, was.code, PKG_ENGINE_CODE(REPAIR_NO_COMPATIBLE_VERSION), "%s",
		    was.message);
	}
	return rc;
}

int pkg_repair(struct pkg_items *items, struct pkg_conflict *conflict, struct pkg_repair *repair,
    const struct pkg_task *task, struct err *err)
{
	int rc = choose(items, conflict, repair, task, err);

	if (rc < 0)
		return rc;
	/* That a range was asked for is no wish of x07.json. */
	for (uint32_t i = 0; i < repair->count; i++) {
		struct pkg_item *item = pkg_items_find(items, repair->wants[i].name);

		if (item != NULL)
			item->direct = repair->direct[i];
	}
	return pkg_sync_items(task, items, err);
}

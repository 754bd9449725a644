/* SPDX-License-Identifier: MIT */
/*
 * A project that has a lock: whether it fits, installing what it says, and checking that everything
 * is as it says. Source: docs/cmd/pkg-lock.md, docs/cmd/pkg-sync.md.
 */
#include "cmd/pkg/locked.h"

#include "cmd/pkg/ask.h"
#include "cmd/pkg/compare.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg/sync.h"

#include <string.h>

int pkg_locked_require(const struct pkg_project *project, struct err *err)
{
	if (!project->has_lock)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(LOCK_MISSING),
		    "project %s has no lock file %s; `x07 pkg lock` writes it", project->m.path,
		    pkg_project_lock_name(project));
	if (!pkg_project_lock_fits(project, err)) {
		err->code = ERR_PKG;
		return ERR_PKG;
	}
	return 0;
}

int pkg_locked_install(struct pkg_items *items, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err)
{
	int rc = pkg_scan(items->list, items->count, project, err);

	if (rc == 0)
		rc = pkg_install(items, project, supply, err);
	return rc < 0 ? rc : pkg_compare_lock(items, project, err);
}

int pkg_locked_read(struct pkg_items *out, const struct pkg_project *project, struct err *err)
{
	int rc = pkg_locked_require(project, err);

	if (rc < 0)
		return rc;
	pkg_items_from_lock(out, project);
	rc = pkg_scan(out->list, out->count, project, err);
	if (rc == 0)
		rc = pkg_compare_lock(out, project, err);
	return rc < 0 ? rc : pkg_install_read_metas(out, project, err);
}

/* ---- lock --check ---- */

/* Everything that an installed package needs is in x07.json. */
static int check_needs(const struct pkg_items *items, struct err *err)
{
	for (uint32_t i = 0; i < items->count; i++) {
		const struct pkg_package *p = &items->list[i].meta.p;

		for (uint32_t k = 0; k < p->need_count; k++) {
			if (pkg_items_find(items, p->needs[k].name) == NULL)
				return err_code(err, ERR_PKG, PKG_ENGINE_CODE(TRANSITIVE_MISSING),
				    "%s@%s needs %s %s, which x07.json lacks; `x07 pkg lock` adds "
				    "it",
				    p->name, p->version, p->needs[k].name,
				    p->needs[k].requirement != NULL ? p->needs[k].requirement : "");
		}
	}
	return 0;
}

/* A green check of a lock must not look as if the registry had been asked about all of it. */
static void note_unknown(const struct pkg_items *items, const struct pkg_task *t)
{
	const struct pkg_item *first = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < items->count; i++) {
		if (items->list[i].local || items->list[i].line != NULL)
			continue;
		first = first == NULL ? &items->list[i] : first;
		count++;
	}
	if (first == NULL)
		return;
	notes_say(t->project->notes,
	    "warning: %s@%s%s not in %s, so nobody was asked whether it was withdrawn; --index "
	    "names the "
	    "registry that has it",
	    first->name, first->version, count > 1 ? " and others are" : " is",
	    client_settings_called(t->supply->o.settings));
}

static int check_line(
    const struct registry_version *line, const struct pkg_locked_check *how, struct err *err)
{
	if (line->yanked && !how->allow_yanked)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(YANKED_DEP),
		    "%s@%s was withdrawn; `x07 pkg update %s`, or --allow-yanked", line->name,
		    line->version, line->name);
	for (uint32_t i = 0; i < line->advisory_count && !how->allow_advisories; i++) {
		const struct registry_advisory *a = &line->advisories[i];

		if (!a->withdrawn)
			return err_code(err, ERR_PKG, PKG_ENGINE_CODE(ADVISED_DEP),
			    "%s@%s: advisory %s (%s): %s; `x07 pkg update %s`, or "
			    "--allow-advisories",
			    line->name, line->version, a->id, a->severity, a->summary, line->name);
	}
	return 0;
}

static int check_index(struct pkg_items *items, const struct pkg_task *t,
    const struct pkg_locked_check *how, struct err *err)
{
	int rc;

	if (t->supply->o.settings->offline)
		return 0;
	rc = pkg_ask_index(items, t->supply, err);
	if (rc < 0)
		return rc;
	note_unknown(items, t);
	for (uint32_t i = 0; i < items->count; i++) {
		rc = items->list[i].line != NULL ? check_line(items->list[i].line, how, err) : 0;
		if (rc < 0)
			return rc;
	}
	return 0;
}

int pkg_locked_check(struct pkg_items *out, const struct pkg_task *task,
    const struct pkg_locked_check *how, struct err *err)
{
	int rc = pkg_locked_read(out, task->project, err);

	if (rc == 0)
		rc = check_needs(out, err);
	return rc < 0 ? rc : check_index(out, task, how, err);
}

/* ---- sync ---- */

static bool all_present(const struct pkg_items *items)
{
	for (uint32_t i = 0; i < items->count; i++) {
		if (!items->list[i].local && !items->list[i].present)
			return false;
	}
	return true;
}

int pkg_locked_look(
    struct pkg_items *out, const struct pkg_project *project, bool frozen, struct err *err)
{
	struct err why = {0};
	int rc;

	if (!pkg_project_lock_fits(project, &why))
		return frozen ? pkg_locked_require(project, err) : 0;
	pkg_items_from_lock(out, project);
	rc = pkg_scan(out->list, out->count, project, err);
	if (rc < 0 || !all_present(out))
		return rc;
	rc = pkg_compare_lock(out, project, err);
	if (rc == 0) /* and goes with this compiler, as when it was installed */
		rc = pkg_install_read_metas(out, project, err);
	return rc < 0 ? rc : 1;
}

int pkg_locked_sync(struct pkg_items *out, struct pkg_conflict *conflict,
    const struct pkg_task *task, bool frozen, struct err *err)
{
	const struct pkg_change change = {0};
	struct err why = {0};

	if (!pkg_project_lock_fits(task->project, &why))
		return frozen ? pkg_locked_require(task->project, err)
			      : pkg_sync(out, conflict, task, &change, err);
	pkg_items_from_lock(out, task->project);
	return pkg_locked_install(out, task->project, task->supply, err);
}

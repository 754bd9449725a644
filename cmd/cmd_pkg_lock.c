/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg lock` and what it has in common with `x07 pkg sync`. --check reads only; --frozen
 * installs and writes neither file. Source: spec packages 8; docs/cmd/pkg-lock.md.
 */
#include "cmd/cmd_pkg_lock.h"

#include "base/near.h"

#include <string.h>

int pkg_require_lock(const struct pkg_work *w, struct err *err)
{
	if (!w->project.has_lock)
		return err_user(err, ERR_PKG, "X07PKG_LOCK_MISSING",
		    "project %s has no lock file %s; `x07 pkg lock` writes it", w->project.m.path,
		    pkg_project_lock_name(&w->project));
	if (!pkg_lock_fits(&w->project, err)) {
		err->code = ERR_PKG;
		return ERR_PKG;
	}
	return 0;
}

int pkg_install_locked(struct pkg_work *w, struct err *err)
{
	int rc = pkg_items_scan(w, err);

	if (rc == 0)
		rc = pkg_items_install(w, err);
	return rc < 0 ? rc : pkg_items_compare_lock(w, err);
}

static bool is_item(const struct pkg_work *w, const char *name)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (strcmp(w->items[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Everything that an installed package needs is in x07.json. */
static int check_needs(struct pkg_work *w, struct err *err)
{
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_package *p = &w->items[i].meta.p;

		for (uint32_t k = 0; k < p->need_count; k++) {
			if (!is_item(w, p->needs[k].name))
				return err_user(err, ERR_PKG, "X07PKG_TRANSITIVE_MISSING",
				    "%s@%s needs %s %s, which x07.json lacks; `x07 pkg lock` adds "
				    "it",
				    p->name, p->version, p->needs[k].name,
				    p->needs[k].requirement != NULL ? p->needs[k].requirement : "");
		}
	}
	return 0;
}

/* A green check of a lock must not look as if the registry had been asked about all of it. */
static void note_unknown(struct pkg_work *w)
{
	const struct pkg_item *first = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < w->count; i++) {
		if (w->items[i].local || w->items[i].line != NULL)
			continue;
		first = first == NULL ? &w->items[i] : first;
		count++;
	}
	if (first == NULL || w->o->quiet)
		return;
	progress_clear(&w->progress);
	print_note(w->call,
	    "warning: %s@%s%s not in %s, so nobody was asked whether it was withdrawn; --index "
	    "names the "
	    "registry that has it",
	    first->name, first->version, count > 1 ? " and others are" : " is",
	    client_settings_called(&w->settings));
}

static int check_index(struct pkg_work *w, struct err *err)
{
	bool online = !w->o->offline && !w->settings.offline;
	int rc = online ? pkg_items_ask_index(w, err) : 0;

	if (rc == 0 && online)
		note_unknown(w);

	for (uint32_t i = 0; rc == 0 && i < w->count; i++) {
		const struct registry_version *line = w->items[i].line;

		if (line == NULL)
			continue;
		if (line->yanked && !w->o->allow_yanked)
			return err_user(err, ERR_PKG, "X07PKG_YANKED_DEP",
			    "%s@%s was withdrawn; `x07 pkg update %s`, or --allow-yanked",
			    line->name, line->version, line->name);
		for (uint32_t k = 0; k < line->advisory_count; k++) {
			if (!line->advisories[k].withdrawn && !w->o->allow_advisories)
				return err_user(err, ERR_PKG, "X07PKG_ADVISED_DEP",
				    "%s@%s: advisory %s (%s): %s; `x07 pkg update %s`, or "
				    "--allow-advisories",
				    line->name, line->version, line->advisories[k].id,
				    line->advisories[k].severity, line->advisories[k].summary,
				    line->name);
		}
	}
	return rc;
}

static int check(struct pkg_work *w, struct err *err)
{
	int rc = pkg_require_lock(w, err);

	if (rc < 0)
		return rc;
	pkg_items_from_lock(w);
	rc = pkg_items_scan(w, err);
	if (rc == 0)
		rc = pkg_items_compare_lock(w, err);
	if (rc == 0)
		rc = pkg_items_read_metas(w, err);
	if (rc == 0)
		rc = check_needs(w, err);
	return rc < 0 ? rc : check_index(w, err);
}

static bool is_version(const char *text)
{
	return text == NULL || near_is_choice("0.3|0.4", text);
}

static int lock(struct pkg_work *w, struct err *err)
{
	const struct pkg_change change = {0};

	if (!is_version(w->o->lock_version))
		return err_user(err, ERR_PKG, "X07PKG_LOCK_VERSION_INVALID",
		    "lock version '%s': there are 0.3 and 0.4", w->o->lock_version);
	return w->o->check ? check(w, err) : pkg_sync_all(w, &change, err);
}

void pkg_finish_lock(struct pkg_work *w, const char *done)
{
	uint32_t fetched = 0;

	for (uint32_t i = 0; i < w->count; i++)
		fetched += pkg_was_fetched(w, &w->items[i]);
	pkg_report_open(&w->report);
	pkg_report_lock(&w->report.w, w);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "%s %u package%s", done, w->count, w->count == 1 ? "" : "s");
	if (fetched > 0)
		buf_printf(&w->report.text, ", %u of them from %s", fetched, w->settings.index_url);
	buf_putc(&w->report.text, '\n');
}

int cmd_pkg_lock(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	const struct pkg_options *o = call->options;
	struct err err = {0};
	int rc;

	/* The same work, which also knows how to write nothing where nothing is to be done. */
	if (o->frozen && is_version(o->lock_version))
		return cmd_pkg_sync(call);
	rc = pkg_work_open(&w, call, true, o->check ? PKG_TXN_READ : PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = lock(&w, &err);
	if (rc == 0)
		pkg_finish_lock(&w, o->check ? "checked" : "locked");
	return pkg_work_finish(&w, rc, &err);
}

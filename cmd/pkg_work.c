/* SPDX-License-Identifier: MIT */
/* Opening, finishing and reporting what a package command works with. */
#include "cmd/pkg_work.h"

#include "base/version.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg/near.h"
#include "cmd/pkg/prune.h"
#include "pkg/discover.h"

#include <string.h>

#define WAIT_MAX_S 86400

static void on_note(void *ctx, const char *line)
{
	struct pkg_work *w = ctx;

	progress_clear(&w->progress);
	print_note(w->call, "%s", line);
}

static void on_phase(void *ctx, const char *phase)
{
	struct pkg_work *w = ctx;

	progress_phase(&w->progress, phase);
}

static void on_progress(void *ctx, const struct fetch_progress *at)
{
	struct pkg_work *w = ctx;

	progress_at(&w->progress, at->done, at->count, at->bytes);
}

struct client_watch pkg_work_watch(struct pkg_work *w)
{
	return (struct client_watch){.phase = on_phase, .progress = on_progress, .ctx = w};
}

struct client_wishes pkg_work_wishes(const struct pkg_options *o)
{
	return (struct client_wishes){.index = o->index,
	    .registry = o->registry,
	    .toolchain_root = o->toolchain_root,
	    .offline = o->offline};
}

void pkg_work_init(struct pkg_work *w, const struct cmd_call *call)
{
	*w = (struct pkg_work){.call = call, .o = call->options, .project.root_fd = -1};
	if (!w->o->quiet)
		w->notes = (struct notes){.say = on_note, .ctx = w};
	pkg_report_init(&w->report, call);
	progress_init(&w->progress, w->o->quiet);
}

static void open_supply(struct pkg_work *w)
{
	const struct pkg_supply_options options = {.settings = &w->settings,
	    .lock = w->has_project && w->project.has_lock ? &w->project.lock : NULL,
	    .watch = pkg_work_watch(w),
	    .refresh = w->o->refresh};

	pkg_supply_init(&w->supply, &options);
}

int pkg_work_open(struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	struct client_wishes wishes;
	int rc;

	pkg_work_init(w, call);
	wishes = pkg_work_wishes(w->o);
	rc = client_settings_load(&w->settings, &wishes, NULL, err);
	if (rc < 0)
		return rc;
	open_supply(w);
	return 0;
}

static int open_project(struct pkg_work *w, enum pkg_txn_mode mode, struct err *err)
{
	const struct option_uint *wait = &w->o->wait;
	char name[64];
	const struct pkg_project_options options = {.path = w->o->project,
	    .command = cmd_name(w->call, name, sizeof(name)),
	    .mode = mode,
	    .wait_ms = (int64_t)(wait->set && wait->value < WAIT_MAX_S ? wait->value
								       : PKG_WAIT_DEFAULT_S) *
		       1000,
	    .notes = &w->notes};

	w->has_project = true;
	return pkg_project_open(&w->project, &options, err);
}

int pkg_work_open_project(
    struct pkg_work *w, const struct cmd_call *call, enum pkg_txn_mode mode, struct err *err)
{
	struct client_wishes wishes;
	int rc;

	pkg_work_init(w, call);
	wishes = pkg_work_wishes(w->o);
	rc = open_project(w, mode, err);
	if (rc == 0)
		rc = client_settings_load(&w->settings, &wishes, w->project.m.root, err);
	if (rc < 0)
		return rc;
	if (w->project.has_lock)
		client_settings_follow_lock(&w->settings, &w->project.lock);
	open_supply(w);
	if (mode == PKG_TXN_WRITE)
		pkg_prune_leftovers(&w->project);
	return 0;
}

int pkg_work_open_asking(struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	CLEANUP(diag_list_clear) struct diag_list ignored = {0};
	AUTO_FREE char *manifest = NULL;
	AUTO_FREE char *path = NULL;
	struct err none = {0};
	int rc = pkg_work_open(w, call, err);

	if (rc < 0 || w->settings.explicit || pkg_manifest_discover(&manifest, ".", &none) < 0 ||
	    pkg_manifest_load(&m, manifest, &ignored, &none) < 0)
		return rc;
	path = pkg_lock_path(&m);
	if (pkg_lock_load(&lock, path, &ignored, &none) == 0)
		client_settings_follow_lock(&w->settings, &lock);
	return 0;
}

void pkg_work_clear(struct pkg_work *w)
{
	progress_clear(&w->progress);
	pkg_items_clear(&w->items);
	pkg_conflict_clear(&w->conflict);
	pkg_supply_clear(&w->supply);
	if (w->has_project)
		pkg_project_clear(&w->project);
	client_settings_clear(&w->settings);
	arena_clear(&w->arena);
	pkg_report_clear(&w->report);
}

struct pkg_task pkg_work_task(struct pkg_work *w)
{
	return (struct pkg_task){.project = &w->project,
	    .supply = &w->supply,
	    .arena = &w->arena,
	    .x07_version = X07_VERSION,
	    .allow_yanked = w->o->allow_yanked,
	    .pre = w->o->pre,
	    .lock_03 = w->o->lock_version != NULL && strcmp(w->o->lock_version, "0.3") == 0};
}

int pkg_work_sync(struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	struct pkg_task task;
	int rc = pkg_work_open_project(w, call, PKG_TXN_READ, err);

	if (rc == 0)
		rc = pkg_locked_look(&w->items, &w->project, w->o->frozen, err);
	if (rc != 0)
		return rc;
	pkg_work_clear(w);
	rc = pkg_work_open_project(w, call, PKG_TXN_WRITE, err);
	if (rc < 0)
		return rc;
	task = pkg_work_task(w);
	return pkg_locked_sync(&w->items, &w->conflict, &task, w->o->frozen, err);
}

static void report_conflict(struct pkg_work *w)
{
	AUTO_FREE char *shipped = pkg_near_shipped(&w->settings, &w->conflict);

	pkg_report_conflict(&w->report, &w->conflict);
	if (shipped != NULL)
		buf_printf(&w->report.text, "%s\n", shipped);
}

int pkg_work_finish(struct pkg_work *w, int rc, const struct err *err)
{
	progress_clear(&w->progress);
	if (rc < 0 && w->conflict.fact_count > 0)
		report_conflict(w);
	/* One fault is in the message of the failure, with its place; several read better in lines.
	 */
	if (rc < 0 && (w->project.diags.count > 1 || w->o->json || w->o->quiet))
		print_diags(&w->project.diags);
	return pkg_report_finish(&w->report, rc, err);
}

int pkg_work_ask_operand(const struct cmd_call *call, const char *question)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	pkg_work_init(&w, call);
	rc = err_set(&err, ERR_USAGE, "%s", question);
	return pkg_work_finish(&w, rc, &err);
}

void pkg_work_report_lock(struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;

	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "index", w->supply.index != NULL ? w->settings.index_url : NULL);
	jsonw_kv_string(j, "lockfile", pkg_project_lock_name(&w->project));
	jsonw_key(j, "fetched");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];

		if (!pkg_supply_was_fetched(&w->supply, item->archive))
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_kv_string(j, "sha256", item->archive);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

void pkg_work_report_done(struct pkg_work *w, const char *done)
{
	const struct pkg_items *items = &w->items;
	uint32_t fetched = 0;

	for (uint32_t i = 0; i < items->count; i++)
		fetched += pkg_supply_was_fetched(&w->supply, items->list[i].archive);
	pkg_report_open(&w->report);
	pkg_work_report_lock(w);
	pkg_report_close(&w->report);
	buf_printf(
	    &w->report.text, "%s %u package%s", done, items->count, items->count == 1 ? "" : "s");
	if (fetched > 0)
		buf_printf(&w->report.text, ", %u of them from %s", fetched, w->settings.index_url);
	buf_putc(&w->report.text, '\n');
}

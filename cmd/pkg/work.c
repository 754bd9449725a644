/* SPDX-License-Identifier: MIT */
/* Opening and closing what a package command works with. */
#include "cmd/pkg/work.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/path.h"
#include "pkg/discover.h"
#include "registry/store/store.h"

#include <stdio.h>
#include <string.h>

#define STORE_WAIT_MS 600000u

struct client_wishes pkg_wishes(const struct pkg_options *o)
{
	return (struct client_wishes){.index = o->index,
	    .registry = o->registry,
	    .toolchain_root = o->toolchain_root,
	    .offline = o->offline};
}

void pkg_work_init(struct pkg_work *w, const struct cmd_call *call)
{
	*w = (struct pkg_work){.call = call, .o = call->options, .project.root_fd = -1};
	pkg_report_init(&w->report, call);
	progress_init(&w->progress, w->o->quiet);
}

int pkg_work_open(struct pkg_work *w, const struct cmd_call *call, bool project,
    enum pkg_txn_mode mode, struct err *err)
{
	struct client_wishes wishes;
	int rc = 0;

	pkg_work_init(w, call);
	wishes = pkg_wishes(w->o);
	if (project) {
		rc = pkg_project_open(&w->project, call, mode, err);
		w->has_project = true;
	}
	if (rc == 0)
		rc = client_settings_load(
		    &w->settings, &wishes, project ? w->project.m.root : NULL, err);
	w->has_settings = rc == 0;
	if (rc == 0 && project && w->project.has_lock)
		client_settings_follow_lock(&w->settings, &w->project.lock);
	if (rc == 0 && project && mode == PKG_TXN_WRITE)
		pkg_sweep(w);
	return rc;
}

int pkg_work_open_asking(struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	CLEANUP(diag_list_clear) struct diag_list ignored = {0};
	AUTO_FREE char *manifest = NULL;
	AUTO_FREE char *path = NULL;
	struct err none = {0};
	int rc = pkg_work_open(w, call, false, PKG_TXN_READ, err);

	if (rc < 0 || w->settings.explicit || pkg_manifest_discover(&manifest, ".", &none) < 0 ||
	    pkg_manifest_load(&m, manifest, &ignored, &none) < 0)
		return rc;
	path = pkg_lock_path(&m);
	if (pkg_lock_load(&lock, path, &ignored, &none) == 0)
		client_settings_follow_lock(&w->settings, &lock);
	return rc;
}

/* The keys of the lock, when it is about this registry. */
static bool recorded_trust(struct registry_trust *out, const struct pkg_work *w)
{
	const struct pkg_lock *lock = &w->project.lock;

	*out = (struct registry_trust){0};
	if (!w->has_project || !w->project.has_lock || w->settings.embedded ||
	    lock->index_url == NULL || strcmp(lock->index_url, w->settings.index_url) != 0)
		return false;
	for (uint32_t i = 0; i < lock->key_count && i < REGISTRY_KEYS_MAX; i++) {
		CLEANUP(buf_clear) struct buf pub = buf_init(64);
		struct registry_key *key = &out->keys[out->key_count];
		const char *text = lock->keys[i].ed25519_pub;

		if (strlen(lock->keys[i].id) > REGISTRY_KEY_ID_MAX ||
		    !buf_add_base64_decoded(&pub, text, strlen(text)) ||
		    pub.len != sizeof(key->pub))
			continue;
		(void)snprintf(key->id, sizeof(key->id), "%s", lock->keys[i].id);
		memcpy(key->pub, pub.data, pub.len);
		out->key_count++;
	}
	return out->key_count > 0;
}

static void on_phase(void *ctx, const char *phase)
{
	progress_phase(ctx, phase);
}

static void on_progress(void *ctx, const struct fetch_progress *at)
{
	progress_at(ctx, at->done, at->count, at->bytes);
}

struct client_index *pkg_work_index(struct pkg_work *w)
{
	const struct client_watch watch = {
	    .phase = on_phase, .progress = on_progress, .ctx = &w->progress};
	struct registry_trust recorded;

	if (w->index == NULL) {
		w->index = client_open(
		    &w->settings, recorded_trust(&recorded, w) ? &recorded : NULL, &watch);
		if (w->o->refresh)
			client_refresh(w->index);
	}
	return w->index;
}

int pkg_work_store(struct store **out, struct pkg_work *w, struct err *err)
{
	AUTO_FREE char *root = client_home_path(&w->settings, "store");
	struct err inner = {0};
	int rc = 0;

	if (w->store == NULL) {
		if (file_mkdirs(w->settings.home, &inner) < 0)
			return err_user(err, ERR_PKG, "X07PKG_IO",
			    "folder of the store: %s; X07_PKG_HOME names another", inner.message);
		rc = store_open(&w->store, root, STORE_WAIT_MS, err);
	}
	if (rc < 0)
		return rc;
	*out = w->store;
	return 0;
}

static void items_clear(struct pkg_work *w)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (w->items[i].has_tree)
			pkg_tree_clear(&w->items[i].tree);
		pkg_meta_clear(&w->items[i].meta);
	}
	base_free_ptr(&w->items);
	w->count = 0;
}

void pkg_work_clear(struct pkg_work *w)
{
	progress_clear(&w->progress);
	items_clear(w);
	if (w->has_plan)
		pkg_plan_clear(&w->plan);
	if (w->unpacker != NULL)
		unpack_client_free(w->unpacker);
	if (w->store != NULL)
		store_close(w->store);
	client_close(&w->index);
	if (w->has_project)
		pkg_project_clear(&w->project);
	if (w->has_settings)
		client_settings_clear(&w->settings);
	base_free_ptr(&w->fetched);
	arena_clear(&w->arena);
	pkg_report_clear(&w->report);
}

int pkg_work_finish(struct pkg_work *w, int rc, const struct err *err)
{
	progress_clear(&w->progress);
	/* One fault is in the message of the failure, with its place; several read better in lines.
	 */
	if (rc < 0 && (w->project.diags.count > 1 || w->o->json || w->o->quiet))
		print_diags(&w->project.diags);
	return pkg_report_finish(&w->report, rc, err);
}

bool pkg_was_fetched(const struct pkg_work *w, const struct pkg_item *item)
{
	for (size_t i = 0; i < w->fetched_count; i++) {
		if (strcmp(w->fetched[i], item->archive) == 0)
			return true;
	}
	return false;
}

void pkg_warn_items(struct pkg_work *w)
{
	if (w->o->quiet)
		return;
	progress_clear(&w->progress);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct registry_version *line = w->items[i].line;

		if (line == NULL)
			continue;
		if (line->yanked)
			print_note(w->call, "warning: %s@%s was withdrawn by its registry",
			    line->name, line->version);
		for (uint32_t k = 0; k < line->advisory_count; k++) {
			const struct registry_advisory *a = &line->advisories[k];

			if (!a->withdrawn)
				print_note(w->call, "warning: %s@%s: advisory %s (%s, %s): %s",
				    line->name, line->version, a->id, a->kind, a->severity,
				    a->summary);
		}
	}
}

/* SPDX-License-Identifier: MIT */
/* The texts of x07.json and x07.lock.json from the items, and writing both at once. */
#include "cmd/pkg/install_parts.h"

#include "base/base64.h"
#include "base/path.h"
#include "cmd/version.h"
#include "lang/lang.h"
#include "pkg/edit.h"
#include "pkg/lock_print.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* ---- the lock ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct registry_advisory *const *)a)->id,
	    (*(const struct registry_advisory *const *)b)->id);
}

/* The advisories that hold, by id, as the index has them. NULL when there is none. */
static const char *advisories_text(struct pkg_work *w, const struct registry_version *line)
{
	AUTO_FREE const struct registry_advisory **list =
	    base_calloc(line->advisory_count + 1, sizeof(struct registry_advisory *));
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)1 << 20);
	uint32_t n = 0;

	for (uint32_t i = 0; i < line->advisory_count; i++) {
		if (!line->advisories[i].withdrawn)
			list[n++] = &line->advisories[i];
	}
	if (n == 0)
		return NULL;
	qsort(list, n, sizeof(const void *), by_id);
	buf_putc(&text, '[');
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i > 0 ? "," : "", list[i]->text);
	buf_putc(&text, ']');
	return text.overflow ? NULL : arena_strndup(&w->arena, text.data, text.len);
}

static int module_sha(char out[SHA256_HEX_SIZE], struct pkg_work *w, const struct pkg_item *item,
    const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};
	int rc = 0;

	if (item->has_tree && install_tree_sha(out, &item->tree, path))
		return 0;
	if (!item->has_tree)
		rc = pkg_project_open_dir(&fd, &w->project, item->path, &inner);
	if (rc == 0 && fd >= 0)
		rc = pkg_meta_file_sha(out, fd, path, &inner);
	if (rc == 0 && fd >= 0)
		return 0;
	return err_user(err, ERR_PKG, "X07PKG_MANIFEST_PARSE",
	    "package %s@%s lists a module whose file %s is missing", item->name, item->version,
	    path);
}

static int put_modules(
    struct pkg_lock_entry *e, struct pkg_work *w, const struct pkg_item *item, struct err *err)
{
	const struct pkg_package *p = &item->meta.p;

	e->modules = arena_alloc(&w->arena, (p->module_count + 1) * sizeof(*e->modules));
	for (uint32_t i = 0; i < p->module_count; i++) {
		AUTO_FREE char *path = pkg_package_module_path(p, p->modules[i]);
		char sha[SHA256_HEX_SIZE];
		int rc = module_sha(sha, w, item, path, err);

		if (rc < 0)
			return rc;
		e->modules[e->module_count++] = (struct pkg_lock_module){
		    p->modules[i], arena_strndup(&w->arena, sha, strlen(sha))};
	}
	return 0;
}

static void put_index_facts(
    struct pkg_lock_entry *e, struct pkg_work *w, const struct pkg_item *item)
{
	const struct pkg_lock_entry *old = item->old;

	e->tree_sha256 = item->tree_sha[0] != '\0' ? item->tree_sha : NULL;
	if (item->local)
		return;
	if (item->line != NULL) {
		e->has_yanked = true;
		e->yanked = item->line->yanked;
		e->advisories = advisories_text(w, item->line);
	} else if (old != NULL) {
		e->has_yanked = old->has_yanked;
		e->yanked = old->yanked;
		e->advisories = old->advisories;
	}
	e->archive_sha256 = item->archive[0] != '\0' ? item->archive : NULL;
}

static int put_entry(
    struct pkg_lock_entry *e, struct pkg_work *w, const struct pkg_item *item, struct err *err)
{
	*e = (struct pkg_lock_entry){.name = item->name,
	    .version = item->version,
	    .path = item->path,
	    .module_root = item->meta.p.module_root,
	    .manifest_sha256 = item->meta.sha256,
	    .overridden_by = item->forced ? item->name : NULL,
	    .direct = item->direct,
	    .has_direct = true};
	put_index_facts(e, w, item);
	return put_modules(e, w, item, err);
}

/* What the registry is trusted with now; without having asked it, what the lock says. */
static void put_keys(struct pkg_lock *lock, struct pkg_work *w)
{
	const struct registry_config *config = NULL;
	const struct registry_trust *trust;
	struct pkg_lock_key *keys;
	struct err ignored = {0};

	if (w->index == NULL && w->project.has_lock &&
	    lock->index_url == w->project.lock.index_url) {
		lock->keys = w->project.lock.keys;
		lock->key_count = w->project.lock.key_count;
	}
	if (w->index == NULL || w->settings.embedded ||
	    client_config(&config, w->index, &ignored) < 0)
		return;
	trust = client_trust(w->index);
	keys = arena_alloc(&w->arena, (trust->key_count + 1) * sizeof(*keys));
	for (uint32_t i = 0; i < trust->key_count; i++) {
		CLEANUP(buf_clear) struct buf pub = buf_init(64);

		buf_put_base64(&pub, trust->keys[i].pub, sizeof(trust->keys[i].pub));
		keys[i].id = arena_strndup(&w->arena, trust->keys[i].id, strlen(trust->keys[i].id));
		keys[i].ed25519_pub = arena_strndup(&w->arena, pub.data, pub.len);
	}
	lock->keys = keys;
	lock->key_count = trust->key_count;
}

int pkg_lock_text(struct buf *out, struct pkg_work *w, struct err *err)
{
	AUTO_FREE struct pkg_lock_entry *entries = base_calloc(w->count + 1, sizeof(*entries));
	const struct pkg_project *p = &w->project;
	bool keep = p->has_lock && w->index == NULL && p->lock.index_url != NULL;
	struct pkg_lock lock = {.schema_version = "x07.lock@0.4.0",
	    .index_url = keep ? p->lock.index_url : w->settings.index_url,
	    .x07_version = X07_VERSION,
	    .lang_id = LANG_ID,
	    .compat = p->m.compat,
	    .entries = entries,
	    .count = w->count};

	if (w->o->lock_version != NULL && strcmp(w->o->lock_version, "0.3") == 0)
		lock.schema_version = "x07.lock@0.3.0";
	put_keys(&lock, w);
	for (uint32_t i = 0; i < w->count; i++) {
		int rc = put_entry(&entries[i], w, &w->items[i], err);

		if (rc < 0)
			return rc;
	}
	pkg_lock_print(out, &lock);
	if (out->overflow)
		return err_user(err, ERR_PKG, "X07PKG_LIMIT", "the lock grows over %u bytes",
		    PKG_LOCK_MAX_BYTES);
	return 0;
}

/* ---- x07.json ---- */

static const struct pkg_item *find_item(const struct pkg_work *w, const char *name)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (strcmp(w->items[i].name, name) == 0)
			return &w->items[i];
	}
	return NULL;
}

int pkg_manifest_text(struct buf *out, struct pkg_work *w, struct err *err)
{
	const struct pkg_project *p = &w->project;
	AUTO_FREE struct pkg_edit *edits =
	    base_calloc(p->m.dependency_count + w->count + 1, sizeof(*edits));
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->m.dependency_count; i++) {
		const struct pkg_dependency *d = &p->m.dependencies[i];

		if (find_item(w, d->name) == NULL)
			edits[n++] = (struct pkg_edit){.name = d->name};
	}
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_item *item = &w->items[i];
		const struct pkg_dependency *d = pkg_project_dependency(p, item->name);

		if (d == NULL || strcmp(d->version, item->version) != 0 ||
		    strcmp(d->path, item->path) != 0)
			edits[n++] = (struct pkg_edit){item->name, item->version, item->path};
	}
	if (n == 0) {
		buf_add(out, p->text.data, p->text.len);
		return 0;
	}
	return pkg_edit_apply(out, p->text.data, p->text.len, edits, n, err);
}

int pkg_write_both(struct pkg_work *w, bool with_lock, struct err *err)
{
	CLEANUP(buf_clear) struct buf manifest = buf_init(PKG_MANIFEST_MAX_BYTES);
	CLEANUP(buf_clear) struct buf lock = buf_init(PKG_LOCK_MAX_BYTES);
	struct pkg_project *p = &w->project;
	int rc = pkg_manifest_text(&manifest, w, err);

	if (rc == 0 && with_lock)
		rc = pkg_lock_text(&lock, w, err);
	if (rc == 0)
		rc = pkg_txn_put(
		    p->txn, pkg_project_manifest_name(p), manifest.data, manifest.len, err);
	if (rc == 0 && with_lock)
		rc = pkg_txn_put(p->txn, pkg_project_lock_name(p), lock.data, lock.len, err);
	return rc < 0 ? rc : pkg_txn_commit(NULL, p->txn, err);
}

/* ---- all of it ---- */

static int ask_index(struct pkg_work *w, struct err *err)
{
	struct err inner = {0};
	int rc = pkg_items_ask_index(w, &inner);

	if (rc < 0 && strcmp(inner.user_code, "X07PKG_OFFLINE_INDEX") == 0)
		return 0;
	if (rc < 0)
		*err = inner;
	return rc;
}

int pkg_sync_all(struct pkg_work *w, const struct pkg_change *change, struct err *err)
{
	int rc = pkg_items_resolve(w, change, err);

	if (rc == 0)
		rc = ask_index(w, err);
	if (rc == 0)
		rc = pkg_items_scan(w, err);
	if (rc == 0)
		rc = pkg_items_install(w, err);
	if (rc == 0)
		rc = pkg_items_compare_lock(w, err);
	if (rc == 0)
		rc = pkg_write_both(w, true, err);
	if (rc < 0)
		return rc;
	pkg_prune(w);
	pkg_warn_items(w);
	return 0;
}

void pkg_report_lock(struct jsonw *w, const struct pkg_work *work)
{
	jsonw_kv_string(w, "project", work->project.m.path);
	jsonw_kv_string(w, "index", work->index != NULL ? work->settings.index_url : NULL);
	jsonw_kv_string(w, "lockfile", pkg_project_lock_name(&work->project));
	jsonw_key(w, "fetched");
	jsonw_array(w);
	for (uint32_t i = 0; i < work->count; i++) {
		const struct pkg_item *item = &work->items[i];

		if (!pkg_was_fetched(work, item))
			continue;
		jsonw_object(w);
		jsonw_kv_string(w, "name", item->name);
		jsonw_kv_string(w, "version", item->version);
		jsonw_kv_string(w, "path", item->path);
		jsonw_kv_string(w, "sha256", item->archive);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

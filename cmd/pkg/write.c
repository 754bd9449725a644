/* SPDX-License-Identifier: MIT */
/* The texts of x07.json and x07.lock.json from the items, and writing both at once. */
#include "cmd/pkg/write.h"

#include "base/base64.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/scan.h"
#include "lang/lang.h"
#include "pkg/codes.h"
#include "pkg/edit.h"
#include "pkg/lock_print.h"

#include <stdlib.h>
#include <string.h>

#define ADVISORIES_MAX ((size_t)1 << 20)
#define PUBLIC_KEY_TEXT_MAX 64

/* A lock in the making. */
struct locking {
	const struct pkg_task *task;
	struct arena arena;
};

static void locking_clear(struct locking *l)
{
	arena_clear(&l->arena);
}

/* ---- the lock ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct registry_advisory *const *)a)->id,
	    (*(const struct registry_advisory *const *)b)->id);
}

/* The advisories that hold, by id, as the index has them. NULL when there is none. */
static const char *advisories_text(struct arena *arena, const struct registry_version *line)
{
	AUTO_FREE const struct registry_advisory **list =
	    base_calloc((size_t)line->advisory_count + 1, sizeof(struct registry_advisory *));
	CLEANUP(buf_clear) struct buf text = buf_init(ADVISORIES_MAX);
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
	return text.overflow ? NULL : arena_strndup(arena, text.data, text.len);
}

static int module_sha(char out[SHA256_HEX_SIZE], const struct pkg_project *project,
    const struct pkg_item *item, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};

	if (item->has_tree && pkg_scan_sha(out, &item->tree, path))
		return 0;
	if (!item->has_tree && pkg_project_open_dir(&fd, project, item->path, &inner) == 0 &&
	    pkg_meta_file_sha(out, fd, path, &inner) == 0)
		return 0;
	return err_code(err, ERR_PKG, PKG_CODE(MANIFEST_PARSE),
	    "package %s@%s lists a module whose file %s is missing", item->name, item->version,
	    path);
}

static int put_modules(
    struct pkg_lock_entry *e, struct locking *l, const struct pkg_item *item, struct err *err)
{
	const struct pkg_package *p = &item->meta.p;

	e->modules = arena_alloc(&l->arena, (p->module_count + 1) * sizeof(*e->modules));
	for (uint32_t i = 0; i < p->module_count; i++) {
		AUTO_FREE char *path = pkg_package_module_path(p, p->modules[i]);
		char sha[SHA256_HEX_SIZE];
		int rc = module_sha(sha, l->task->project, item, path, err);

		if (rc < 0)
			return rc;
		e->modules[e->module_count++] = (struct pkg_lock_module){
		    p->modules[i], arena_strndup(&l->arena, sha, strlen(sha))};
	}
	return 0;
}

static void put_index_facts(
    struct pkg_lock_entry *e, struct arena *arena, const struct pkg_item *item)
{
	const struct pkg_lock_entry *old = item->old;

	e->tree_sha256 = item->tree_sha[0] != '\0' ? item->tree_sha : NULL;
	if (item->local)
		return;
	if (item->line != NULL) {
		e->has_yanked = true;
		e->yanked = item->line->yanked;
		e->advisories = advisories_text(arena, item->line);
	} else if (old != NULL) {
		e->has_yanked = old->has_yanked;
		e->yanked = old->yanked;
		e->advisories = old->advisories;
	}
	e->archive_sha256 = item->archive[0] != '\0' ? item->archive : NULL;
}

static int put_entry(
    struct pkg_lock_entry *e, struct locking *l, const struct pkg_item *item, struct err *err)
{
	*e = (struct pkg_lock_entry){.name = item->name,
	    .version = item->version,
	    .path = item->path,
	    .module_root = item->meta.p.module_root,
	    .manifest_sha256 = item->meta.sha256,
	    .overridden_by = item->forced ? item->name : NULL,
	    .direct = item->direct,
	    .has_direct = true};
	put_index_facts(e, &l->arena, item);
	return put_modules(e, l, item, err);
}

/* What the registry is trusted with now. */
static void put_trusted_keys(
    struct pkg_lock *lock, struct arena *arena, const struct registry_trust *trust)
{
	struct pkg_lock_key *keys = arena_alloc(arena, (trust->key_count + 1) * sizeof(*keys));

	for (uint32_t i = 0; i < trust->key_count; i++) {
		CLEANUP(buf_clear) struct buf pub = buf_init(PUBLIC_KEY_TEXT_MAX);

		buf_put_base64(&pub, trust->keys[i].pub, sizeof(trust->keys[i].pub));
		keys[i].id = arena_strndup(arena, trust->keys[i].id, strlen(trust->keys[i].id));
		keys[i].ed25519_pub = arena_strndup(arena, pub.data, pub.len);
	}
	lock->keys = keys;
	lock->key_count = trust->key_count;
}

/* Its keys: of a registry that was not asked, and is the same as before, those that the lock has.
 */
static void put_registry(struct pkg_lock *lock, struct locking *l)
{
	const struct pkg_lock *old = l->task->project->has_lock ? &l->task->project->lock : NULL;
	const struct pkg_supply *supply = l->task->supply;
	const struct registry_config *config = NULL;
	struct err ignored = {0};

	lock->index_url = supply->o.settings->index_url;
	if (supply->index == NULL) {
		if (old == NULL || old->index_url == NULL)
			return;
		lock->index_url = old->index_url;
		lock->keys = old->keys;
		lock->key_count = old->key_count;
		return;
	}
	if (!supply->o.settings->embedded && client_config(&config, supply->index, &ignored) == 0)
		put_trusted_keys(lock, &l->arena, client_trust(supply->index));
}

static int lock_text(
    struct buf *out, const struct pkg_task *task, const struct pkg_items *items, struct err *err)
{
	AUTO_FREE struct pkg_lock_entry *entries =
	    base_calloc((size_t)items->count + 1, sizeof(*entries));
	CLEANUP(locking_clear) struct locking l = {.task = task};
	struct pkg_lock lock = {
	    .schema_version = task->lock_03 ? "x07.lock@0.3.0" : "x07.lock@0.4.0",
	    .x07_version = task->x07_version,
	    .lang_id = LANG_ID,
	    .compat = task->project->m.compat,
	    .entries = entries,
	    .count = items->count};

	put_registry(&lock, &l);
	for (uint32_t i = 0; i < items->count; i++) {
		int rc = put_entry(&entries[i], &l, &items->list[i], err);

		if (rc < 0)
			return rc;
	}
	pkg_lock_print(out, &lock);
	if (out->overflow)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(LIMIT),
		    "the lock grows over %u bytes", PKG_LOCK_MAX_BYTES);
	return 0;
}

/* ---- x07.json ---- */

/* What x07.json must say otherwise to have these dependencies. @return how many edits. */
static uint32_t list_edits(
    struct pkg_edit *out, const struct pkg_project *p, const struct pkg_items *items)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->m.dependency_count; i++) {
		const struct pkg_dependency *d = &p->m.dependencies[i];

		if (pkg_items_find(items, d->name) == NULL)
			out[n++] = (struct pkg_edit){.name = d->name};
	}
	for (uint32_t i = 0; i < items->count; i++) {
		const struct pkg_item *item = &items->list[i];
		const struct pkg_dependency *d = pkg_project_dependency(p, item->name);

		if (d == NULL || strcmp(d->version, item->version) != 0 ||
		    strcmp(d->path, item->path) != 0)
			out[n++] = (struct pkg_edit){item->name, item->version, item->path};
	}
	return n;
}

static int put_manifest(
    const struct pkg_project *p, const struct pkg_edit *edits, uint32_t count, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_MANIFEST_MAX_BYTES);
	int rc = 0;

	if (count == 0)
		buf_add(&text, p->text.data, p->text.len);
	else
		rc = pkg_edit_apply(&text, p->text.data, p->text.len, edits, count, err);
	if (rc < 0)
		return rc;
	return pkg_txn_put(p->txn, pkg_project_manifest_name(p), text.data, text.len, err);
}

static int put_items(const struct pkg_project *p, const struct pkg_items *items, struct err *err)
{
	AUTO_FREE struct pkg_edit *edits =
	    base_calloc((size_t)p->m.dependency_count + items->count + 1, sizeof(*edits));

	return put_manifest(p, edits, list_edits(edits, p, items), err);
}

/* ---- both ---- */

int pkg_write_edit(const struct pkg_project *project, const struct pkg_edit *edit, struct err *err)
{
	int rc = put_manifest(project, edit, 1, err);

	return rc < 0 ? rc : pkg_txn_commit(NULL, project->txn, err);
}

int pkg_write_manifest(
    const struct pkg_project *project, const struct pkg_items *items, struct err *err)
{
	int rc = put_items(project, items, err);

	return rc < 0 ? rc : pkg_txn_commit(NULL, project->txn, err);
}

int pkg_write_both(const struct pkg_task *task, const struct pkg_items *items, struct err *err)
{
	CLEANUP(buf_clear) struct buf lock = buf_init(PKG_LOCK_MAX_BYTES);
	const struct pkg_project *p = task->project;
	int rc = put_items(p, items, err);

	if (rc == 0)
		rc = lock_text(&lock, task, items, err);
	if (rc == 0)
		rc = pkg_txn_put(p->txn, pkg_project_lock_name(p), lock.data, lock.len, err);
	return rc < 0 ? rc : pkg_txn_commit(NULL, p->txn, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * A lock as text: fixed key order, two spaces, sorted, so that equal locks are equal bytes.
 * Source: docs/spec/packages.md 4; docs/format/lock.md.
 */
#include "pkg/lock_print.h"

#include "pkg/lock.h"

#include <stdlib.h>
#include <string.h>

static int by_place(const void *a, const void *b)
{
	const struct pkg_lock_entry *x = *(struct pkg_lock_entry *const *)a,
				    *y = *(struct pkg_lock_entry *const *)b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->version, y->version);
	if (!order)
		order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->module_root, y->module_root);
}

static int by_id(const void *a, const void *b)
{
	const struct pkg_lock_module *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void put_optional(struct jsonw *w, const char *key, const char *text)
{
	if (text)
		jsonw_kv_string(w, key, text);
}

static void put_modules(struct jsonw *w, const struct pkg_lock_entry *e)
{
	AUTO_FREE struct pkg_lock_module *sorted =
	    base_calloc(e->module_count + 1, sizeof(*sorted));

	if (e->module_count)
		memcpy(sorted, e->modules, e->module_count * sizeof(*sorted));
	qsort(sorted, e->module_count, sizeof(*sorted), by_id);
	jsonw_key(w, "modules_sha256");
	jsonw_object(w);
	for (uint32_t i = 0; i < e->module_count; i++)
		jsonw_kv_string(w, sorted[i].id, sorted[i].sha256);
	jsonw_end_object(w);
}

/* Text that a reader of ours made or a registry client checked; anything else is left out. */
static void put_advisories(struct jsonw *w, const char *text)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *v = NULL;
	struct json_fault fault;

	if (!text || json_parse(&v, &arena, text, strlen(text), NULL, &fault) < 0 ||
	    v->kind != JSON_ARRAY || !v->count)
		return;
	jsonw_key(w, "advisories");
	jsonw_value(w, v, false);
}

static void put_entry(struct jsonw *w, const struct pkg_lock_entry *e)
{
	jsonw_object(w);
	jsonw_kv_string(w, "name", e->name);
	jsonw_kv_string(w, "version", e->version);
	jsonw_kv_string(w, "path", e->path);
	jsonw_kv_string(w, "package_manifest_sha256", e->manifest_sha256);
	jsonw_kv_string(w, "module_root", e->module_root);
	put_modules(w, e);
	put_optional(w, "overridden_by", e->overridden_by);
	if (e->has_yanked)
		jsonw_kv_bool(w, "yanked", e->yanked);
	put_advisories(w, e->advisories);
	put_optional(w, "archive_sha256", e->archive_sha256);
	put_optional(w, "tree_sha256", e->tree_sha256);
	if (e->has_direct)
		jsonw_kv_bool(w, "direct", e->direct);
	jsonw_end_object(w);
}

/* Ours: whom to trust on a machine that never saw this registry. */
static void put_keys(struct jsonw *w, const struct pkg_lock *lock)
{
	if (!lock->key_count)
		return;
	jsonw_key(w, "keys");
	jsonw_array(w);
	for (uint32_t i = 0; i < lock->key_count; i++) {
		jsonw_object(w);
		jsonw_kv_string(w, "id", lock->keys[i].id);
		jsonw_kv_string(w, "ed25519_pub", lock->keys[i].ed25519_pub);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_origin(struct jsonw *w, const struct pkg_lock *lock)
{
	jsonw_key(w, "toolchain");
	jsonw_object(w);
	jsonw_kv_string(w, "x07_version", lock->x07_version);
	jsonw_kv_string(
	    w, "x07c_version", lock->x07c_version ? lock->x07c_version : lock->x07_version);
	jsonw_kv_string(w, "lang_id", lock->lang_id);
	jsonw_kv_string(w, "compat", lock->compat ? lock->compat : "current");
	jsonw_end_object(w);
	jsonw_key(w, "registry");
	jsonw_object(w);
	jsonw_kv_string(w, "index_url", lock->index_url);
	put_keys(w, lock);
	jsonw_end_object(w);
}

void pkg_lock_print(struct buf *out, const struct pkg_lock *lock)
{
	AUTO_FREE struct pkg_lock_entry **sorted =
	    base_calloc(lock->count + 1, sizeof(struct pkg_lock_entry *));
	bool old = lock->schema_version && strcmp(lock->schema_version, "x07.lock@0.3.0") == 0;
	struct jsonw w = jsonw_init(out, true);

	for (uint32_t i = 0; i < lock->count; i++)
		sorted[i] = &lock->entries[i];
	qsort(sorted, lock->count, sizeof(struct pkg_lock_entry *), by_place);
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", old ? "x07.lock@0.3.0" : "x07.lock@0.4.0");
	if (!old)
		put_origin(&w, lock);
	jsonw_key(&w, "dependencies");
	jsonw_array(&w);
	for (uint32_t i = 0; i < lock->count; i++)
		put_entry(&w, sorted[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

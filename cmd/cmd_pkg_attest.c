/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg attest-closure`: the digests of everything that is locked, and what the registry says
 * against it, as one document. Source: docs/cmd/pkg-attest-closure.md.
 */
#include "base/file.h"
#include "base/file_replace.h"
#include "cmd/codes.h"
#include "cmd/pkg/ask.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg_work.h"
#include "pkg/lock_verify.h"

#include <string.h>

#define DOCUMENT_MAX ((size_t)64 << 20)

static void put_digest(struct jsonw *j, const char *key, const char *hex)
{
	char text[8 + SHA256_HEX_SIZE] = "sha256:";

	memcpy(text + 7, hex, SHA256_HEX_SIZE);
	jsonw_kv_string(j, key, text);
}

static void put_modules(struct jsonw *j, const struct pkg_lock_entry *e)
{
	CLEANUP(buf_clear) struct buf all = buf_init(DOCUMENT_MAX);
	char hex[SHA256_HEX_SIZE];

	for (uint32_t i = 0; i < e->module_count; i++) {
		buf_add(&all, e->modules[i].id, strlen(e->modules[i].id) + 1);
		buf_printf(&all, "%s\n", e->modules[i].sha256);
	}
	sha256_text(hex, buf_str(&all), all.len);
	put_digest(j, "module_root_digest", hex);
	jsonw_key(j, "modules");
	jsonw_array(j);
	for (uint32_t i = 0; i < e->module_count; i++) {
		jsonw_object(j);
		jsonw_kv_string(j, "module_id", e->modules[i].id);
		put_digest(j, "digest", e->modules[i].sha256);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static bool is_yanked(const struct pkg_item *item)
{
	return item->line != NULL ? item->line->yanked : item->old != NULL && item->old->yanked;
}

/* Ids of the advisories: the index's, else those that the lock has. @return how many. */
static uint32_t put_advisories(struct jsonw *j, struct pkg_work *w, const struct pkg_item *item)
{
	const struct registry_version *v = item->line;
	const struct json *list = NULL;
	struct json_fault fault = {0};
	uint32_t n = 0;

	for (uint32_t i = 0; v != NULL && i < v->advisory_count; i++) {
		if (!v->advisories[i].withdrawn && ++n > 0)
			jsonw_string(j, v->advisories[i].id);
	}
	if (v != NULL || item->old == NULL || item->old->advisories == NULL ||
	    json_parse(&list, &w->arena, item->old->advisories, strlen(item->old->advisories), NULL,
		&fault) < 0 ||
	    list->kind != JSON_ARRAY)
		return n;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json *id = json_get(&list->items[i], "id");

		if (id != NULL && id->kind == JSON_STRING && ++n > 0)
			jsonw_string_n(j, id->text.ptr, id->text.len);
	}
	return n;
}

static void put_packages(struct jsonw *j, struct pkg_work *w, bool *yanked, bool *advised)
{
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];
		const struct pkg_lock_entry *e = item->old;

		if (e == NULL)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", e->name);
		jsonw_kv_string(j, "version", e->version);
		jsonw_kv_string(j, "path", e->path);
		put_digest(j, "package_manifest_digest", e->manifest_sha256);
		jsonw_kv_string(j, "module_root", e->module_root);
		put_modules(j, e);
		jsonw_kv_bool(j, "yanked", is_yanked(item));
		*yanked = *yanked || is_yanked(item);
		jsonw_key(j, "advisories");
		jsonw_array(j);
		*advised = put_advisories(j, w, item) > 0 || *advised;
		jsonw_end_array(j);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void put_check(struct jsonw *j, struct pkg_work *w, bool ok)
{
	jsonw_key(j, "advisory_check");
	jsonw_object(j);
	jsonw_kv_string(j, "mode", w->settings.offline ? "offline" : "online");
	jsonw_kv_bool(j, "ok", ok);
	jsonw_kv_bool(j, "allow_yanked", w->o->allow_yanked);
	jsonw_kv_bool(j, "allow_advisories", w->o->allow_advisories);
	jsonw_key(j, "yanked");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		CLEANUP(buf_clear) struct buf id = buf_init(512);

		buf_printf(&id, "%s@%s", w->items.list[i].name, w->items.list[i].version);
		if (is_yanked(&w->items.list[i]))
			jsonw_string(j, id.data);
	}
	jsonw_end_array(j);
	jsonw_key(j, "advisories");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->items.count; i++)
		(void)put_advisories(j, w, &w->items.list[i]);
	jsonw_end_array(j);
	jsonw_end_object(j);
}

static int check_lock(struct buf *lock_text, struct pkg_work *w, struct err *err)
{
	AUTO_FREE char *path = pkg_lock_path(&w->project.m);
	struct err inner = {0};
	int rc = file_read(lock_text, path, &inner);

	if (rc == 0)
		rc = pkg_lock_verify(&w->project.lock, &w->project.m, &inner);
	if (rc == 0)
		rc = pkg_lock_verify_files(&w->project.lock, &w->project.m, &inner);
	if (rc < 0)
		return err_code(err, ERR_USAGE, CMD_CODE(ATTEST_LOCK), "%s", inner.message);
	pkg_items_from_lock(&w->items, &w->project);
	return w->settings.offline ? 0 : pkg_ask_index(&w->items, &w->supply, err);
}

struct findings {
	bool yanked, advised; /* found, and not accepted */
};

static int attest(struct buf *out, struct findings *found, struct pkg_work *w, struct err *err)
{
	CLEANUP(buf_clear) struct buf lock_text = buf_init(PKG_LOCK_MAX_BYTES);
	CLEANUP(buf_clear) struct buf packages = buf_init(DOCUMENT_MAX);
	struct jsonw p = jsonw_init(&packages, false), j = jsonw_init(out, false);
	bool yanked = false, advised = false;
	char hex[SHA256_HEX_SIZE];
	int rc = check_lock(&lock_text, w, err);

	if (rc < 0)
		return rc;
	put_packages(&p, w, &yanked, &advised);
	found->yanked = yanked && !w->o->allow_yanked;
	found->advised = advised && !w->o->allow_advisories;
	jsonw_object(&j);
	jsonw_kv_string(&j, "schema_version", "x07.dep.closure.attest@0.1.0");
	jsonw_kv_string(&j, "project_path", pkg_project_manifest_name(&w->project));
	sha256_text(hex, w->project.text.data, w->project.text.len);
	put_digest(&j, "manifest_digest", hex);
	sha256_text(hex, lock_text.data, lock_text.len);
	put_digest(&j, "lockfile_digest", hex);
	sha256_text(hex, packages.data, packages.len);
	put_digest(&j, "package_set_digest", hex);
	jsonw_key(&j, "dependencies");
	put_packages(&j, w, &yanked, &advised);
	put_check(&j, w, !found->yanked && !found->advised);
	jsonw_end_object(&j);
	buf_putc(out, '\n');
	return 0;
}

/* The document says it in a member; who reads the exit status alone learns it here. */
static void say_why(const struct pkg_work *w, struct findings found)
{
	if (found.yanked)
		print_note(w->call,
		    "[%s] withdrawn versions are locked (advisory_check.yanked); "
		    "`x07 pkg update`, or --allow-yanked",
		    PKG_ENGINE_CODE(YANKED_DEP)->id);
	if (found.advised)
		print_note(w->call,
		    "[%s] advisories name what is locked "
		    "(advisory_check.advisories); `x07 pkg update`, or --allow-advisories",
		    PKG_ENGINE_CODE(ADVISED_DEP)->id);
}

int cmd_pkg_attest_closure(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(DOCUMENT_MAX);
	struct findings found = {0};
	struct err err = {0};
	int rc = pkg_work_open_project(&w, call, PKG_TXN_READ, &err);

	if (rc == 0 && w.o->out == NULL)
		rc = err_set(&err, ERR_USAGE, "where to? --out FILE");
	if (rc == 0)
		rc = attest(&out, &found, &w, &err);
	if (rc == 0)
		rc = file_replace(w.o->out, out.data, out.len, &err);
	if (rc < 0)
		return pkg_work_finish(&w, rc, &err);
	progress_clear(&w.progress);
	say_why(&w, found);
	rc = print_out(&out);
	return found.yanked || found.advised ? err_exit_status(ERR_PKG) : rc;
}

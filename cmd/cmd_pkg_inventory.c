/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg inventory`: what ships with the tool: the standard library, and the packages of the
 * embedded registry with what their own manifests say. Source:
 * docs/cmd/pkg-inventory.md.
 */
#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "base/version.h"
#include "cmd/codes.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg_work.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "x07.pkg.inventory@0.1.0"
#define SUFFIX ".x07.json"
#define DEPTH_MAX 16
#define NAMES_MAX 65536u

struct names {
	const char **items; /* owned array; strings in the arena of the work */
	uint32_t count;
	size_t cap;
};

struct inventory {
	struct pkg_work w;
	struct pkg_options options;
	struct cmd_call call;
	char *root;             /* owned */
	struct names std;       /* module ids */
	struct names ext;       /* names of packages */
	struct pkg_item *items; /* owned: the highest version of each */
};

static void inventory_clear(struct inventory *v)
{
	for (uint32_t i = 0; v->items != NULL && i < v->ext.count; i++) {
		pkg_item_clear(&v->items[i]);
	}
	base_free_ptr(&v->items);
	base_free_ptr(&v->std.items);
	base_free_ptr(&v->ext.items);
	base_free_ptr(&v->root);
	pkg_work_clear(&v->w);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct names *n)
{
	if (n->items != NULL && n->count > 1)
		qsort(n->items, n->count, sizeof(*n->items), by_text);
}

/* Files below @p dir as module ids with @p prefix; what is internal is no user's business. */
static void walk_std(struct inventory *v, const char *dir, const char *prefix, int depth)
{
	const struct dirent *e;
	DIR *d = depth < DEPTH_MAX ? opendir(dir) : NULL;

	while (d != NULL && (e = readdir(d)) != NULL && v->std.count < NAMES_MAX) {
		AUTO_FREE char *path = path_join(dir, e->d_name);
		size_t n = strlen(e->d_name), end = sizeof(SUFFIX) - 1;
		const char *dot = prefix[0] != '\0' ? "." : "";

		if (e->d_name[0] == '.' || strcmp(e->d_name, "internal") == 0)
			continue;
		if (file_is_directory(path)) {
			walk_std(v, path,
			    arena_printf(&v->w.arena, "%s%s%s", prefix, dot, e->d_name), depth + 1);
		} else if (n > end && strcmp(e->d_name + n - end, SUFFIX) == 0) {
			VEC_PUSH(v->std.items, v->std.count, v->std.cap,
			    arena_printf(
				&v->w.arena, "%s%s%.*s", prefix, dot, (int)(n - end), e->d_name));
		}
	}
	if (d != NULL)
		(void)closedir(d);
}

static void list_packages(struct inventory *v, const char *dl)
{
	const struct dirent *e;
	DIR *d = opendir(dl);

	while (d != NULL && (e = readdir(d)) != NULL && v->ext.count < NAMES_MAX) {
		if (e->d_name[0] != '.')
			VEC_PUSH(v->ext.items, v->ext.count, v->ext.cap,
			    arena_strndup(&v->w.arena, e->d_name, strlen(e->d_name)));
	}
	if (d != NULL)
		(void)closedir(d);
	sort(&v->ext);
}

/* ---- reading ---- */

static int open_toolchain(struct inventory *v, struct err *err)
{
	struct pkg_work *w = &v->w;
	AUTO_FREE char *up = NULL;
	struct client_wishes wishes;
	int rc;

	v->options.index = CLIENT_EMBEDDED_URL;
	v->options.registry = NULL;
	v->options.offline = true;
	if (v->options.toolchain_root != NULL && !file_is_directory(v->options.toolchain_root))
		return err_code(err, ERR_PKG, CMD_CODE(INVENTORY_TOOLCHAIN_ROOT),
		    "--toolchain-root: no folder %s", v->options.toolchain_root);
	wishes = pkg_work_wishes(&v->options);
	rc = client_settings_load(&w->settings, &wishes, NULL, err);
	if (rc < 0)
		return rc;
	pkg_supply_init(&w->supply,
	    &(struct pkg_supply_options){.settings = &w->settings, .watch = pkg_work_watch(w)});
	up = path_dirname(w->settings.share);
	v->root = path_dirname(up);
	return 0;
}

static int look_for(const struct inventory *v, const char *name, char **out, struct err *err)
{
	*out = path_join(v->w.settings.share, name);
	if (file_is_directory(*out))
		return 0;
	return err_code(err, ERR_PKG, CMD_CODE(INVENTORY_LAYOUT),
	    "%s is not where x07 is installed: no folder %s", v->root, *out);
}

static const struct registry_version *highest(const struct registry_index *file)
{
	const struct registry_version *best = NULL;
	struct pkg_version a, b;
	struct err ignored = {0};

	for (uint32_t i = 0; i < file->count; i++) {
		const struct registry_version *line = &file->versions[i];

		if (pkg_version_parse(&a, str_c(line->version), &ignored) < 0)
			continue;
		if (best == NULL || (pkg_version_parse(&b, str_c(best->version), &ignored) == 0 &&
					pkg_version_cmp(&a, &b) > 0))
			best = line;
	}
	return best;
}

/* Its manifest is in the archive, which is verified and opened like that of any package. */
static int read_package(struct inventory *v, uint32_t i, struct err *err)
{
	struct pkg_item *item = &v->items[i];
	const struct registry_index *file = NULL;
	int rc = client_get(&file, pkg_supply_index(&v->w.supply), v->ext.items[i], err);

	if (rc == 0)
		item->line = highest(file);
	if (rc < 0 || item->line == NULL)
		return err_code(err, ERR_PKG, CMD_CODE(INVENTORY_LAYOUT),
		    "the index of the embedded registry has no %s", v->ext.items[i]);
	item->name = v->ext.items[i];
	item->version = item->line->version;
	item->path = "-"; /* below the root: not there, so it is read in the store */
	return pkg_install_read_one(item, &v->w.project, &v->w.supply, err);
}

static int take_stock(struct inventory *v, struct err *err)
{
	AUTO_FREE char *std = NULL;
	AUTO_FREE char *dl = NULL;
	int rc = open_toolchain(v, err);

	if (rc == 0)
		rc = look_for(v, "std", &std, err);
	if (rc == 0)
		rc = look_for(v, "registry/dl", &dl, err);
	if (rc < 0 || std == NULL || dl == NULL)
		return rc;
	v->w.project.root_fd = open(dl, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	v->w.has_project = true;
	walk_std(v, std, "", 0);
	sort(&v->std);
	list_packages(v, dl);
	v->items = base_calloc(v->ext.count + 1, sizeof(*v->items));
	for (uint32_t i = 0; rc == 0 && v->ext.items != NULL && i < v->ext.count; i++)
		rc = read_package(v, i, err);
	return rc;
}

/* ---- the report ---- */

static void put_head(struct jsonw *j, const char *kind, const char *name, const char *version,
    const char *module_root, uint32_t modules)
{
	jsonw_object(j);
	jsonw_kv_string(j, "kind", kind);
	jsonw_kv_string(j, "name", name);
	jsonw_kv_string(j, "version", version);
	jsonw_kv_string(j, "module_root", module_root);
	jsonw_kv_int(j, "module_count", modules);
	jsonw_key(j, "modules");
	jsonw_array(j);
}

static void put_std(struct jsonw *j, const struct inventory *v, bool ok)
{
	AUTO_FREE char *path = ok ? path_join(v->w.settings.share, "std") : NULL;

	jsonw_key(j, "stdlib_versions");
	jsonw_array(j);
	if (ok) {
		put_head(j, "stdlib", "std", X07_VERSION, ".", v->std.count);
		for (uint32_t i = 0; i < v->std.count; i++)
			jsonw_string(j, v->std.items[i]);
		jsonw_end_array(j);
		jsonw_kv_string(j, "path", path);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void put_versions(struct jsonw *j, struct inventory *v, const char *name)
{
	const struct registry_index *file = NULL;
	struct err ignored = {0};

	jsonw_key(j, "versions_available");
	jsonw_array(j);
	if (client_get(&file, pkg_supply_index(&v->w.supply), name, &ignored) == 0) {
		for (uint32_t i = 0; i < file->count; i++)
			jsonw_string(j, file->versions[i].version);
	}
	jsonw_end_array(j);
}

static void put_ext(struct jsonw *j, struct inventory *v, bool ok)
{
	jsonw_key(j, "ext_latest");
	jsonw_array(j);
	for (uint32_t i = 0; ok && i < v->ext.count; i++) {
		const struct pkg_item *item = &v->items[i];
		const struct pkg_package *p = &item->meta.p;
		const char *path = arena_printf(&v->w.arena, "%s/registry/dl/%s/%s",
		    v->w.settings.share, item->name, item->version);

		put_head(j, "ext", item->name, item->version, p->module_root, p->module_count);
		for (uint32_t k = 0; k < p->module_count; k++)
			jsonw_string(j, p->modules[k]);
		jsonw_end_array(j);
		jsonw_kv_string(j, "path", path);
		put_versions(j, v, item->name);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void build_report(struct buf *out, struct inventory *v, int rc, const struct err *err)
{
	struct jsonw j = jsonw_init(out, false);
	const char *asked = v->options.toolchain_root;

	jsonw_object(&j);
	jsonw_kv_string(&j, "schema_version", SCHEMA);
	jsonw_kv_bool(&j, "ok", rc == 0);
	jsonw_kv_string(&j, "toolchain_root", v->root != NULL ? v->root : asked);
	put_std(&j, v, rc == 0);
	put_ext(&j, v, rc == 0);
	jsonw_key(&j, "counts");
	jsonw_object(&j);
	jsonw_kv_int(&j, "stdlib_package_versions", rc == 0);
	jsonw_kv_int(&j, "ext_packages", rc == 0 ? v->ext.count : 0);
	jsonw_end_object(&j);
	if (rc < 0) {
		jsonw_key(&j, "error");
		jsonw_object(&j);
		jsonw_kv_string(&j, "code", pkg_error_code(err)->id);
		jsonw_kv_string(&j, "message", err->message);
		jsonw_end_object(&j);
	}
	jsonw_end_object(&j);
	buf_putc(out, '\n');
}

int cmd_pkg_inventory(const struct cmd_call *call)
{
	CLEANUP(inventory_clear) struct inventory v = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_REPORT_MAX_BYTES);
	struct err err = {0};
	int rc, status;

	memcpy(&v.options, call->options, sizeof(v.options));
	v.call = *call;
	v.call.options = &v.options;
	pkg_work_init(&v.w, &v.call);
	rc = take_stock(&v, &err);
	if (pkg_is_interactive(call)) {
		struct buf *text = &v.w.report.text;

		for (uint32_t i = 0; rc == 0 && i < v.ext.count; i++)
			buf_printf(text, "%s@%s, %u modules\n", v.items[i].name, v.items[i].version,
			    v.items[i].meta.p.module_count);
		if (rc == 0)
			buf_printf(text, "std %s, %u modules\n", X07_VERSION, v.std.count);
		return pkg_work_finish(&v.w, rc, &err);
	}
	build_report(&out, &v, rc, &err);
	progress_clear(&v.w.progress);
	status = print_out(&out);
	if (rc < 0)
		pkg_report_complain(call, &err);
	return rc < 0 ? pkg_error_status(&err) : status;
}

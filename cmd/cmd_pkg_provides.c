/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg provides MODULE`: where a module comes from, or would come from: the standard library,
 * the project, its locked packages, the capability map. Asks no registry. Source:
 * docs/cmd/pkg-provides.md.
 */
#include "base/file.h"
#include "base/module_path.h"
#include "base/path.h"
#include "cmd/pkg/capmap.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg_work.h"
#include "pkg/codes.h"
#include "pkg/discover.h"
#include "pkg/place.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "x07.pkg.provides.report@0.1.0"
#define PROVIDERS_MAX 64

struct provider {
	const char *kind, *name, *version, *module_root;
	const struct registry_capability *capability; /* of the map; NULL */
};

struct answer {
	struct pkg_work *w;
	const char *module;
	struct provider items[PROVIDERS_MAX];
	size_t count;
};

static int cmp_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_provider(const void *a, const void *b)
{
	const struct provider *x = a, *y = b;
	int order = strcmp(x->kind, y->kind);

	if (order == 0)
		order = strcmp(x->name, y->name);
	if (order == 0)
		order = cmp_text(x->version, y->version);
	return order != 0 ? order : cmp_text(x->module_root, y->module_root);
}

static void provide(struct answer *a, const struct provider *p)
{
	if (a->count < PROVIDERS_MAX)
		a->items[a->count++] = *p;
}

static bool has_file(const char *dir, const char *module)
{
	AUTO_FREE char *path = module_path(dir, str_c(module));

	return path != NULL && file_is_regular(path);
}

static void look_in_std(struct answer *a)
{
	char *root = path_join(a->w->settings.share, "std");
	bool os = strncmp(a->module, "std.os.", 7) == 0;

	if (has_file(root, a->module))
		provide(a, &(struct provider){.kind = os ? "os-stdlib" : "builtin",
			       .name = os ? "stdlib-os" : "std",
			       .module_root = arena_strndup(&a->w->arena, root, strlen(root))});
	base_free_ptr(&root);
}

static void look_in_project(struct answer *a)
{
	const struct pkg_project *p = &a->w->project;

	for (uint32_t i = 0; i < p->m.module_root_count; i++) {
		AUTO_FREE char *dir = NULL;
		struct err none = {0};

		if (pkg_place_path(&dir, p->m.root, p->m.module_roots[i], &none) == 0 &&
		    has_file(dir, a->module))
			provide(a, &(struct provider){.kind = "local",
				       .name = "project",
				       .module_root = p->m.module_roots[i]});
	}
}

static bool locks_module(const struct pkg_lock_entry *e, const char *module)
{
	for (uint32_t i = 0; i < e->module_count; i++) {
		if (strcmp(e->modules[i].id, module) == 0)
			return true;
	}
	return false;
}

static void look_in_lock(struct answer *a)
{
	const struct pkg_project *p = &a->w->project;

	for (uint32_t i = 0; p->has_lock && i < p->lock.count; i++) {
		const struct pkg_lock_entry *e = &p->lock.entries[i];

		if (locks_module(e, a->module))
			provide(a, &(struct provider){.kind = "dependency",
				       .name = e->name,
				       .version = e->version,
				       .module_root = arena_printf(
					   &a->w->arena, "%s/%s", e->path, e->module_root)});
	}
}

static void look_in_map(struct answer *a, const struct registry_capmap *map)
{
	const struct registry_capability *c = registry_capmap_provider(map, a->module);

	if (c != NULL)
		provide(a, &(struct provider){.kind = "catalog",
			       .name = c->canonical.name,
			       .version = c->canonical.version,
			       .capability = c});
}

static bool is_module_id(const char *text)
{
	bool start = true;

	for (const char *c = text; *c != '\0'; c++) {
		bool letter = *c >= 'a' && *c <= 'z';

		if (*c == '.' ? start : !letter && *c != '_' && !(*c >= '0' && *c <= '9'))
			return false;
		start = *c == '.';
	}
	return !start && strlen(text) <= 256;
}

static void build_report(struct buf *out, const struct answer *a, int rc, const struct err *err)
{
	struct jsonw j = jsonw_init(out, false);

	jsonw_object(&j);
	jsonw_kv_string(&j, "schema_version", SCHEMA);
	jsonw_kv_bool(&j, "ok", rc == 0 && a->count > 0);
	jsonw_kv_string(&j, "module_id", a->module);
	jsonw_key(&j, "providers");
	jsonw_array(&j);
	for (size_t i = 0; i < a->count; i++) {
		const struct provider *p = &a->items[i];

		jsonw_object(&j);
		jsonw_kv_string(&j, "kind", p->kind);
		jsonw_kv_string(&j, "name", p->name);
		if (p->version != NULL)
			jsonw_kv_string(&j, "version", p->version);
		if (p->module_root != NULL)
			jsonw_kv_string(&j, "module_root", p->module_root);
		if (p->capability != NULL) {
			jsonw_kv_string(&j, "capability", p->capability->id);
			jsonw_kv_bool(&j, "ships", p->capability->ships);
		}
		jsonw_end_object(&j);
	}
	jsonw_end_array(&j);
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

static void build_text(struct buf *out, const struct answer *a)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct provider *p = &a->items[i];

		buf_printf(out, "%s: %s%s%s (%s)", a->module, p->name,
		    p->version != NULL ? "@" : "", p->version != NULL ? p->version : "", p->kind);
		if (p->module_root != NULL)
			buf_printf(out, " in %s", p->module_root);
		buf_puts(out, "\n");
		if (p->capability != NULL)
			buf_printf(out, "  x07 pkg add %s@%s --sync%s\n", p->name, p->version,
			    p->capability->ships ? "" : " --index URL (it does not ship with x07)");
	}
	if (a->count == 0)
		buf_printf(out, "%s: nothing that x07 knows provides it\n", a->module);
}

/* Outside of a project the library and the map still answer. */
static int open_work(struct pkg_work *w, const struct cmd_call *call, struct err *err)
{
	const struct pkg_options *o = call->options;
	AUTO_FREE char *path = NULL;
	struct err none = {0};
	bool project = o->project != NULL || pkg_manifest_discover(&path, ".", &none) == 0 ||
		       none.code != ERR_NOT_FOUND;

	return project ? pkg_work_open_project(w, call, PKG_TXN_READ, err)
		       : pkg_work_open(w, call, err);
}

static int look(struct answer *a, struct registry_capmap *map, struct err *err)
{
	int rc = pkg_capmap_open(map, &a->w->settings, err);

	if (rc < 0)
		return rc;
	look_in_std(a);
	if (a->w->has_project) {
		look_in_project(a);
		look_in_lock(a);
	}
	look_in_map(a, map);
	qsort(a->items, a->count, sizeof(a->items[0]), by_provider);
	return 0;
}

int cmd_pkg_provides(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_REPORT_MAX_BYTES);
	struct answer a = {.w = &w, .module = ""};
	struct err err = {0};
	int status, rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "which module? like std.net.http");
	a.module = call->args.operands[0];
	rc = open_work(&w, call, &err);
	if (rc == 0 && !is_module_id(a.module))
		rc = err_code(&err, ERR_PKG, PKG_CODE(SPEC_INVALID),
		    "'%.128s' is no module id, like std.net.http", a.module);
	if (rc == 0)
		rc = look(&a, &map, &err);
	if (pkg_is_interactive(call) && rc < 0)
		return pkg_work_finish(&w, rc, &err);
	if (pkg_is_interactive(call))
		build_text(&out, &a);
	else
		build_report(&out, &a, rc, &err);
	progress_clear(&w.progress);
	status = print_out(&out);
	if (rc < 0)
		pkg_report_complain(call, &err);
	if (rc < 0)
		return pkg_error_status(&err);
	return status == CMD_EXIT_OK && a.count == 0 ? CMD_EXIT_FAILED : status;
}

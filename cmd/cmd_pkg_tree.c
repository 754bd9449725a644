/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg tree` and `x07 pkg why`: the locked packages and who needs them. Reads the lock and the
 * installed manifests; never asks a registry. Source: docs/cmd/pkg-tree.md.
 */
#include "base/path.h"
#include "cmd/codes.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg_work.h"
#include "pkg/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "x07.pkg.tree.report@0.1.0"

struct edge {
	const char *kind, *from, *to;
};

struct tree {
	struct pkg_work *w;
	struct edge *edges; /* owned */
	uint32_t count;
	const struct pkg_need *missing; /* the first need without a package; NULL */
	const struct pkg_item *missing_by;
};

static const char *id_of(struct pkg_work *w, const struct pkg_item *item)
{
	return arena_printf(&w->arena, "%s@%s", item->name, item->version);
}

static int by_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	int order = strcmp(x->kind, y->kind);

	if (order == 0)
		order = strcmp(x->from, y->from);
	return order != 0 ? order : strcmp(x->to, y->to);
}

static void make_edges(struct tree *t)
{
	struct pkg_work *w = t->w;
	AUTO_FREE bool *needed = base_calloc(w->items.count + 1, sizeof(*needed));
	uint32_t max = w->items.count;

	for (uint32_t i = 0; i < w->items.count; i++)
		max += w->items.list[i].meta.p.need_count;
	t->edges = base_calloc(max + 1, sizeof(*t->edges));
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_package *p = &w->items.list[i].meta.p;

		for (uint32_t k = 0; k < p->need_count; k++) {
			const struct pkg_item *to = pkg_items_find(&w->items, p->needs[k].name);

			if (to == NULL) {
				t->missing = &p->needs[k];
				t->missing_by = &w->items.list[i];
				continue;
			}
			needed[to - w->items.list] = true;
			t->edges[t->count++] =
			    (struct edge){"requires", id_of(w, &w->items.list[i]), id_of(w, to)};
		}
	}
	for (uint32_t i = 0; i < w->items.count; i++) {
		if (!needed[i])
			t->edges[t->count++] =
			    (struct edge){"root", "project", id_of(w, &w->items.list[i])};
	}
	qsort(t->edges, t->count, sizeof(*t->edges), by_edge);
}

static void put_strings(struct jsonw *j, const char *key, const char *const *items, uint32_t count)
{
	jsonw_key(j, key);
	jsonw_array(j);
	for (uint32_t i = 0; i < count; i++)
		jsonw_string(j, items[i]);
	jsonw_end_array(j);
}

static void put_nodes(struct jsonw *j, struct pkg_work *w)
{
	const struct pkg_manifest *m = &w->project.m;

	jsonw_key(j, "nodes");
	jsonw_array(j);
	jsonw_object(j);
	jsonw_kv_string(j, "kind", "project");
	jsonw_kv_string(j, "id", "project");
	put_strings(j, "declared_module_roots", m->module_roots, m->module_root_count);
	put_strings(j, "resolved_module_roots", m->module_roots, m->module_root_count);
	jsonw_end_object(j);
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_item *item = &w->items.list[i];
		AUTO_FREE char *dir = path_join(item->path, item->meta.p.module_root);

		jsonw_object(j);
		jsonw_kv_string(j, "kind", "package");
		jsonw_kv_string(j, "id", id_of(w, item));
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_kv_string(j, "module_root", item->meta.p.module_root);
		jsonw_kv_string(j, "module_root_dir", dir);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void put_edges(struct jsonw *j, const struct tree *t)
{
	jsonw_key(j, "edges");
	jsonw_array(j);
	for (uint32_t i = 0; i < t->count; i++) {
		jsonw_object(j);
		jsonw_kv_string(j, "kind", t->edges[i].kind);
		jsonw_kv_string(j, "from", t->edges[i].from);
		jsonw_kv_string(j, "to", t->edges[i].to);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void put_missing(struct jsonw *j, const struct tree *t)
{
	if (t->missing == NULL)
		return;
	jsonw_key(j, "missing");
	jsonw_object(j);
	jsonw_kv_string(j, "required_by", id_of(t->w, t->missing_by));
	jsonw_kv_string(j, "name", t->missing->name);
	jsonw_kv_string(j, "version", t->missing->requirement);
	jsonw_end_object(j);
}

/* The codes of the reference for what can be wrong with a lock. */
static const struct code *tree_code(const struct err *err)
{
	const struct code *const codes[][2] = {
	    {PKG_ENGINE_CODE(LOCK_MISSING), CMD_CODE(TREE_LOCK_MISSING)},
	    {PKG_CODE(LOCK_MISMATCH), CMD_CODE(TREE_LOCK_VERIFY)},
	    {PKG_CODE(LOCK_READ), CMD_CODE(TREE_LOCK_READ)},
	    {PKG_CODE(LOCK_PARSE), CMD_CODE(TREE_LOCK_PARSE)},
	    {PKG_CODE(LOCK_SCHEMA), CMD_CODE(TREE_LOCK_PARSE)},
	    {PKG_CODE(MANIFEST_PARSE), CMD_CODE(TREE_DEP_MANIFEST)},
	    {PKG_CODE(PROJECT_READ), CMD_CODE(TREE_PROJECT)},
	    {PKG_CODE(PROJECT_PARSE), CMD_CODE(TREE_PROJECT)},
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (err_is(err, codes[i][0]))
			return codes[i][1];
	}
	return pkg_error_code(err);
}

static void build_report(struct buf *out, const struct tree *t, int rc, const struct err *err)
{
	struct jsonw j = jsonw_init(out, false);
	struct pkg_work *w = t->w;

	jsonw_object(&j);
	jsonw_kv_string(&j, "schema_version", SCHEMA);
	jsonw_kv_bool(&j, "ok", rc == 0 && t->missing == NULL);
	jsonw_kv_string(&j, "project_path", w->project.has_manifest ? w->project.m.path : "");
	if (w->project.has_lock)
		jsonw_kv_string(&j, "lockfile_path", w->project.lock.path);
	if (rc == 0) {
		put_nodes(&j, w);
		put_edges(&j, t);
		put_missing(&j, t);
	} else {
		put_strings(&j, "nodes", NULL, 0);
		put_strings(&j, "edges", NULL, 0);
		jsonw_key(&j, "error");
		jsonw_object(&j);
		jsonw_kv_string(&j, "code", tree_code(err)->id);
		jsonw_kv_string(&j, "message", err->message);
		jsonw_end_object(&j);
	}
	jsonw_end_object(&j);
	buf_putc(out, '\n');
}

/* Children of @p from, indented; a package that was shown before is named only. */
static void print_below(
    struct buf *out, const struct tree *t, const char *from, unsigned depth, uint64_t *budget)
{
	for (uint32_t i = 0; i<t->count && * budget> 0; i++) {
		if (strcmp(t->edges[i].from, from) != 0)
			continue;
		*budget -= 1;
		buf_printf(out, "%*s%s\n", (int)(depth * 2), "", t->edges[i].to);
		if (depth < 64)
			print_below(out, t, t->edges[i].to, depth + 1, budget);
	}
}

static void tree_clear(struct tree *t)
{
	base_free_ptr(&t->edges);
}

int cmd_pkg_tree(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(tree_clear) struct tree t = {.w = &w};
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_REPORT_MAX_BYTES);
	struct err err = {0}, shown;
	int rc = pkg_work_open_project(&w, call, PKG_TXN_READ, &err);
	uint64_t budget = 100000;
	int status;

	if (rc == 0)
		rc = pkg_locked_read(&w.items, &w.project, &err);
	if (rc == 0)
		make_edges(&t);
	shown = err;
	if (rc < 0)
		shown.what = tree_code(&err);
	if (!pkg_is_interactive(call)) {
		build_report(&out, &t, rc, &err);
		status = print_out(&out);
		if (rc < 0)
			pkg_report_complain(call, &shown);
	} else if (rc < 0) {
		return pkg_work_finish(&w, rc, &shown);
	} else {
		buf_printf(&out, "%s\n", w.project.m.path);
		print_below(&out, &t, "project", 1, &budget);
		status = print_out(&out);
	}
	return rc < 0 || t.missing != NULL ? err_exit_status(ERR_PKG) : status;
}

/* ---- why ---- */

/* One path from the project to a package, shortest first by breadth. */
static bool find_path(const struct tree *t, const char *to, uint32_t *via)
{
	AUTO_FREE const char **queue = base_calloc(t->count + 2, sizeof(*queue));
	uint32_t head = 0, tail = 0;

	for (uint32_t i = 0; i < t->count + 2; i++)
		via[i] = UINT32_MAX;
	queue[tail++] = "project";
	while (head < tail) {
		const char *from = queue[head++];

		for (uint32_t i = 0; i < t->count; i++) {
			bool seen = false;

			if (strcmp(t->edges[i].from, from) != 0)
				continue;
			for (uint32_t k = 0; k < tail; k++)
				seen = seen || strcmp(queue[k], t->edges[i].to) == 0;
			if (seen)
				continue;
			via[tail] = i;
			queue[tail++] = t->edges[i].to;
			if (strcmp(t->edges[i].to, to) == 0)
				return true;
		}
	}
	return false;
}

static void report_why(struct tree *t, const struct pkg_item *item)
{
	struct pkg_work *w = t->w;
	struct jsonw *j = &w->report.w;
	const char *id = id_of(w, item);

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "name", item->name);
	jsonw_kv_string(j, "version", item->version);
	jsonw_kv_bool(j, "direct", item->direct);
	jsonw_key(j, "required_by");
	jsonw_array(j);
	buf_printf(&w->report.text, "%s\n%s", id, item->direct ? "  wanted by x07.json\n" : "");
	for (uint32_t i = 0; i < w->items.count; i++) {
		const struct pkg_package *p = &w->items.list[i].meta.p;

		for (uint32_t k = 0; k < p->need_count; k++) {
			if (strcmp(p->needs[k].name, item->name) != 0)
				continue;
			jsonw_object(j);
			jsonw_kv_string(j, "name", p->name);
			jsonw_kv_string(j, "version", p->version);
			jsonw_kv_string(j, "requirement", p->needs[k].requirement);
			jsonw_end_object(j);
			buf_printf(&w->report.text, "  needed by %s@%s: %s\n", p->name, p->version,
			    p->needs[k].requirement != NULL ? p->needs[k].requirement : "any");
		}
	}
	jsonw_end_array(j);
}

/* Where the way came from when it reached a package; NULL at the project. */
static const char *step_back(const struct tree *t, const uint32_t *via, const char *at)
{
	for (uint32_t k = 1; k <= t->count; k++) {
		if (via[k] != UINT32_MAX && strcmp(t->edges[via[k]].to, at) == 0)
			return t->edges[via[k]].from;
	}
	return NULL;
}

static void report_path(struct tree *t, const char *id)
{
	struct jsonw *j = &t->w->report.w;
	AUTO_FREE uint32_t *via = base_calloc(t->count + 2, sizeof(*via));
	const char *chain[66];
	uint32_t n = 0;

	jsonw_key(j, "path");
	jsonw_array(j);
	if (find_path(t, id, via)) {
		for (const char *at = id; at != NULL && n < ARRAY_LEN(chain);
		     at = step_back(t, via, at)) {
			if (strcmp(at, "project") != 0)
				chain[n++] = at;
		}
		jsonw_string(j, "project");
		while (n > 0)
			jsonw_string(j, chain[--n]);
	}
	jsonw_end_array(j);
	pkg_report_close(&t->w->report);
}

int cmd_pkg_why(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(tree_clear) struct tree t = {.w = &w};
	const char *name = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	const struct pkg_item *item = NULL;
	struct err err = {0};
	int rc;

	if (name == NULL)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open_project(&w, call, PKG_TXN_READ, &err);
	if (rc == 0)
		rc = pkg_locked_read(&w.items, &w.project, &err);
	if (rc == 0 && (item = pkg_items_find(&w.items, name)) == NULL)
		rc = err_code(&err, ERR_PKG, PKG_ENGINE_CODE(DEP_NOT_FOUND),
		    "%s is not among the packages", name);
	if (rc == 0 && item != NULL) {
		make_edges(&t);
		report_why(&t, item);
		report_path(&t, id_of(&w, item));
	}
	return pkg_work_finish(&w, rc, &err);
}

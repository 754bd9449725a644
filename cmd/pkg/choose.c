/* SPDX-License-Identifier: MIT */
/*
 * Which packages a project gets. What the project wants itself are the dependencies of x07.json
 * that the lock does not call indirect; the rest follows from them, so that what nobody needs any
 * longer goes. Source: spec packages 9 and 12; docs/format/resolution.md.
 */
#include "base/path.h"
#include "base/vec.h"
#include "cmd/pkg/work.h"
#include "cmd/version.h"
#include "pkg/lock_verify.h"
#include "pkg/resolve.h"
#include "registry/index.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one resolution asks, and what answers it. */
struct choice {
	struct pkg_work *w;
	const struct pkg_change *change;
	struct pkg_need *wants;
	uint32_t want_count;
	size_t want_cap;
	struct pkg_fixed *fixed;
	uint32_t fixed_count;
	size_t fixed_cap;
};

static void choice_clear(struct choice *c)
{
	base_free_ptr(&c->wants);
	base_free_ptr(&c->fixed);
}

bool pkg_lock_fits(const struct pkg_project *p, struct err *err)
{
	return p->has_lock && pkg_lock_verify(&p->lock, &p->m, err) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pkg_item *)a)->name, ((const struct pkg_item *)b)->name);
}

void pkg_items_from_lock(struct pkg_work *w)
{
	const struct pkg_lock *lock = &w->project.lock;
	const struct json *patches = json_get(w->project.m.document, "patch");

	w->items = base_calloc(lock->count + 1, sizeof(*w->items));
	w->count = lock->count;
	for (uint32_t i = 0; i < lock->count; i++) {
		const struct pkg_lock_entry *e = &lock->entries[i];

		w->items[i] = (struct pkg_item){.name = e->name,
		    .version = e->version,
		    .path = e->path,
		    .direct = !e->has_direct || e->direct,
		    .forced = e->overridden_by != NULL || json_get(patches, e->name) != NULL,
		    .local = !pkg_path_is_vendored(e->path),
		    .old = e};
	}
	qsort(w->items, w->count, sizeof(*w->items), by_name);
}

/* ---- what is wanted ---- */

static bool is_updated(const struct pkg_change *change, const char *name)
{
	for (uint32_t i = 0; i < change->update_count; i++) {
		if (strcmp(change->update[i], name) == 0)
			return true;
	}
	return change->update_all;
}

static const struct pkg_need *added(const struct pkg_change *change, const char *name)
{
	for (uint32_t i = 0; i < change->add_count; i++) {
		if (strcmp(change->add[i].name, name) == 0)
			return &change->add[i];
	}
	return NULL;
}

static bool is_direct(const struct pkg_project *p, const struct pkg_dependency *d)
{
	const struct pkg_lock_entry *e = pkg_project_locked(p, d->name);

	return e == NULL || !e->has_direct || e->direct || strcmp(e->version, d->version) != 0;
}

static const struct json *patch_of(const struct choice *c, const char *name)
{
	return json_get(json_get(c->w->project.m.document, "patch"), name);
}

static const char *json_text(struct choice *c, const struct json *v)
{
	if (v == NULL || v->kind != JSON_STRING || v->text.len == 0)
		return NULL;
	return arena_strndup(&c->w->arena, v->text.ptr, v->text.len);
}

static void want(struct choice *c, const char *name, const char *requirement)
{
	VEC_PUSH(c->wants, c->want_count, c->want_cap, ((struct pkg_need){name, requirement}));
}

static void fix(struct choice *c, const char *name, const char *version, enum pkg_fix how)
{
	VEC_PUSH(c->fixed, c->fixed_count, c->fixed_cap, ((struct pkg_fixed){name, version, how}));
}

static void want_dependency(struct choice *c, const struct pkg_dependency *d)
{
	bool updated = is_updated(c->change, d->name);
	bool local = !pkg_path_is_vendored(d->path);
	const char *forced = json_text(c, json_get(patch_of(c, d->name), "version"));

	if ((c->change->remove != NULL && strcmp(c->change->remove, d->name) == 0) ||
	    added(c->change, d->name) != NULL)
		return;
	if (is_direct(&c->w->project, d))
		want(c, d->name, updated || local || forced != NULL ? "" : d->version);
	if (local)
		fix(c, d->name, d->version, PKG_FIX_LOCAL);
	else if (!updated)
		fix(c, d->name, d->version, PKG_FIX_LOCKED);
}

static void want_patches(struct choice *c)
{
	const struct json *patch = json_get(c->w->project.m.document, "patch");

	for (uint32_t i = 0; patch != NULL && patch->kind == JSON_OBJECT && i < patch->count; i++) {
		const char *name =
		    arena_strndup(&c->w->arena, patch->items[i].key.ptr, patch->items[i].key.len);
		const char *version = json_text(c, json_get(&patch->items[i], "version"));

		if (version != NULL)
			fix(c, name, version, PKG_FIX_FORCED);
	}
}

/* What the lock has beyond x07.json keeps its version where it may. */
static void want_locked(struct choice *c)
{
	const struct pkg_project *p = &c->w->project;

	for (uint32_t i = 0; p->has_lock && i < p->lock.count; i++) {
		const struct pkg_lock_entry *e = &p->lock.entries[i];

		if (pkg_project_dependency(p, e->name) == NULL && !is_updated(c->change, e->name) &&
		    pkg_path_is_vendored(e->path))
			fix(c, e->name, e->version, PKG_FIX_LOCKED);
	}
}

static void want_all(struct choice *c)
{
	const struct pkg_manifest *m = &c->w->project.m;

	for (uint32_t i = 0; i < m->dependency_count; i++)
		want_dependency(c, &m->dependencies[i]);
	for (uint32_t i = 0; i < c->change->add_count; i++) {
		const struct pkg_need *n = &c->change->add[i];

		want(c, n->name, n->requirement);
		if (c->change->add_path != NULL && !pkg_path_is_vendored(c->change->add_path))
			fix(c, n->name, n->requirement, PKG_FIX_LOCAL);
	}
	want_patches(c);
	want_locked(c);
}

/* ---- what answers ---- */

static const char *path_for(struct choice *c, const char *name, const char *version)
{
	const struct pkg_project *p = &c->w->project;
	const struct pkg_dependency *d = pkg_project_dependency(p, name);
	const char *patched = json_text(c, json_get(patch_of(c, name), "path"));

	if (patched != NULL)
		return patched;
	if (added(c->change, name) != NULL && c->change->add_path != NULL)
		return c->change->add_path;
	if (d != NULL && (!pkg_path_is_vendored(d->path) || strcmp(d->version, version) == 0))
		return d->path;
	return arena_printf(&c->w->arena, PKG_VENDORED "%s/%s", name, version);
}

/* The same package: what a local path has is another one than what a registry has. */
static const struct pkg_lock_entry *old_entry(
    const struct pkg_project *p, const char *name, const char *version, const char *path)
{
	const struct pkg_lock_entry *e = pkg_project_locked(p, name);

	if (e == NULL || strcmp(e->version, version) != 0)
		return NULL;
	if (!pkg_path_is_vendored(path) || !pkg_path_is_vendored(e->path))
		return strcmp(e->path, path) == 0 ? e : NULL;
	return e;
}

/* Without an index: what lies in the project is all that there is. */
static int installed_versions(struct pkg_candidates *out, struct choice *c, const char *name)
{
	struct pkg_candidate *list = arena_alloc(&c->w->arena, 256 * sizeof(*list));
	AUTO_FREE char *deps = path_join(c->w->project.m.root, PKG_VENDORED);
	AUTO_FREE char *dir = path_join(deps, name);
	const struct dirent *e;
	uint32_t n = 0;
	DIR *d = opendir(dir);

	while (d != NULL && n < 256 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			list[n++].version =
			    arena_strndup(&c->w->arena, e->d_name, strlen(e->d_name));
	}
	if (d != NULL)
		(void)closedir(d);
	*out = (struct pkg_candidates){list, n};
	return n > 0 ? 0 : ERR_NOT_FOUND;
}

static int source_prefetch(void *ctx, const char *const *names, uint32_t count, struct err *err)
{
	struct choice *c = ctx;
	struct err ignored = {0};

	/* What goes wrong is told when the package is asked for. */
	(void)err;
	if (client_prefetch(pkg_work_index(c->w), names, count, &ignored) < 0)
		return 0;
	return 0;
}

static bool is_advised(const struct registry_version *v)
{
	for (uint32_t i = 0; i < v->advisory_count; i++) {
		if (!v->advisories[i].withdrawn)
			return true;
	}
	return false;
}

static int source_versions(struct pkg_candidates *out, void *ctx, const char *name, struct err *err)
{
	struct choice *c = ctx;
	const struct registry_index *file = NULL;
	struct pkg_candidate *list;
	int rc = client_get(&file, pkg_work_index(c->w), name, err);

	if (rc < 0 && strcmp(err->user_code, "X07PKG_OFFLINE_INDEX") == 0 &&
	    installed_versions(out, c, name) == 0)
		return 0;
	if (rc < 0)
		return rc;
	list = arena_alloc(&c->w->arena, (file->count + 1) * sizeof(*list));
	for (uint32_t i = 0; i < file->count; i++) {
		const struct registry_version *v = &file->versions[i];

		list[i] = (struct pkg_candidate){v->version, v->yanked, is_advised(v)};
	}
	*out = (struct pkg_candidates){list, file->count};
	return 0;
}

static void item_clear(struct pkg_item *item)
{
	if (item->has_tree)
		pkg_tree_clear(&item->tree);
	pkg_meta_clear(&item->meta);
}

/* Its own manifest says what it needs: a local package, or a line of an older index. */
static int needs_of_tree(
    struct pkg_needs *out, struct choice *c, const char *name, const char *version, struct err *err)
{
	struct pkg_item item = {.name = name, .version = version};
	struct err ignored = {0};
	struct pkg_need *needs;
	int rc;

	item.path = path_for(c, name, version);
	item.local = !pkg_path_is_vendored(item.path);
	item.forced = json_get(patch_of(c, name), "version") != NULL;
	item.old = old_entry(&c->w->project, name, version, item.path);
	if (!item.local &&
	    client_version(&item.line, pkg_work_index(c->w), name, version, &ignored) < 0)
		item.line = NULL; /* told when it is to be fetched */
	rc = pkg_read_one(&item, c->w, err);
	/* For the resolver it is one version among others, which says itself what it wants. */
	if (rc < 0 && !item.local && strcmp(err->user_code, "X07PKG_X07C_INCOMPATIBLE") == 0) {
		*err = (struct err){0};
		rc = 0;
	}
	if (rc < 0) {
		item_clear(&item);
		return rc;
	}
	needs = arena_alloc(&c->w->arena, (item.meta.p.need_count + 1) * sizeof(*needs));
	for (uint32_t i = 0; i < item.meta.p.need_count; i++) {
		const struct pkg_need *n = &item.meta.p.needs[i];

		needs[i].name = arena_strndup(&c->w->arena, n->name, strlen(n->name));
		needs[i].requirement =
		    n->requirement != NULL
			? arena_strndup(&c->w->arena, n->requirement, strlen(n->requirement))
			: NULL;
	}
	*out = (struct pkg_needs){.items = needs, .count = item.meta.p.need_count};
	if (item.meta.p.compat != NULL)
		out->compat =
		    arena_strndup(&c->w->arena, item.meta.p.compat, strlen(item.meta.p.compat));
	item_clear(&item);
	return 0;
}

static int source_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct choice *c = ctx;
	const struct registry_index *file = NULL;
	const struct registry_version *v = NULL;
	struct err ignored = {0};

	if (pkg_path_is_vendored(path_for(c, name, version)) &&
	    client_get(&file, pkg_work_index(c->w), name, &ignored) == 0 &&
	    registry_index_find(&v, file, version, &ignored) == 0 && v->has_needs) {
		*out = (struct pkg_needs){v->needs, v->need_count, v->compat};
		return 0;
	}
	return needs_of_tree(out, c, name, version, err);
}

/* ---- the result ---- */

static void put_conflict(struct pkg_work *w, const struct pkg_conflict *conflict)
{
	struct jsonw d = jsonw_init(&w->report.data, false);

	jsonw_object(&d);
	jsonw_kv_string(&d, "package", conflict->package);
	jsonw_key(&d, "facts");
	jsonw_array(&d);
	for (uint32_t i = 0; i < conflict->fact_count; i++) {
		const struct pkg_fact *f = &conflict->facts[i];

		jsonw_object(&d);
		jsonw_kv_string(&d, "kind", f->kind == PKG_FACT_NEEDS ? "needs" : "unfit");
		jsonw_kv_string(&d, "by", f->by);
		jsonw_kv_string(&d, "by_versions", f->by_versions);
		jsonw_kv_string(&d, "name", f->name);
		jsonw_kv_string(&d, "requirement", f->requirement);
		jsonw_kv_string(&d, "detail", f->detail);
		jsonw_end_object(&d);
	}
	jsonw_end_array(&d);
	jsonw_key(&d, "ways_out");
	jsonw_array(&d);
	for (uint32_t i = 0; i < conflict->way_out_count; i++)
		jsonw_string(&d, conflict->ways_out[i]);
	jsonw_end_array(&d);
	jsonw_end_object(&d);
	pkg_conflict_print(&w->report.text, conflict);
}

static void take_plan(struct choice *c)
{
	struct pkg_work *w = c->w;

	w->items = base_calloc(w->plan.count + 1, sizeof(*w->items));
	w->count = w->plan.count;
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_plan_item *p = &w->plan.items[i];
		const char *path = path_for(c, p->name, p->version);

		w->items[i] = (struct pkg_item){.name = p->name,
		    .version = p->version,
		    .path = path,
		    .direct = p->direct,
		    .forced = p->forced,
		    .local = !pkg_path_is_vendored(path),
		    .old = old_entry(&w->project, p->name, p->version, path)};
		/* Its files are the user's, and so is the wish to lock them as they are. */
		if (w->items[i].local && is_updated(c->change, p->name))
			w->items[i].old = NULL;
	}
}

int pkg_items_resolve(struct pkg_work *w, const struct pkg_change *change, struct err *err)
{
	CLEANUP(choice_clear) struct choice c = {.w = w, .change = change};
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};
	const struct pkg_source source = {.ctx = &c,
	    .prefetch = source_prefetch,
	    .versions = source_versions,
	    .needs = source_needs};
	struct pkg_resolve_input in = {.toolchain_version = PKG_X07C_VERSION,
	    .source_name = client_settings_called(&w->settings),
	    .allow_yanked = w->o->allow_yanked,
	    .allow_pre_release = w->o->pre};
	int rc;

	want_all(&c);
	in.wants = c.wants;
	in.want_count = c.want_count;
	in.fixed = c.fixed;
	in.fixed_count = c.fixed_count;
	progress_phase(&w->progress, "resolving");
	rc = pkg_resolve(&w->plan, &conflict, &in, &source, err);
	if (rc == ERR_PKG && strcmp(err->user_code, "X07PKG_RESOLVE_CONFLICT") == 0) {
		put_conflict(w, &conflict);
		pkg_say_shipped(err, w, &conflict);
	}
	if (rc < 0)
		return rc;
	w->has_plan = true;
	take_plan(&c);
	return 0;
}

int pkg_items_ask_index(struct pkg_work *w, struct err *err)
{
	AUTO_FREE const char **names = base_calloc(w->count + 1, sizeof(*names));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < w->count; i++) {
		if (!w->items[i].local)
			names[n++] = w->items[i].name;
	}
	if (n == 0)
		return 0;
	rc = client_prefetch(pkg_work_index(w), names, n, err);
	for (uint32_t i = 0; rc == 0 && i < w->count; i++) {
		struct err inner = {0};
		struct pkg_item *item = &w->items[i];

		if (item->local)
			continue;
		rc = client_version(
		    &item->line, pkg_work_index(w), item->name, item->version, &inner);
		/* A package from somewhere else is none of this registry's. */
		if (rc == ERR_NOT_FOUND || strcmp(inner.user_code, "X07PKG_INDEX_NO_MATCH") == 0)
			rc = 0;
		if (rc < 0)
			*err = inner;
	}
	return rc;
}

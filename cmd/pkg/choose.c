/* SPDX-License-Identifier: MIT */
/*
 * Which packages a project gets: the resolver asks, and the registry, the project and the packages
 * themselves answer. Source: docs/format/resolution.md.
 */
#include "cmd/pkg/choose.h"

#include "base/path.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg/near.h"
#include "cmd/pkg/toolchain.h"
#include "pkg/codes.h"
#include "pkg/lock_verify.h"
#include "pkg/place.h"
#include "registry/codes.h"
#include "registry/index.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define INSTALLED_MAX 256

/* What answers one resolution. */
struct choice {
	const struct pkg_task *task;
	const struct pkg_change *change;
};

static const char *path_for(struct choice *c, const char *name, const char *version)
{
	const struct pkg_project *p = c->task->project;
	const struct pkg_dependency *d = pkg_project_dependency(p, name);
	const struct json *patched = json_get(pkg_project_patch(p, name), "path");

	if (patched != NULL && patched->kind == JSON_STRING && patched->text.len > 0)
		return arena_strndup(c->task->arena, patched->text.ptr, patched->text.len);
	if (pkg_wants_added(c->change, name) != NULL && c->change->add_path != NULL)
		return c->change->add_path;
	if (d != NULL && (!pkg_path_is_vendored(d->path) || strcmp(d->version, version) == 0))
		return d->path;
	return arena_printf(c->task->arena, PKG_VENDORED "%s/%s", name, version);
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
	struct pkg_candidate *list = arena_alloc(c->task->arena, INSTALLED_MAX * sizeof(*list));
	AUTO_FREE char *deps = path_join(c->task->project->m.root, PKG_VENDORED);
	AUTO_FREE char *dir = path_join(deps, name);
	const struct dirent *e;
	uint32_t n = 0;
	DIR *d = opendir(dir);

	while (d != NULL && n < INSTALLED_MAX && (e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			list[n++].version =
			    arena_strndup(c->task->arena, e->d_name, strlen(e->d_name));
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
	if (client_prefetch(pkg_supply_index(c->task->supply), names, count, &ignored) < 0)
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
	int rc = client_get(&file, pkg_supply_index(c->task->supply), name, err);

	if (rc < 0 && err_is(err, REGISTRY_CODE(OFFLINE_INDEX)) &&
	    installed_versions(out, c, name) == 0)
		return 0;
	if (rc < 0)
		return rc;
	list = arena_alloc(c->task->arena, (file->count + 1) * sizeof(*list));
	for (uint32_t i = 0; i < file->count; i++) {
		const struct registry_version *v = &file->versions[i];

		list[i] = (struct pkg_candidate){v->version, v->yanked, is_advised(v)};
	}
	*out = (struct pkg_candidates){list, file->count};
	return 0;
}

/* The needs that a manifest lists, copied: the item that was read goes away again. */
static void copy_needs(struct pkg_needs *out, struct arena *arena, const struct pkg_package *p)
{
	struct pkg_need *needs = arena_alloc(arena, (p->need_count + 1) * sizeof(*needs));

	for (uint32_t i = 0; i < p->need_count; i++) {
		const struct pkg_need *n = &p->needs[i];

		needs[i].name = arena_strndup(arena, n->name, strlen(n->name));
		needs[i].requirement = n->requirement != NULL ? arena_strndup(arena, n->requirement,
								    strlen(n->requirement))
							      : NULL;
	}
	*out = (struct pkg_needs){.items = needs, .count = p->need_count};
	if (p->compat != NULL)
		out->compat = arena_strndup(arena, p->compat, strlen(p->compat));
}

/* Its own manifest says what it needs: a local package, or a line of an older index. */
static int needs_of_tree(
    struct pkg_needs *out, struct choice *c, const char *name, const char *version, struct err *err)
{
	const struct pkg_task *t = c->task;
	CLEANUP(pkg_item_clear) struct pkg_item item = {.name = name, .version = version};
	struct err ignored = {0};
	int rc;

	item.path = path_for(c, name, version);
	item.local = !pkg_path_is_vendored(item.path);
	item.forced = json_get(pkg_project_patch(t->project, name), "version") != NULL;
	item.old = old_entry(t->project, name, version, item.path);
	if (!item.local &&
	    client_version(&item.line, pkg_supply_index(t->supply), name, version, &ignored) < 0)
		item.line = NULL; /* told when it is to be fetched */
	rc = pkg_install_read_one(&item, t->project, t->supply, err);
	/* For the resolver it is one version among others, which says itself what it wants. */
	if (rc < 0 && (item.local || !err_is(err, PKG_ENGINE_CODE(X07C_INCOMPATIBLE))))
		return rc;
	if (rc < 0)
		*err = (struct err){0};
	copy_needs(out, t->arena, &item.meta.p);
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
	    client_get(&file, pkg_supply_index(c->task->supply), name, &ignored) == 0 &&
	    registry_index_find(&v, file, version, &ignored) == 0 && v->has_needs) {
		*out = (struct pkg_needs){v->needs, v->need_count, v->compat};
		return 0;
	}
	return needs_of_tree(out, c, name, version, err);
}

/* ---- the result ---- */

static const char *copy(const struct pkg_task *t, const char *text)
{
	return arena_strndup(t->arena, text, strlen(text));
}

static void take_plan(struct pkg_items *out, struct choice *c, const struct pkg_plan *plan)
{
	const struct pkg_task *t = c->task;

	pkg_items_init(out, plan->count);
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct pkg_plan_item *p = &plan->items[i];
		const char *path = path_for(c, p->name, p->version);

		out->list[i] = (struct pkg_item){.name = copy(t, p->name),
		    .version = copy(t, p->version),
		    .path = path,
		    .direct = p->direct,
		    .forced = p->forced,
		    .local = !pkg_path_is_vendored(path),
		    .old = old_entry(t->project, p->name, p->version, path)};
		/* Its files are the user's, and who updates it wants them locked as they are. */
		if (out->list[i].local && pkg_wants_is_updated(c->change, p->name))
			out->list[i].old = NULL;
	}
	out->count = plan->count;
}

static void add_way_out(
    struct err *err, const struct client_settings *settings, const struct pkg_conflict *conflict)
{
	AUTO_FREE char *shipped = pkg_near_shipped(settings, conflict);
	size_t len = strlen(err->message);

	if (shipped != NULL)
		(void)snprintf(err->message + len, sizeof(err->message) - len, "; %s", shipped);
}

int pkg_choose(struct pkg_items *out, struct pkg_conflict *conflict, const struct pkg_task *task,
    const struct pkg_change *change, struct err *err)
{
	CLEANUP(pkg_wants_clear) struct pkg_wants wants = {0};
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	struct choice c = {.task = task, .change = change};
	const struct client_settings *settings = task->supply->o.settings;
	const struct pkg_source source = {.ctx = &c,
	    .prefetch = source_prefetch,
	    .versions = source_versions,
	    .needs = source_needs};
	struct pkg_resolve_input in = {.toolchain_version = PKG_X07C_VERSION,
	    .source_name = client_settings_called(settings),
	    .allow_yanked = task->allow_yanked,
	    .allow_pre_release = task->pre};
	int rc;

	pkg_wants_make(&wants, task->project, change, task->arena);
	in.wants = wants.wants;
	in.want_count = wants.want_count;
	in.fixed = wants.fixed;
	in.fixed_count = wants.fixed_count;
	pkg_supply_phase(task->supply, "resolving");
	rc = pkg_resolve(&plan, conflict, &in, &source, err);
	if (rc < 0) {
		if (err_is(err, PKG_CODE(RESOLVE_CONFLICT)))
			add_way_out(err, settings, conflict);
		return rc;
	}
	take_plan(out, &c, &plan);
	return 0;
}

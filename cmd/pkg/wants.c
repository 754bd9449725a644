/* SPDX-License-Identifier: MIT */
/*
 * What a project wants of the resolver. What it wants itself are the dependencies of x07.json that
 * the lock does not call indirect; the rest follows from them, so that what nobody needs any longer
 * goes. Source: docs/format/resolution.md.
 */
#include "cmd/pkg/wants.h"

#include "base/vec.h"
#include "pkg/place.h"

#include <string.h>

struct wanting {
	struct pkg_wants *out;
	const struct pkg_project *project;
	const struct pkg_change *change;
	struct arena *arena;
	size_t want_cap, fixed_cap;
};

void pkg_wants_clear(struct pkg_wants *wants)
{
	base_free_ptr(&wants->wants);
	base_free_ptr(&wants->fixed);
	*wants = (struct pkg_wants){0};
}

bool pkg_wants_is_updated(const struct pkg_change *change, const char *name)
{
	for (uint32_t i = 0; i < change->update_count; i++) {
		if (strcmp(change->update[i], name) == 0)
			return true;
	}
	return change->update_all;
}

const struct pkg_need *pkg_wants_added(const struct pkg_change *change, const char *name)
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

/* A member of a `patch` that is a text which says something; NULL when it is not. */
static const char *patch_text(struct wanting *c, const struct json *patch, const char *member)
{
	const struct json *v = json_get(patch, member);

	if (v == NULL || v->kind != JSON_STRING || v->text.len == 0)
		return NULL;
	return arena_strndup(c->arena, v->text.ptr, v->text.len);
}

static void want(struct wanting *c, const char *name, const char *requirement)
{
	VEC_PUSH(
	    c->out->wants, c->out->want_count, c->want_cap, ((struct pkg_need){name, requirement}));
}

static void fix(struct wanting *c, const char *name, const char *version, enum pkg_fix how)
{
	VEC_PUSH(c->out->fixed, c->out->fixed_count, c->fixed_cap,
	    ((struct pkg_fixed){name, version, how}));
}

static void want_dependency(struct wanting *c, const struct pkg_dependency *d)
{
	bool updated = pkg_wants_is_updated(c->change, d->name);
	bool local = !pkg_path_is_vendored(d->path);
	const char *forced = patch_text(c, pkg_project_patch(c->project, d->name), "version");

	if ((c->change->remove != NULL && strcmp(c->change->remove, d->name) == 0) ||
	    pkg_wants_added(c->change, d->name) != NULL)
		return;
	if (is_direct(c->project, d))
		want(c, d->name, updated || local || forced != NULL ? "" : d->version);
	if (local)
		fix(c, d->name, d->version, PKG_FIX_LOCAL);
	else if (!updated)
		fix(c, d->name, d->version, PKG_FIX_LOCKED);
}

static void want_patches(struct wanting *c)
{
	const struct json *patch = json_get(c->project->m.document, "patch");

	for (uint32_t i = 0; patch != NULL && patch->kind == JSON_OBJECT && i < patch->count; i++) {
		const char *name =
		    arena_strndup(c->arena, patch->items[i].key.ptr, patch->items[i].key.len);
		const char *version = patch_text(c, &patch->items[i], "version");

		if (version != NULL)
			fix(c, name, version, PKG_FIX_FORCED);
	}
}

/* What the lock has beyond x07.json keeps its version where it may. */
static void want_locked(struct wanting *c)
{
	const struct pkg_project *p = c->project;

	for (uint32_t i = 0; p->has_lock && i < p->lock.count; i++) {
		const struct pkg_lock_entry *e = &p->lock.entries[i];

		if (pkg_project_dependency(p, e->name) == NULL &&
		    !pkg_wants_is_updated(c->change, e->name) && pkg_path_is_vendored(e->path))
			fix(c, e->name, e->version, PKG_FIX_LOCKED);
	}
}

static void want_all(struct wanting *c)
{
	const struct pkg_manifest *m = &c->project->m;

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

void pkg_wants_make(struct pkg_wants *out, const struct pkg_project *project,
    const struct pkg_change *change, struct arena *arena)
{
	struct wanting c = {.out = out, .project = project, .change = change, .arena = arena};

	pkg_wants_clear(out);
	want_all(&c);
}

/* SPDX-License-Identifier: MIT */
/*
 * What the resolver knows about packages: asked from the source once, parsed, sorted. Nothing here
 * depends on the search.
 */
#include "pkg/resolve_universe_priv.h"

#include "pkg/codes.h"

#include <stdlib.h>

void pkg_uni_clear(struct universe *u)
{
	arena_clear(&u->arena);
	free(u->packages);
	free(u->by_name);
	*u = (struct universe){0};
}

/* Where the name is, or would have to be, in by_name. */
static size_t place_of(const struct universe *u, const char *name, bool *found)
{
	size_t low = 0, high = u->count;

	*found = false;
	while (low < high && !*found) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, u->packages[u->by_name[middle]].name);

		if (order <= 0)
			high = middle;
		else
			low = middle + 1;
		if (order == 0) {
			*found = true;
			return middle;
		}
	}
	return low;
}

int pkg_uni_package(uint32_t *out, struct universe *u, const char *name, struct err *err)
{
	bool found;
	size_t place = place_of(u, name, &found);
	uint32_t id = (uint32_t)u->count;

	if (found) {
		*out = u->by_name[place];
		return 0;
	}
	if (u->count == PKG_RESOLVE_PACKAGES_MAX)
		return err_code(err, ERR_LIMIT, PKG_CODE(RESOLVE_LIMIT),
		    "more than %u packages are involved", PKG_RESOLVE_PACKAGES_MAX);
	u->by_name = base_grow(u->by_name, &u->by_name_cap, u->count + 1, sizeof(*u->by_name));
	memmove(
	    &u->by_name[place + 1], &u->by_name[place], (u->count - place) * sizeof(*u->by_name));
	u->by_name[place] = id;
	VEC_PUSH(u->packages, u->count, u->cap,
	    ((struct uni_package){
		.name = arena_strndup(&u->arena, name, strlen(name)), .locked = PKG_NONE}));
	*out = id;
	return 0;
}

/* Ascending; equal precedence by the text, so that the order is total. */
static int by_precedence(const void *a, const void *b)
{
	const struct uni_version *x = a, *y = b;
	int order = pkg_version_cmp(&x->parsed, &y->parsed);

	return order ? order : strcmp(x->text, y->text);
}

static void close_list(struct uni_package *p)
{
	p->listed = true;
	p->words = p->count / 64 + 1;
}

static int add_fixed(
    struct universe *u, struct uni_package *p, const struct pkg_fixed *f, struct err *err)
{
	struct uni_version *v = arena_alloc(&u->arena, sizeof(*v));
	int rc = pkg_version_parse(&v->parsed, str_c(f->version), err);

	if (rc < 0)
		return rc;
	v->text = f->version;
	p->fixed = true;
	p->forced = f->fix == PKG_FIX_FORCED;
	p->versions = v;
	p->count = 1;
	close_list(p);
	return 0;
}

static const struct pkg_fixed *fixed_of(const struct universe *u, const char *name)
{
	const struct pkg_fixed *best = NULL;

	for (uint32_t i = 0; i < u->in->fixed_count; i++) {
		const struct pkg_fixed *f = &u->in->fixed[i];

		if (strcmp(f->name, name) == 0 && (!best || f->fix > best->fix))
			best = f;
	}
	return best;
}

static void take_candidates(
    struct universe *u, struct uni_package *p, const struct pkg_candidates *list)
{
	uint32_t count = 0;

	p->versions = arena_alloc(&u->arena, list->count * sizeof(*p->versions));
	for (uint32_t i = 0; i < list->count; i++) {
		const struct pkg_candidate *c = &list->items[i];
		struct uni_version *v = &p->versions[count];

		if (pkg_version_parse(&v->parsed, str_c(c->version), NULL) < 0)
			continue;
		*v = (struct uni_version){.text = c->version,
		    .parsed = v->parsed,
		    .yanked = c->yanked,
		    .advised = c->advised};
		count++;
	}
	if (count)
		qsort(p->versions, count, sizeof(*p->versions), by_precedence);
	/* The same version twice: one that is yanked anywhere is yanked. */
	for (uint32_t i = 0; i < count; i++) {
		struct uni_version *v = &p->versions[i];

		if (p->count && strcmp(p->versions[p->count - 1].text, v->text) == 0) {
			p->versions[p->count - 1].yanked |= v->yanked;
			p->versions[p->count - 1].advised |= v->advised;
		} else {
			p->versions[p->count++] = *v;
		}
	}
}

static int list_one(struct universe *u, struct uni_package *p, struct err *err)
{
	const struct pkg_fixed *f = fixed_of(u, p->name);
	struct pkg_candidates list = {0};
	int rc;

	if (f && f->fix != PKG_FIX_LOCKED)
		return add_fixed(u, p, f, err);
	rc = u->source->versions(&list, u->source->ctx, p->name, err);
	if (rc < 0 && rc != ERR_NOT_FOUND)
		return err_wrap(err, "versions of %s", p->name);
	if (list.count > PKG_RESOLVE_VERSIONS_MAX)
		return err_code(err, ERR_LIMIT, PKG_CODE(RESOLVE_LIMIT),
		    "%s has more than %u versions", p->name, PKG_RESOLVE_VERSIONS_MAX);
	p->unknown = rc == ERR_NOT_FOUND;
	if (rc == 0)
		take_candidates(u, p, &list);
	for (uint32_t i = 0; f && i < p->count; i++) {
		if (strcmp(p->versions[i].text, f->version) == 0)
			p->locked = i;
	}
	close_list(p);
	return 0;
}

static int prefetch(struct universe *u, const uint32_t *ids, uint32_t count, struct err *err)
{
	AUTO_FREE const char **names = base_calloc(count + 1, sizeof(*names));
	uint32_t unlisted = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct uni_package *p = &u->packages[ids[i]];
		const struct pkg_fixed *f = p->listed ? NULL : fixed_of(u, p->name);

		if (!p->listed && (!f || f->fix == PKG_FIX_LOCKED))
			names[unlisted++] = p->name;
	}
	if (unlisted < 2)
		return 0;
	return u->source->prefetch(u->source->ctx, names, unlisted, err);
}

int pkg_uni_list(struct universe *u, const uint32_t *ids, uint32_t count, struct err *err)
{
	int rc = u->source->prefetch ? prefetch(u, ids, count, err) : 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		if (!u->packages[ids[i]].listed)
			rc = list_one(u, &u->packages[ids[i]], err);
	}
	return rc;
}

static const char *compat_fault(struct universe *u, const char *compat)
{
	const char *tool = u->in->toolchain_version;
	struct pkg_requirement r;
	struct pkg_version v;
	struct err err = {0};

	if (!compat || !compat[0] || !tool || pkg_version_parse(&v, str_c(tool), NULL) < 0)
		return NULL;
	if (pkg_requirement_parse(&r, str_c(compat), &err) < 0)
		return arena_printf(&u->arena, "its toolchain %s", err.message);
	if (pkg_requirement_holds(&r, &v))
		return NULL;
	return arena_printf(&u->arena, "made for x07c %s, and this is x07c %s", compat, tool);
}

static int by_need_name(const void *a, const void *b)
{
	const struct pkg_need *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->requirement, y->requirement);
}

/* Why what a version says about its needs cannot be understood; NULL when it can. */
static const char *needs_fault(struct universe *u, const struct pkg_needs *needs)
{
	for (uint32_t i = 0; i < needs->count; i++) {
		const struct pkg_need *n = &needs->items[i];
		struct pkg_requirement r;
		struct err err = {0};

		if (!pkg_name_is_valid(str_c(n->name)))
			return arena_printf(
			    &u->arena, "needs something that is no package name: %.80s", n->name);
		if (n->requirement && n->requirement[0] &&
		    pkg_requirement_parse(&r, str_c(n->requirement), &err) < 0)
			return arena_printf(
			    &u->arena, "what it needs of %s: %s", n->name, err.message);
	}
	return NULL;
}

static int take_needs(
    struct universe *u, struct uni_version *v, const struct pkg_needs *needs, struct err *err)
{
	AUTO_FREE struct pkg_need *sorted = base_calloc(needs->count + 1, sizeof(*sorted));
	uint32_t count = 0;

	for (uint32_t i = 0; i < needs->count; i++) {
		const struct pkg_need *n = &needs->items[i];

		sorted[i] = (struct pkg_need){n->name, n->requirement ? n->requirement : ""};
	}
	qsort(sorted, needs->count, sizeof(*sorted), by_need_name);
	v->needs = arena_alloc(&u->arena, needs->count * sizeof(*v->needs));
	for (uint32_t i = 0; i < needs->count; i++) {
		struct uni_need *n = &v->needs[count];
		int rc;

		if (i > 0 && by_need_name(&sorted[i], &sorted[i - 1]) == 0)
			continue;
		rc = pkg_uni_package(&n->pkg, u, sorted[i].name, err);
		if (rc < 0)
			return rc;
		n->requirement = sorted[i].requirement;
		count++;
	}
	v->need_count = count;
	return 0;
}

int pkg_uni_load(struct universe *u, uint32_t pkg, uint32_t version, struct err *err)
{
	struct uni_version *v = &u->packages[pkg].versions[version];
	const char *name = u->packages[pkg].name;
	struct pkg_needs needs = {0};
	int rc;

	if (v->loaded)
		return 0;
	rc = u->source->needs(&needs, u->source->ctx, name, v->text, err);
	if (rc < 0 && rc != ERR_NOT_FOUND)
		return err_wrap(err, "%s %s", name, v->text);
	v->unfit = rc == ERR_NOT_FOUND ? "it is not there" : needs_fault(u, &needs);
	if (!v->unfit && !u->packages[pkg].forced)
		v->unfit = compat_fault(u, needs.compat);
	if (!v->unfit)
		rc = take_needs(u, v, &needs, err);
	else
		rc = 0;
	v->loaded = rc == 0;
	return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * The public call: checks the question, runs one search, and turns the result into a plan or a
 * conflict. The search itself: pkg/resolve_search.c.
 */
#include "pkg/resolve.h"

#include "pkg/codes.h"
#include "pkg/resolve_explain_priv.h"
#include "pkg/resolve_search_priv.h"
#include "pkg/resolve_universe_priv.h"

#include <stdlib.h>

static int check_want(const struct pkg_need *want, struct err *err)
{
	struct pkg_requirement r;
	struct err inner = {0};

	if (!want->name || !pkg_name_is_valid(str_c(want->name)))
		return err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID),
		    "not a package name: \"%.128s\"", want->name ? want->name : "");
	if (want->requirement && want->requirement[0] &&
	    pkg_requirement_parse(&r, str_c(want->requirement), &inner) < 0)
		return err_code(
		    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "%s: %s", want->name, inner.message);
	return 0;
}

static int check_input(const struct pkg_resolve_input *in, struct err *err)
{
	struct pkg_version v;
	struct err inner = {0};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < in->want_count; i++)
		rc = check_want(&in->wants[i], err);
	for (uint32_t i = 0; rc == 0 && i < in->fixed_count; i++) {
		const struct pkg_fixed *f = &in->fixed[i];

		if (f->fix != PKG_FIX_LOCKED &&
		    pkg_version_parse(&v, str_c(f->version), &inner) < 0)
			rc = err_code(
			    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "%s: %s", f->name, inner.message);
	}
	if (rc == 0 && in->toolchain_version &&
	    pkg_version_parse(&v, str_c(in->toolchain_version), &inner) < 0)
		rc = err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID), "toolchain: %s", inner.message);
	return rc;
}

static int by_want_name(const void *a, const void *b)
{
	const struct pkg_need *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return strcmp(x->requirement ? x->requirement : "", y->requirement ? y->requirement : "");
}

static int by_item_name(const void *a, const void *b)
{
	const struct pkg_plan_item *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static const char *copy(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

static void fill_item(struct pkg_plan_item *item, struct arena *a, const struct universe *u,
    uint32_t pkg, uint32_t version)
{
	const struct uni_package *p = &u->packages[pkg];
	const struct uni_version *v = &p->versions[version];
	struct pkg_need *needs = arena_alloc(a, v->need_count * sizeof(*needs));

	item->name = copy(a, p->name);
	item->version = copy(a, v->text);
	item->locked = version == p->locked;
	item->forced = p->forced;
	item->local = p->fixed && !p->forced;
	item->yanked = v->yanked;
	item->advised = v->advised;
	item->pre_release = v->parsed.pre.len > 0;
	for (uint32_t i = 0; i < v->need_count; i++) {
		needs[i].name = copy(a, u->packages[v->needs[i].pkg].name);
		needs[i].requirement = copy(a, v->needs[i].requirement);
	}
	item->needs = needs;
	item->need_count = v->need_count;
	for (uint32_t i = 0; i < u->in->want_count; i++)
		item->direct |= strcmp(u->in->wants[i].name, p->name) == 0;
}

static void fill_plan(struct pkg_plan *plan, const struct search *s)
{
	plan->items = arena_alloc(&plan->arena, s->reached_count * sizeof(*plan->items));
	for (size_t i = 0; i < s->reached_count; i++)
		fill_item(&plan->items[plan->count++], &plan->arena, s->u, s->reached[i],
		    pkg_search_version(s, s->reached[i]));
	if (plan->count)
		qsort(plan->items, plan->count, sizeof(*plan->items), by_item_name);
	plan->steps = s->steps;
}

static int tell_conflict(struct pkg_conflict *out, struct search *s, struct err *err)
{
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};

	pkg_resolve_explain(&conflict, s);
	err_code(err, ERR_PKG, PKG_CODE(RESOLVE_CONFLICT), "%.640s; way out: %.320s",
	    conflict.headline, conflict.ways_out[0]);
	if (out)
		*out = TAKE(conflict);
	return ERR_PKG;
}

int pkg_resolve(struct pkg_plan *out, struct pkg_conflict *conflict,
    const struct pkg_resolve_input *in, const struct pkg_source *source, struct err *err)
{
	AUTO_FREE struct pkg_need *wants = base_calloc(in->want_count + 1, sizeof(*wants));
	struct pkg_resolve_input sorted = *in;
	const struct search_rules rules = {.relaxed = PKG_NONE,
	    .removed = PKG_NONE,
	    .forced = PKG_NONE,
	    .max_steps = in->max_steps ? in->max_steps : PKG_RESOLVE_STEPS_DEFAULT};
	CLEANUP(pkg_uni_clear) struct universe u = {.in = &sorted, .source = source};
	CLEANUP(pkg_search_clear) struct search s = {.u = &u, .rules = &rules};
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	struct err inner = {0};
	int rc = check_input(in, err);

	if (rc < 0)
		return rc;
	if (in->want_count)
		memcpy(wants, in->wants, in->want_count * sizeof(*wants));
	qsort(wants, in->want_count, sizeof(*wants), by_want_name);
	sorted.wants = wants;
	rc = pkg_search_run(&s, &inner);
	if (rc == ERR_PKG && s.proof)
		return tell_conflict(conflict, &s, err);
	if (rc < 0) {
		if (err)
			*err = inner;
		return rc;
	}
	fill_plan(&plan, &s);
	*out = TAKE(plan);
	return 0;
}

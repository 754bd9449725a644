/* SPDX-License-Identifier: MIT */
/*
 * Why there is no plan: the statements that the proof rests on, as facts; the package where they
 * collide, as a headline. What would help: pkg/resolve_ways.c.
 */
#include "pkg/resolve_explain_priv.h"

#include "pkg/resolve_ways_priv.h"

#include <stdlib.h>

#define LIST_SHOWN 4
#define HEADLINE_SHOWN 6

static const char *name_of(const struct explanation *x, uint32_t pkg)
{
	return pkg == PKG_NONE ? "" : x->s->u->packages[pkg].name;
}

/* ---- the statements below a proof ---- */

static void collect(struct explanation *x)
{
	struct clause **stack = NULL;
	size_t count = 0, cap = 0;

	VEC_PUSH(stack, count, cap, x->s->proof);
	while (count) {
		struct clause *c = stack[--count];

		if (c->seen)
			continue;
		c->seen = true;
		if (!c->parent_count)
			VEC_PUSH(x->leaves, x->count, x->cap, c);
		for (uint32_t i = 0; i < c->parent_count; i++)
			VEC_PUSH(stack, count, cap, c->parents[i]);
	}
	free(stack);
}

static int by_author(const void *a, const void *b, void *ctx)
{
	const struct clause *c = *(struct clause *const *)a, *d = *(struct clause *const *)b;
	const struct explanation *x = ctx;
	int order = strcmp(name_of(x, c->by), name_of(x, d->by));

	if (!order)
		order = strcmp(name_of(x, c->target), name_of(x, d->target));
	if (!order)
		order = strcmp(c->requirement, d->requirement);
	if (!order && c->by_set && d->by_set)
		order = __builtin_ctzll(c->by_set[0] | 1ull << 63) -
			__builtin_ctzll(d->by_set[0] | 1ull << 63);
	return order;
}

/* ---- texts ---- */

/* "1.0.0, 1.1.0", or first and last and how many. */
static char *versions_text(struct arena *a, const struct uni_package *p, const uint64_t *set)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	uint32_t first = PKG_NONE, last = 0, count = 0;

	for (uint32_t i = 0; set && i < p->count; i++) {
		if (!set_has(set, i))
			continue;
		first = first == PKG_NONE ? i : first;
		last = i;
		count++;
		if (count <= LIST_SHOWN)
			buf_printf(&text, "%s%s", count > 1 ? ", " : "", p->versions[i].text);
	}
	if (count > LIST_SHOWN)
		return arena_printf(a, "%s .. %s (%u versions)", p->versions[first].text,
		    p->versions[last].text, count);
	return arena_strndup(a, text.len ? text.data : "", text.len);
}

/* A version that the requirement would accept if it were fit; PKG_NONE. */
static uint32_t unfit_match(const struct uni_package *p, const char *requirement)
{
	struct pkg_requirement r = {.count = 0};
	bool any = !requirement[0] || pkg_requirement_parse(&r, str_c(requirement), NULL) < 0;

	for (uint32_t i = p->count; i > 0; i--) {
		if (any || pkg_requirement_holds(&r, &p->versions[i - 1].parsed))
			return i - 1;
	}
	return PKG_NONE;
}

static bool is_empty(const struct uni_package *p, const uint64_t *set)
{
	for (uint32_t i = 0; i < p->words; i++) {
		if (set[i])
			return false;
	}
	return true;
}

/* Why nothing meets a requirement; NULL when something does. */
static const char *nothing_text(struct explanation *x, const struct clause *c)
{
	const struct uni_package *p;
	uint32_t match;

	if (c->kind == PKG_FACT_UNFIT)
		return c->detail;
	p = &x->s->u->packages[c->target];
	if (!is_empty(p, c->allow))
		return NULL;
	if (p->unknown)
		return x->s->u->in->source_name
			   ? arena_printf(x->arena, "there is no such package in %s",
				 x->s->u->in->source_name)
			   : "there is no such package";
	if (!p->count)
		return "it has no version";
	match = unfit_match(p, c->requirement);
	if (match == PKG_NONE && p->fixed)
		return arena_printf(x->arena, "the local one is %s", p->versions[0].text);
	if (match == PKG_NONE)
		return arena_printf(x->arena, "there is only %s",
		    p->count == 1 ? p->versions[0].text
				  : arena_printf(x->arena, "%s .. %s", p->versions[0].text,
					p->versions[p->count - 1].text));
	if (p->versions[match].yanked && !x->s->u->in->allow_yanked)
		return arena_printf(x->arena, "%s is yanked", p->versions[match].text);
	if (p->versions[match].advised && x->s->u->in->deny_advised)
		return arena_printf(x->arena, "%s has an advisory", p->versions[match].text);
	return arena_printf(x->arena, "%s is a pre-release", p->versions[match].text);
}

static void put_author(struct buf *out, struct explanation *x, const struct clause *c)
{
	if (c->by == PKG_NONE)
		buf_puts(out, "the project");
	else
		buf_printf(out, "%s %s", name_of(x, c->by),
		    versions_text(x->arena, &x->s->u->packages[c->by], c->by_set));
}

static const char *wanted_text(const struct clause *c)
{
	return c->requirement[0] ? c->requirement : "any version";
}

/* ---- where it shows ---- */

/* Two that can be there together want different versions of one package: the clearest case. */
static bool collide(const struct explanation *x, const struct clause *c, const struct clause *d)
{
	return c->kind == PKG_FACT_NEEDS && d->kind == PKG_FACT_NEEDS && c->target == d->target &&
	       (c->by != d->by || c->by == PKG_NONE) &&
	       !set_meets(c->allow, d->allow, x->s->u->packages[c->target].words);
}

static uint32_t colliding_package(const struct explanation *x)
{
	/* The project's statements come first in the list. */
	for (size_t i = 0; i < x->count; i++) {
		for (size_t k = i + 1; k < x->count; k++) {
			const struct clause *c = x->leaves[i], *d = x->leaves[k];

			if (collide(x, c, d) &&
			    !is_empty(&x->s->u->packages[c->target], c->allow) &&
			    !is_empty(&x->s->u->packages[c->target], d->allow))
				return c->target;
		}
	}
	return PKG_NONE;
}

/*
 * One that nothing meets, or a package that cannot be used. Of several versions of one package what
 * keeps the last out: an older one was not expected.
 */
static bool hopeless(size_t *out, struct explanation *x)
{
	bool found = false;

	for (size_t i = 0; i < x->count; i++) {
		if (!nothing_text(x, x->leaves[i]) ||
		    (found && x->leaves[i]->by != x->leaves[*out]->by))
			continue;
		found = true;
		*out = i;
		if (x->leaves[i]->by == PKG_NONE)
			break;
	}
	return found;
}

static uint32_t most_wanted(const struct explanation *x)
{
	uint32_t best = PKG_NONE, best_count = 0;

	for (size_t i = 0; i < x->count; i++) {
		uint32_t count = 0;

		for (size_t k = 0; k < x->count; k++)
			count += x->leaves[k]->target == x->leaves[i]->target;
		if (count > best_count && x->leaves[i]->target != PKG_NONE) {
			best = x->leaves[i]->target;
			best_count = count;
		}
	}
	return best;
}

/* "b: =2.0.0 wanted by the project, =1.0.0 by a 1.0.0" */
static void put_wishes(struct buf *out, struct explanation *x, uint32_t target)
{
	uint32_t shown = 0, hidden = 0;

	for (size_t i = 0; i < x->count; i++) {
		const struct clause *c = x->leaves[i];

		if (c->target != target)
			continue;
		if (shown == HEADLINE_SHOWN) {
			hidden++;
			continue;
		}
		buf_printf(out, "%s%s %s", shown ? ", " : "", wanted_text(c),
		    shown ? "by " : "wanted by ");
		put_author(out, x, c);
		shown++;
	}
	if (hidden)
		buf_printf(out, " and %u more", hidden);
}

static void put_headline(struct buf *out, struct explanation *x)
{
	const struct clause *none;
	size_t at = 0;

	x->target = colliding_package(x);
	if (x->target != PKG_NONE || !hopeless(&at, x)) {
		if (x->target == PKG_NONE)
			x->target = most_wanted(x);
		buf_printf(out, "%s: ", name_of(x, x->target));
		put_wishes(out, x, x->target);
		return;
	}
	none = x->leaves[at];
	x->target = none->kind == PKG_FACT_UNFIT ? none->by : none->target;
	buf_printf(out, "%s: %s; ", name_of(x, x->target), nothing_text(x, none));
	put_wishes(out, x, x->target);
	if (none->kind == PKG_FACT_NEEDS && none->by != PKG_NONE) {
		buf_printf(out, "; %s: ", name_of(x, none->by));
		put_wishes(out, x, none->by);
	}
}

static void fill_facts(struct explanation *x)
{
	struct pkg_conflict *out = x->out;

	out->facts = arena_alloc(x->arena, x->count * sizeof(*out->facts));
	for (size_t i = 0; i < x->count; i++) {
		const struct clause *c = x->leaves[i];
		struct pkg_fact *f = &out->facts[out->fact_count++];

		f->kind = c->kind;
		f->by_versions = "";
		if (c->by != PKG_NONE) {
			const struct uni_package *by = &x->s->u->packages[c->by];

			f->by = arena_strndup(x->arena, by->name, strlen(by->name));
			f->by_versions = versions_text(x->arena, by, c->by_set);
		}
		f->detail = nothing_text(x, c);
		if (f->detail)
			f->detail = arena_strndup(x->arena, f->detail, strlen(f->detail));
		f->requirement = arena_strndup(x->arena, c->requirement, strlen(c->requirement));
		if (c->target != PKG_NONE)
			f->name = arena_strndup(
			    x->arena, name_of(x, c->target), strlen(name_of(x, c->target)));
	}
}

void pkg_resolve_explain(struct pkg_conflict *out, struct search *s)
{
	struct explanation x = {.s = s, .out = out, .arena = &out->arena, .target = PKG_NONE};
	CLEANUP(buf_clear) struct buf text = buf_init(16384);

	collect(&x);
	if (x.count)
		qsort_r(x.leaves, x.count, sizeof(struct clause *), by_author, &x);
	fill_facts(&x);
	put_headline(&text, &x);
	out->headline = arena_strndup(x.arena, text.data, text.len);
	out->package = arena_strndup(x.arena, name_of(&x, x.target), strlen(name_of(&x, x.target)));
	pkg_resolve_ways_out(&x);
	free(x.leaves);
}

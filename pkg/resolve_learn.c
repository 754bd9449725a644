/* SPDX-License-Identifier: MIT */
/*
 * Learning from dead ends: the clause that was met is resolved with the causes of the latest
 * changes until it would have said something before the last decision it depends on. The result
 * holds for every plan, so the same dead end is never met again.
 */
#include "pkg/resolve_learn_priv.h"

#include "pkg/resolve_search_priv.h"

#include <stdlib.h>

/* A term of the clause in work, and the trail entry from which on it is met. */
struct work {
	uint32_t pkg, entry;
	uint64_t *set;
};

struct analysis {
	struct search *s;
	struct arena arena; /* sets in work */
	struct work *items;
	size_t count, cap;
	struct clause **parents;
	size_t parent_count, parent_cap;
};

static void analysis_clear(struct analysis *a)
{
	arena_clear(&a->arena);
	free(a->items);
	free(a->parents);
}

static uint32_t words_of(const struct analysis *a, uint32_t pkg)
{
	return a->s->u->packages[pkg].words;
}

/* The earliest entry behind which the domain lies within the set; one exists. */
static uint32_t met_by(const struct analysis *a, const struct work *w)
{
	const struct search *s = a->s;
	uint32_t entry = s->nodes[w->pkg].last;

	while (entry != PKG_NONE) {
		const struct trail_entry *e = &s->trail[entry];

		if (!set_within(&s->old_words[e->old_at], w->set, words_of(a, w->pkg)))
			break;
		entry = e->prev;
	}
	return entry;
}

static void drop_item(struct analysis *a, uint32_t at)
{
	a->s->nodes[a->items[at].pkg].at = PKG_NONE;
	a->items[at] = a->items[--a->count];
	if (at < a->count)
		a->s->nodes[a->items[at].pkg].at = at;
}

/* One term more: both sets must be met. */
static void meet(struct analysis *a, const struct term *t)
{
	struct node *n = &a->s->nodes[t->pkg];
	uint32_t words = words_of(a, t->pkg);
	struct work *w;

	if (n->at == PKG_NONE) {
		uint64_t *set = arena_alloc(&a->arena, words * sizeof(*set));

		memcpy(set, t->set, words * sizeof(*set));
		n->at = (uint32_t)a->count;
		VEC_PUSH(a->items, a->count, a->cap, ((struct work){.pkg = t->pkg, .set = set}));
	}
	w = &a->items[n->at];
	for (uint32_t i = 0; i < words; i++)
		w->set[i] &= t->set[i];
	w->entry = met_by(a, w);
}

/* The package of the entry that is resolved away: either of both sets. */
static void join(struct analysis *a, uint32_t at, const struct term *t)
{
	struct work *w = &a->items[at];

	for (uint32_t i = 0; i < words_of(a, w->pkg); i++)
		w->set[i] |= t->set[i];
	if (pkg_search_is_full(a->s, w->pkg, w->set))
		drop_item(a, at);
	else
		w->entry = met_by(a, w);
}

/* The latest item, and the highest level that the others depend on. */
static uint32_t latest(const struct analysis *a, uint32_t *other_level)
{
	uint32_t best = 0;

	*other_level = 0;
	for (uint32_t i = 1; i < a->count; i++) {
		if (a->items[i].entry > a->items[best].entry)
			best = i;
	}
	for (uint32_t i = 0; i < a->count; i++) {
		uint32_t level = a->s->trail[a->items[i].entry].level;

		if (i != best && level > *other_level)
			*other_level = level;
	}
	return best;
}

static void resolve_with(struct analysis *a, uint32_t at, struct clause *cause)
{
	uint32_t pkg = a->items[at].pkg;

	VEC_PUSH(a->parents, a->parent_count, a->parent_cap, cause);
	a->s->steps += cause->count;
	for (uint32_t i = 0; i < cause->count; i++) {
		if (cause->terms[i].pkg != pkg)
			meet(a, &cause->terms[i]);
	}
	for (uint32_t i = 0; i < cause->count; i++) {
		if (cause->terms[i].pkg == pkg)
			join(a, a->s->nodes[pkg].at, &cause->terms[i]);
	}
}

static struct clause *learned(struct analysis *a)
{
	struct search *s = a->s;
	struct clause *c = arena_alloc(&s->arena, sizeof(*c));

	c->terms = arena_alloc(&s->arena, a->count * sizeof(*c->terms));
	c->parents = arena_alloc(&s->arena, a->parent_count * sizeof(struct clause *));
	memcpy(c->parents, a->parents, a->parent_count * sizeof(struct clause *));
	c->parent_count = (uint32_t)a->parent_count;
	c->by = PKG_NONE;
	c->target = PKG_NONE;
	for (size_t i = 0; i < a->count; i++) {
		struct term *t = &c->terms[c->count++];

		t->pkg = a->items[i].pkg;
		t->set = pkg_search_set(s, t->pkg);
		memcpy(t->set, a->items[i].set, words_of(a, t->pkg) * sizeof(*t->set));
		s->nodes[t->pkg].at = PKG_NONE;
	}
	return c;
}

bool pkg_search_learn(struct search *s, struct clause *conflict)
{
	CLEANUP(analysis_clear) struct analysis a = {.s = s};
	uint32_t other_level = 0;
	struct clause *c;

	VEC_PUSH(a.parents, a.parent_count, a.parent_cap, conflict);
	for (uint32_t i = 0; i < conflict->count; i++)
		meet(&a, &conflict->terms[i]);
	while (a.count) {
		uint32_t at = latest(&a, &other_level);
		const struct trail_entry *e = &s->trail[a.items[at].entry];

		if (!e->cause || e->level > other_level)
			break;
		resolve_with(&a, at, e->cause);
	}
	c = learned(&a);
	if (!c->count) {
		s->proof = c;
		return false;
	}
	pkg_search_jump(s, other_level);
	pkg_search_add(s, c);
	return true;
}

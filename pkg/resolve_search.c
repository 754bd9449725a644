/* SPDX-License-Identifier: MIT */
/*
 * One attempt to choose versions: domains, their trail, propagation of clauses, and decisions in a
 * fixed order. What a dead end teaches: pkg/resolve_learn.c.
 */
#include "pkg/resolve_search_priv.h"

#include "pkg/codes.h"
#include "pkg/resolve_learn_priv.h"
#include "pkg/resolve_universe_priv.h"

#include <stdlib.h>

void pkg_search_clear(struct search *s)
{
	for (size_t i = 0; i < s->node_count; i++)
		free(s->nodes[i].clauses);
	arena_clear(&s->arena);
	free(s->nodes);
	free(s->trail);
	free(s->old_words);
	free(s->reached);
	free(s->reached_at);
	free(s->queue);
	free(s->pending);
	free(s->recent);
	*s = (struct search){0};
}

static struct uni_package *package(const struct search *s, uint32_t pkg)
{
	return &s->u->packages[pkg];
}

uint64_t *pkg_search_set(struct search *s, uint32_t pkg)
{
	return arena_alloc(&s->arena, package(s, pkg)->words * sizeof(uint64_t));
}

/* A domain of everything: all versions and, as the bit behind them, "absent". */
static void set_fill(uint64_t *set, uint32_t bits)
{
	memset(set, 0xff, bits / 64 * sizeof(*set));
	if (bits % 64)
		set[bits / 64] = (UINT64_C(1) << (bits % 64)) - 1;
}

bool pkg_search_is_full(const struct search *s, uint32_t pkg, const uint64_t *set)
{
	uint32_t bits = package(s, pkg)->count + 1;

	for (uint32_t i = 0; i < bits / 64; i++) {
		if (~set[i])
			return false;
	}
	return bits % 64 == 0 || set[bits / 64] == (UINT64_C(1) << (bits % 64)) - 1;
}

/* Nodes for all packages that are known by now. */
static void grow_nodes(struct search *s)
{
	while (s->node_count < s->u->count)
		VEC_PUSH(s->nodes, s->node_count, s->node_cap,
		    ((struct node){.last = PKG_NONE, .at = PKG_NONE}));
}

static void open_node(struct search *s, uint32_t pkg)
{
	struct node *n = &s->nodes[pkg];

	if (n->domain)
		return;
	n->domain = pkg_search_set(s, pkg);
	n->expanded = pkg_search_set(s, pkg);
	set_fill(n->domain, package(s, pkg)->count + 1);
}

bool pkg_search_fit(const struct search *s, uint32_t pkg, uint32_t version)
{
	const struct uni_package *p = package(s, pkg);
	const struct uni_version *v = &p->versions[version];

	if (p->fixed || version == p->locked)
		return true;
	if (s->rules->forced == pkg)
		return version == s->rules->forced_version;
	if (v->yanked && !s->u->in->allow_yanked && !s->rules->allow_yanked)
		return false;
	return !v->advised || !s->u->in->deny_advised;
}

static bool pre_release_ok(
    const struct search *s, uint32_t pkg, uint32_t version, const struct pkg_requirement *r)
{
	const struct uni_package *p = package(s, pkg);
	const struct uni_version *v = &p->versions[version];

	if (!v->parsed.pre.len || p->fixed || version == p->locked || s->nodes[pkg].admits_pre ||
	    s->u->in->allow_pre_release || s->rules->allow_pre_release)
		return true;
	return r && pkg_requirement_names_pre(r, &v->parsed);
}

static bool is_same_text(const struct pkg_version *a, const struct pkg_version *b)
{
	return pkg_version_cmp(a, b) == 0 && str_eq(a->build, b->build);
}

/*
 * Whether an exact requirement is there word for word. Then it means that version and no other
 * build of it: whoever pins a version does not want files that were published later.
 */
static bool is_listed(const struct uni_package *p, const struct pkg_requirement *r)
{
	for (uint32_t i = 0; pkg_requirement_is_exact(r) && i < p->count; i++) {
		if (is_same_text(&r->items[0].version, &p->versions[i].parsed))
			return true;
	}
	return false;
}

/* The versions of @p pkg that a requirement (checked before; "" = any) accepts. */
static uint64_t *accepted(struct search *s, uint32_t pkg, const char *text)
{
	const struct uni_package *p = package(s, pkg);
	uint64_t *set = pkg_search_set(s, pkg);
	struct pkg_requirement r = {.count = 0};
	bool any = !text[0] || pkg_requirement_parse(&r, str_c(text), NULL) < 0;
	bool forced = p->forced || s->rules->forced == pkg;
	bool listed = !any && is_listed(p, &r);

	/* About what eight comparisons of versions take: a package with very many, asked for in
	 * very many ways, must not be free. */
	s->steps += p->count / 8;

	for (uint32_t i = 0; i < p->count; i++) {
		bool ok = pkg_search_fit(s, pkg, i);

		if (ok && !forced)
			ok = (any || pkg_requirement_holds(&r, &p->versions[i].parsed)) &&
			     (!listed ||
				 is_same_text(&r.items[0].version, &p->versions[i].parsed)) &&
			     pre_release_ok(s, pkg, i, any ? NULL : &r);
		if (ok)
			set_add(set, i);
	}
	return set;
}

/* ---- trail ---- */

static void enqueue(struct search *s, uint32_t pkg)
{
	if (s->nodes[pkg].queued)
		return;
	s->nodes[pkg].queued = true;
	VEC_PUSH(s->queue, s->queue_count, s->queue_cap, pkg);
}

/* Note the domain as it is; the caller narrows it. */
static void push_trail(struct search *s, uint32_t pkg, struct clause *cause)
{
	struct node *n = &s->nodes[pkg];
	uint32_t words = package(s, pkg)->words;
	struct trail_entry e = {.pkg = pkg,
	    .level = (uint32_t)s->level,
	    .prev = n->last,
	    .old_at = s->old_count,
	    .cause = cause};

	s->old_words =
	    base_grow(s->old_words, &s->old_cap, s->old_count + words, sizeof(*s->old_words));
	memcpy(&s->old_words[s->old_count], n->domain, words * sizeof(*n->domain));
	s->old_count += words;
	n->last = (uint32_t)s->trail_count;
	VEC_PUSH(s->trail, s->trail_count, s->trail_cap, e);
	enqueue(s, pkg);
}

void pkg_search_jump(struct search *s, uint32_t level)
{
	while (s->trail_count && s->trail[s->trail_count - 1].level > level) {
		const struct trail_entry *e = &s->trail[--s->trail_count];
		struct node *n = &s->nodes[e->pkg];

		memcpy(n->domain, &s->old_words[e->old_at],
		    package(s, e->pkg)->words * sizeof(*n->domain));
		s->old_count = e->old_at;
		n->last = e->prev;
	}
	while (s->level > level) {
		size_t keep = s->reached_at[--s->level];

		while (s->reached_count > keep)
			s->nodes[s->reached[--s->reached_count]].reached = false;
	}
	while (s->queue_count)
		s->nodes[s->queue[--s->queue_count]].queued = false;
	/* What was examined with more decisions in place may say something without them. */
	for (size_t i = s->recent_count; i > 0 && s->recent[i - 1]->level > level; i--) {
		s->recent[i - 1]->level = level;
		VEC_PUSH(s->pending, s->pending_count, s->pending_cap, s->recent[i - 1]);
	}
}

/* ---- clauses ---- */

static void note_pending(struct search *s, struct clause *c)
{
	c->level = (uint32_t)s->level;
	VEC_PUSH(s->pending, s->pending_count, s->pending_cap, c);
	if (s->level > 0)
		VEC_PUSH(s->recent, s->recent_count, s->recent_cap, c);
}

void pkg_search_add(struct search *s, struct clause *c)
{
	for (uint32_t i = 0; i < c->count; i++) {
		struct node *n = &s->nodes[c->terms[i].pkg];

		VEC_PUSH(n->clauses, n->clause_count, n->clause_cap, c);
	}
	note_pending(s, c);
}

/* Add a term unless it says nothing; sets of one package are combined. */
static void add_term(struct search *s, struct clause *c, uint32_t pkg, uint64_t *set)
{
	uint32_t words = package(s, pkg)->words;

	if (pkg_search_is_full(s, pkg, set))
		return;
	if (c->count == 1 && c->terms[0].pkg == pkg) {
		for (uint32_t i = 0; i < words; i++)
			c->terms[0].set[i] &= set[i];
		return;
	}
	c->terms[c->count++] = (struct term){pkg, set};
}

/* Everything but @p set: "none of these is chosen". */
static uint64_t *complement(struct search *s, uint32_t pkg, const uint64_t *set)
{
	uint64_t *out = pkg_search_set(s, pkg);

	set_fill(out, package(s, pkg)->count + 1);
	for (uint32_t i = 0; i < package(s, pkg)->words; i++)
		out[i] &= ~set[i];
	return out;
}

static struct clause *new_fact(struct search *s, enum pkg_fact_kind kind, uint32_t by)
{
	struct clause *c = arena_alloc(&s->arena, sizeof(*c));

	c->terms = arena_alloc(&s->arena, 2 * sizeof(*c->terms));
	c->kind = kind;
	c->by = by;
	c->target = PKG_NONE;
	c->requirement = "";
	return c;
}

/* `by` at @p version (or the project) needs one of the accepted versions of a package. */
static void add_need(struct search *s, uint32_t by, uint32_t version, const struct uni_need *need)
{
	struct clause *c = new_fact(s, PKG_FACT_NEEDS, by);

	c->target = need->pkg;
	c->requirement = need->requirement;
	c->allow = accepted(s, need->pkg, need->requirement);
	if (by != PKG_NONE) {
		uint64_t *mine = pkg_search_set(s, by);

		c->by_set = pkg_search_set(s, by);
		set_add(c->by_set, version);
		set_add(mine, version);
		add_term(s, c, by, mine);
	}
	add_term(s, c, need->pkg, complement(s, need->pkg, c->allow));
	pkg_search_add(s, c);
}

/* Versions that need the same share one clause, so that a dead end counts for all of them. */
static bool widen_need(struct search *s, uint32_t by, uint32_t version, const struct uni_need *need)
{
	struct node *n = &s->nodes[by];

	for (size_t i = n->clause_count; i > 0; i--) {
		struct clause *c = n->clauses[i - 1];

		if (c->parent_count || c->by != by || c->target != need->pkg || need->pkg == by ||
		    c->kind != PKG_FACT_NEEDS || strcmp(c->requirement, need->requirement) != 0)
			continue;
		for (uint32_t t = 0; t < c->count; t++) {
			if (c->terms[t].pkg == by)
				set_add(c->terms[t].set, version);
		}
		set_add(c->by_set, version);
		note_pending(s, c);
		return true;
	}
	return false;
}

static void add_unfit(struct search *s, uint32_t by, uint32_t version, const char *detail)
{
	struct clause *c = new_fact(s, PKG_FACT_UNFIT, by);
	uint64_t *mine = pkg_search_set(s, by);

	c->detail = detail;
	c->by_set = pkg_search_set(s, by);
	set_add(c->by_set, version);
	set_add(mine, version);
	add_term(s, c, by, mine);
	pkg_search_add(s, c);
}

/* List and open the packages of some needs. */
static int open_targets(
    struct search *s, const struct uni_need *needs, uint32_t count, struct err *err)
{
	AUTO_FREE uint32_t *ids = base_calloc(count + 1, sizeof(*ids));
	int rc;

	for (uint32_t i = 0; i < count; i++)
		ids[i] = needs[i].pkg;
	rc = pkg_uni_list(s->u, ids, count, err);
	if (rc < 0)
		return rc;
	grow_nodes(s);
	for (uint32_t i = 0; i < count; i++)
		open_node(s, needs[i].pkg);
	return 0;
}

/* Make clauses of what a version needs. */
static int expand(struct search *s, uint32_t pkg, uint32_t version, struct err *err)
{
	const struct uni_version *v = &package(s, pkg)->versions[version];
	int rc = pkg_uni_load(s->u, pkg, version, err);

	if (rc == 0)
		rc = open_targets(s, v->needs, v->need_count, err);
	if (rc < 0)
		return rc;
	if (v->unfit)
		add_unfit(s, pkg, version, v->unfit);
	for (uint32_t i = 0; i < v->need_count; i++) {
		if (!widen_need(s, pkg, version, &v->needs[i]))
			add_need(s, pkg, version, &v->needs[i]);
	}
	set_add(s->nodes[pkg].expanded, version);
	return 0;
}

/* ---- propagation ---- */

enum term_state { TERM_MET, TERM_OPEN, TERM_NEVER };

static enum term_state term_state(const struct search *s, const struct term *t)
{
	const uint64_t *domain = s->nodes[t->pkg].domain;
	uint32_t words = package(s, t->pkg)->words;

	if (!set_meets(domain, t->set, words))
		return TERM_NEVER;
	return set_within(domain, t->set, words) ? TERM_MET : TERM_OPEN;
}

static void to_front(struct clause *c, uint32_t from, uint32_t to)
{
	struct term t = c->terms[from];

	c->terms[from] = c->terms[to];
	c->terms[to] = t;
}

/* Narrow the domain of the only term that is open. */
static void derive(struct search *s, const struct term *t, struct clause *cause)
{
	uint64_t *domain = s->nodes[t->pkg].domain;

	push_trail(s, t->pkg, cause);
	for (uint32_t i = 0; i < package(s, t->pkg)->words; i++)
		domain[i] &= ~t->set[i];
}

/*
 * @return false when all terms are met: a dead end. Terms that are not met move to the front, where
 * the next look at the clause starts.
 */
static bool examine(struct search *s, struct clause *c)
{
	uint32_t open = 0;

	s->steps++;
	for (uint32_t i = 0; i < c->count; i++) {
		enum term_state state = term_state(s, &c->terms[i]);

		if (state == TERM_MET)
			continue;
		to_front(c, i, state == TERM_NEVER ? 0 : open);
		if (state == TERM_NEVER || open == 1)
			return true;
		open++;
	}
	if (open == 0)
		return false;
	derive(s, &c->terms[0], c);
	return true;
}

/* Until nothing changes. @return the clause of a dead end, or NULL. */
static struct clause *propagate(struct search *s)
{
	for (;;) {
		while (s->pending_count) {
			struct clause *c = s->pending[--s->pending_count];

			if (!examine(s, c))
				return c;
		}
		if (!s->queue_count)
			return NULL;
		uint32_t pkg = s->queue[--s->queue_count];
		struct node *n = &s->nodes[pkg];

		n->queued = false;
		for (size_t i = 0; i < n->clause_count; i++) {
			if (!examine(s, n->clauses[i]))
				return n->clauses[i];
		}
	}
}

/* ---- decisions ---- */

static void reach(struct search *s, uint32_t pkg)
{
	if (s->nodes[pkg].reached)
		return;
	s->nodes[pkg].reached = true;
	VEC_PUSH(s->reached, s->reached_count, s->reached_cap, pkg);
}

/* The locked version if it is still possible, else the highest. */
static uint32_t best_version(const struct search *s, uint32_t pkg)
{
	const struct uni_package *p = package(s, pkg);
	const uint64_t *domain = s->nodes[pkg].domain;
	uint32_t v = p->count;

	if (p->locked != PKG_NONE && set_has(domain, p->locked))
		return p->locked;
	while (v > 0 && !set_has(domain, v - 1))
		v--;
	return v > 0 ? v - 1 : PKG_NONE;
}

static void decide(struct search *s, uint32_t pkg, uint32_t version)
{
	const struct uni_version *v = &package(s, pkg)->versions[version];
	uint64_t *domain = s->nodes[pkg].domain;
	size_t count = s->level;

	VEC_PUSH(s->reached_at, count, s->reached_at_cap, (uint32_t)s->reached_count);
	s->level = count;
	push_trail(s, pkg, NULL);
	memset(domain, 0, package(s, pkg)->words * sizeof(*domain));
	set_add(domain, version);
	for (uint32_t i = 0; i < v->need_count; i++)
		reach(s, v->needs[i].pkg);
}

uint32_t pkg_search_version(const struct search *s, uint32_t pkg)
{
	return best_version(s, pkg);
}

static int over_limit(const struct search *s, struct err *err)
{
	size_t max_bytes = s->u->in->max_bytes ? s->u->in->max_bytes : PKG_RESOLVE_BYTES_DEFAULT;
	uint64_t max_steps = s->rules->max_steps;

	if (s->steps > max_steps)
		return err_code(err, ERR_LIMIT, PKG_CODE(RESOLVE_LIMIT),
		    "gave up choosing versions after %llu steps; exact versions in x07.json make "
		    "the choice smaller",
		    (unsigned long long)s->steps);
	if (s->arena.used > max_bytes || s->u->arena.used > max_bytes - s->arena.used)
		return err_code(err, ERR_LIMIT, PKG_CODE(RESOLVE_LIMIT),
		    "choosing versions takes more than %zu bytes of memory", max_bytes);
	return 0;
}

/* What the project wants, as facts about packages of level 0. */
static int add_wants(struct search *s, struct err *err)
{
	const struct pkg_resolve_input *in = s->u->in;
	AUTO_FREE struct uni_need *needs = base_calloc(in->want_count + 1, sizeof(*needs));
	uint32_t count = 0;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < in->want_count; i++) {
		const char *text = in->wants[i].requirement;
		struct uni_need *n = &needs[count];

		rc = pkg_uni_package(&n->pkg, s->u, in->wants[i].name, err);
		n->requirement = text && n->pkg != s->rules->relaxed ? text : "";
		count += n->pkg != s->rules->removed;
	}
	if (rc == 0)
		rc = open_targets(s, needs, count, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct pkg_requirement r = {.count = 0};

		if (!needs[i].requirement[0] ||
		    pkg_requirement_parse(&r, str_c(needs[i].requirement), NULL) < 0)
			continue;
		for (uint32_t k = 0; k < r.count; k++)
			s->nodes[needs[i].pkg].admits_pre |= r.items[k].version.pre.len > 0;
	}
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		add_need(s, PKG_NONE, 0, &needs[i]);
		reach(s, needs[i].pkg);
	}
	return rc;
}

int pkg_search_run(struct search *s, struct err *err)
{
	int rc = add_wants(s, err);

	while (rc == 0) {
		struct clause *dead_end = propagate(s);
		uint32_t pkg, version;

		rc = over_limit(s, err);
		if (rc < 0)
			return rc;
		if (dead_end) {
			if (!pkg_search_learn(s, dead_end))
				return ERR_PKG;
			continue;
		}
		if (s->level == s->reached_count)
			return 0;
		pkg = s->reached[s->level];
		version = best_version(s, pkg);
		if (set_has(s->nodes[pkg].expanded, version))
			decide(s, pkg, version);
		else
			rc = expand(s, pkg, version, err);
	}
	return rc;
}

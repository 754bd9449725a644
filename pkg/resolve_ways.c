/* SPDX-License-Identifier: MIT */
/*
 * Ways out of a conflict. Each that is named was tried: the search is run again with one rule
 * changed. Bounded: few attempts, each with a part of the steps.
 */
#include "pkg/resolve_ways_priv.h"

#include "pkg/resolve_search_priv.h"

#define ATTEMPTS_MAX 8
#define WAYS_MAX 4
#define STEPS_SHARE 16

static const struct search_rules plain = {
    .relaxed = PKG_NONE, .removed = PKG_NONE, .forced = PKG_NONE};

static void add_way(struct explanation *x, const char *text)
{
	struct pkg_conflict *out = x->out;

	if (!out->ways_out)
		out->ways_out = arena_alloc(x->arena, (WAYS_MAX + 1) * sizeof(char *));
	if (out->way_out_count < WAYS_MAX)
		out->ways_out[out->way_out_count++] = text;
}

/* Whether a plan exists with these rules; the version of @p pkg in it, PKG_NONE without it. */
static bool attempt(
    struct explanation *x, struct search_rules rules, uint32_t pkg, uint32_t *version)
{
	CLEANUP(pkg_search_clear) struct search s = {.u = x->s->u, .rules = &rules};
	struct err err = {0};

	rules.max_steps = x->s->rules->max_steps / STEPS_SHARE;
	if (x->s->u->in->no_ways_out || pkg_search_run(&s, &err) < 0)
		return false;
	*version =
	    pkg < s.node_count && s.nodes[pkg].reached ? pkg_search_version(&s, pkg) : PKG_NONE;
	return true;
}

/* As attempt; NULL unless the package is part of the plan. */
static const struct uni_version *attempt_version(
    struct explanation *x, struct search_rules rules, uint32_t pkg)
{
	uint32_t version = PKG_NONE;

	if (!attempt(x, rules, pkg, &version) || version == PKG_NONE)
		return NULL;
	return &x->s->u->packages[pkg].versions[version];
}

/* Another version of what the project itself names. */
static void try_relaxed(struct explanation *x)
{
	uint32_t attempts = 0;

	for (size_t i = 0; i < x->count && attempts < ATTEMPTS_MAX; i++) {
		const struct clause *c = x->leaves[i];
		struct search_rules rules = plain;
		uint32_t v = PKG_NONE;

		if (c->by != PKG_NONE || !c->requirement[0])
			continue;
		attempts++;
		rules.relaxed = c->target;
		if (attempt(x, rules, c->target, &v) && v != PKG_NONE && !set_has(c->allow, v))
			add_way(
			    x, arena_printf(x->arena, "take %s %s instead of %s",
				   x->s->u->packages[c->target].name,
				   x->s->u->packages[c->target].versions[v].text, c->requirement));
	}
}

/* The withdrawn versions that would make a plan, whoever needs them. */
static void try_yanked(struct explanation *x)
{
	CLEANUP(buf_clear) struct buf names = buf_init(4096);
	struct search_rules rules = plain;
	CLEANUP(pkg_search_clear) struct search s = {.u = x->s->u, .rules = &rules};
	struct err err = {0};

	rules.allow_yanked = true;
	rules.max_steps = x->s->rules->max_steps / STEPS_SHARE;
	if (x->s->u->in->allow_yanked || x->s->u->in->no_ways_out || pkg_search_run(&s, &err) < 0)
		return;
	for (uint32_t i = 0; i < s.node_count; i++) {
		const struct uni_package *p = &s.u->packages[i];
		uint32_t v = s.nodes[i].reached ? pkg_search_version(&s, i) : PKG_NONE;

		if (v != PKG_NONE && p->versions[v].yanked)
			buf_printf(&names, "%s%s %s", names.len > 0 ? ", " : "", p->name,
			    p->versions[v].text);
	}
	if (names.len > 0)
		add_way(
		    x, arena_printf(x->arena, "accept what was withdrawn with --allow-yanked: %.*s",
			   (int)names.len, names.data));
}

/* Fewer refusals, when it is the package of the headline that they keep out. */
static void try_allowed(struct explanation *x)
{
	const char *name = x->s->u->packages[x->target].name;
	struct search_rules rules = plain;
	const struct uni_version *v;

	rules.allow_pre_release = true;
	v = x->s->u->in->allow_pre_release ? NULL : attempt_version(x, rules, x->target);
	if (v && v->parsed.pre.len)
		add_way(
		    x, arena_printf(x->arena, "want the pre-release itself: %s@%s", name, v->text));
}

/* One version for everybody, the highest that somebody wants first. */
static void try_forced(struct explanation *x)
{
	const struct uni_package *p = &x->s->u->packages[x->target];
	const char *name = p->name;
	const struct uni_version *versions = p->versions;
	uint32_t attempts = 0, ignored;

	if (p->fixed)
		return;
	for (uint32_t v = p->count; v > 0 && attempts < ATTEMPTS_MAX / 2; v--) {
		struct search_rules rules = plain;
		bool wanted = false;

		for (size_t i = 0; i < x->count; i++) {
			const struct clause *c = x->leaves[i];

			wanted |= c->target == x->target && set_has(c->allow, v - 1);
		}
		if (!wanted)
			continue;
		attempts++;
		rules.forced = x->target;
		rules.forced_version = v - 1;
		if (!attempt(x, rules, x->target, &ignored))
			continue;
		add_way(x, arena_printf(x->arena,
			       "force one version for everybody: \"patch\": {\"%s\": "
			       "{\"version\": \"%s\"}} in x07.json",
			       name, versions[v - 1].text));
		return;
	}
}

/* What the user fixed cannot be changed by the search. */
static void suggest_refixing(struct explanation *x)
{
	const struct uni_package *p = &x->s->u->packages[x->target];

	if (p->fixed)
		add_way(x, arena_printf(x->arena, "%s: the version %s comes from %s", p->name,
			       p->versions[0].text,
			       p->forced ? "\"patch\" in x07.json; name another one or remove it"
					 : "a local directory; give it a version that fits"));
}

/* Without one of the packages that the project wants. Untried only when nothing may be tried. */
static void try_removal(struct explanation *x)
{
	const char *first = NULL;
	uint32_t attempts = 0, ignored;

	for (size_t i = 0; i < x->count && attempts < ATTEMPTS_MAX; i++) {
		const struct clause *c = x->leaves[i];
		const char *name;
		struct search_rules rules = plain;

		if (c->by != PKG_NONE || c->target == PKG_NONE)
			continue;
		attempts++;
		name = x->s->u->packages[c->target].name;
		first = first ? first : name;
		rules.removed = c->target;
		if (!attempt(x, rules, c->target, &ignored))
			continue;
		add_way(x, arena_printf(x->arena, "remove %s from the project", name));
		return;
	}
	if (!x->out->way_out_count && first)
		add_way(x, arena_printf(x->arena,
			       "change or remove what the project wants, %s to begin with", first));
}

void pkg_resolve_ways_out(struct explanation *x)
{
	try_relaxed(x);
	try_yanked(x);
	try_allowed(x);
	try_forced(x);
	suggest_refixing(x);
	if (!x->out->way_out_count)
		try_removal(x);
}

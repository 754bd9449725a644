/* SPDX-License-Identifier: MIT */
/*
 * The resolver against exhaustive search on random small graphs: same answer, same plan, and on a
 * conflict facts that are impossible by themselves. The oracle has its own notion of versions and
 * requirements (numbers), so it shares no code with what it checks.
 */
#include "pkg/resolve.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRAPHS 10000
#define PACKAGES_MAX 7
#define VERSIONS_MAX 4
#define NEEDS_MAX 4
#define ANY_LOW 0
#define ANY_HIGH 99

/* A version M.0.0 is 2M+1, M.0.0-rc.1 is 2M: below it. */
struct g_need {
	int pkg, low, high; /* inclusive; texts are made from the same numbers */
	bool kept;
	char text[64];
};

struct g_version {
	int number;
	bool yanked, unfit;
	struct g_need needs[NEEDS_MAX];
	int need_count;
	char text[24];
};

struct graph {
	int count, want_count;
	struct g_version versions[PACKAGES_MAX][VERSIONS_MAX];
	int version_count[PACKAGES_MAX];
	int locked[PACKAGES_MAX]; /* -1 */
	struct g_need wants[NEEDS_MAX];
	bool allow_yanked, allow_pre;
	bool pre_of_all; /* wants that are not kept name pre-releases all the same */
	char names[PACKAGES_MAX][4];
};

/* ---- random graphs (splitmix64) ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int below(uint64_t *state, int n)
{
	return (int)(next_random(state) % (uint64_t)n);
}

static void version_text(char out[24], int number)
{
	(void)snprintf(out, 24, "%d.0.0%s", number / 2, number % 2 ? "" : "-rc.1");
}

static int random_number(uint64_t *r)
{
	int number = 2 * (1 + below(r, VERSIONS_MAX)) + 1;

	return below(r, 8) == 0 ? number - 1 : number;
}

static void random_need(struct g_need *n, uint64_t *r, int pkg)
{
	int a = random_number(r), b = random_number(r);
	char low[24], high[24];

	*n = (struct g_need){.pkg = pkg, .low = ANY_LOW, .high = ANY_HIGH, .kept = true};
	version_text(low, a);
	version_text(high, b);
	switch (below(r, 10)) {
	case 0:
	case 1:
	case 2:
		break;
	case 6:
		n->low = n->high = a;
		(void)snprintf(n->text, sizeof(n->text), "%s%s", below(r, 2) ? "=" : "", low);
		break;
	case 3:
	case 7:
	case 8:
		n->low = a;
		(void)snprintf(n->text, sizeof(n->text), ">=%s", low);
		break;
	case 4:
		n->high = a - 1;
		(void)snprintf(n->text, sizeof(n->text), "<%s", low);
		break;
	case 5:
		n->low = a + 1;
		(void)snprintf(n->text, sizeof(n->text), ">%s,", low);
		break;
	default:
		n->low = a;
		n->high = b;
		(void)snprintf(
		    n->text, sizeof(n->text), ">=%s%s<=%s", low, below(r, 2) ? " " : ",", high);
	}
}

static void random_version(struct graph *g, uint64_t *r, int pkg, int number)
{
	struct g_version *v = &g->versions[pkg][g->version_count[pkg]++];
	int needs = below(r, 2) * below(r, NEEDS_MAX + 1);

	v->number = number;
	version_text(v->text, number);
	v->yanked = below(r, 10) == 0;
	v->unfit = below(r, 25) == 0;
	for (int i = 0; i < needs; i++)
		random_need(&v->needs[v->need_count++], r, below(r, g->count));
}

static void random_graph(struct graph *g, uint64_t seed)
{
	uint64_t r = seed * 0x9e3779b9u + 1;

	*g = (struct graph){.count = 2 + below(&r, PACKAGES_MAX - 1)};
	g->allow_yanked = below(&r, 6) == 0;
	g->allow_pre = below(&r, 8) == 0;
	for (int p = 0; p < g->count; p++) {
		(void)snprintf(g->names[p], sizeof(g->names[p]), "%c", 'a' + p);
		for (int n = 1; n <= VERSIONS_MAX; n++) {
			if (below(&r, 8) > 0)
				random_version(g, &r, p, 2 * n + (below(&r, 8) > 0));
		}
		g->locked[p] = g->version_count[p] > 0 && below(&r, 4) == 0
				   ? below(&r, g->version_count[p])
				   : -1;
	}
	g->want_count = 1 + below(&r, NEEDS_MAX);
	for (int i = 0; i < g->want_count; i++)
		random_need(&g->wants[i], &r, below(&r, g->count));
}

/* ---- the oracle ---- */

struct oracle {
	const struct graph *g;
	unsigned allowed[PACKAGES_MAX]; /* by everything decided so far */
	int chosen[PACKAGES_MAX];       /* -1 */
	int reached[PACKAGES_MAX], reached_count;
	bool in_reached[PACKAGES_MAX];
	bool names_pre[PACKAGES_MAX];
	int relaxed; /* package of which the project takes any version; -1 */
};

static bool need_names(const struct g_need *n, int number)
{
	char pre[24];

	version_text(pre, number);
	return strstr(n->text, pre) != NULL;
}

static bool accepts(const struct oracle *o, const struct g_need *n, int v)
{
	const struct g_version *version = &o->g->versions[n->pkg][v];
	bool locked = o->g->locked[n->pkg] == v;

	if (version->yanked && !locked && !o->g->allow_yanked)
		return false;
	if (version->number < n->low || version->number > n->high)
		return false;
	return version->number % 2 || locked || o->g->allow_pre || o->names_pre[n->pkg] ||
	       need_names(n, version->number);
}

static unsigned accepted(const struct oracle *o, const struct g_need *n)
{
	unsigned set = 0;

	for (int v = 0; v < o->g->version_count[n->pkg]; v++)
		set |= (unsigned)accepts(o, n, v) << v;
	return set;
}

static int by_package(const void *a, const void *b)
{
	return (*(const struct g_need *const *)a)->pkg - (*(const struct g_need *const *)b)->pkg;
}

/* Apply needs in order of names; false when one cannot be met any more. */
static bool apply(struct oracle *o, const struct g_need *needs, int count)
{
	const struct g_need *sorted[NEEDS_MAX];
	int n = 0;

	for (int i = 0; i < count; i++) {
		if (needs[i].kept)
			sorted[n++] = &needs[i];
	}
	qsort(sorted, (size_t)n, sizeof(const struct g_need *), by_package);
	for (int i = 0; i < n; i++) {
		int pkg = sorted[i]->pkg;

		o->allowed[pkg] &= accepted(o, sorted[i]);
		if (!o->in_reached[pkg])
			o->reached[o->reached_count++] = pkg;
		o->in_reached[pkg] = true;
		if (o->chosen[pkg] >= 0 && !(o->allowed[pkg] >> o->chosen[pkg] & 1))
			return false;
	}
	return true;
}

static bool decide(struct oracle *o, int at);

static bool try_version(struct oracle *o, int at, int v)
{
	const struct g_version *version = &o->g->versions[o->reached[at]][v];
	struct oracle saved = *o;

	if (version->unfit || !(o->allowed[o->reached[at]] >> v & 1))
		return false;
	o->chosen[o->reached[at]] = v;
	if (apply(o, version->needs, version->need_count) && decide(o, at + 1))
		return true;
	*o = saved;
	return false;
}

static bool decide(struct oracle *o, int at)
{
	int pkg, locked;

	if (at == o->reached_count)
		return true;
	pkg = o->reached[at];
	locked = o->g->locked[pkg];
	if (locked >= 0 && try_version(o, at, locked))
		return true;
	for (int v = o->g->version_count[pkg] - 1; v >= 0; v--) {
		if (v != locked && try_version(o, at, v))
			return true;
	}
	return false;
}

static bool oracle_run(struct oracle *o, const struct graph *g, int relaxed)
{
	struct g_need wants[NEEDS_MAX];

	*o = (struct oracle){.g = g, .relaxed = relaxed};
	memset(o->allowed, 0xff, sizeof(o->allowed));
	memset(o->chosen, 0xff, sizeof(o->chosen));
	for (int i = 0; i < g->want_count; i++) {
		wants[i] = g->wants[i];
		if (wants[i].pkg == relaxed) {
			wants[i].low = ANY_LOW;
			wants[i].high = ANY_HIGH;
			wants[i].text[0] = '\0';
		}
		o->names_pre[wants[i].pkg] |=
		    (wants[i].kept || g->pre_of_all) && strstr(wants[i].text, "-rc") != NULL;
	}
	return apply(o, wants, g->want_count) && decide(o, 0);
}

/* ---- the same graph for the resolver ---- */

struct feed {
	const struct graph *g;
	struct pkg_candidate candidates[PACKAGES_MAX][VERSIONS_MAX];
	struct pkg_need needs[PACKAGES_MAX][VERSIONS_MAX][NEEDS_MAX];
};

static int feed_versions(struct pkg_candidates *out, void *ctx, const char *name, struct err *err)
{
	struct feed *f = ctx;
	int pkg = name[0] - 'a';

	if (f->g->version_count[pkg] == 0)
		return err_set(err, ERR_NOT_FOUND, "no such package");
	for (int i = 0; i < f->g->version_count[pkg]; i++)
		f->candidates[pkg][i] =
		    (struct pkg_candidate){.version = f->g->versions[pkg][i].text,
			.yanked = f->g->versions[pkg][i].yanked};
	out->items = f->candidates[pkg];
	out->count = (uint32_t)f->g->version_count[pkg];
	return 0;
}

static int feed_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct feed *f = ctx;
	int pkg = name[0] - 'a';

	for (int i = 0; i < f->g->version_count[pkg]; i++) {
		const struct g_version *v = &f->g->versions[pkg][i];

		if (strcmp(v->text, version) != 0)
			continue;
		for (int k = 0; k < v->need_count; k++)
			f->needs[pkg][i][k] =
			    (struct pkg_need){f->g->names[v->needs[k].pkg], v->needs[k].text};
		out->items = f->needs[pkg][i];
		out->count = (uint32_t)v->need_count;
		out->compat = v->unfit ? ">=9.0.0" : ">=0.1.0 <0.3.0";
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "no such version");
}

static int resolve(
    struct pkg_plan *plan, struct pkg_conflict *conflict, const struct graph *g, struct err *err)
{
	struct feed feed = {.g = g};
	struct pkg_need wants[NEEDS_MAX];
	struct pkg_fixed fixed[PACKAGES_MAX];
	struct pkg_resolve_input in = {.wants = wants,
	    .want_count = (uint32_t)g->want_count,
	    .fixed = fixed,
	    .toolchain_version = "0.2.17",
	    .allow_yanked = g->allow_yanked,
	    .allow_pre_release = g->allow_pre};
	const struct pkg_source source = {
	    .ctx = &feed, .versions = feed_versions, .needs = feed_needs};

	for (int i = 0; i < g->want_count; i++)
		wants[i] = (struct pkg_need){g->names[g->wants[i].pkg], g->wants[i].text};
	for (int p = 0; p < g->count; p++) {
		if (g->locked[p] >= 0)
			fixed[in.fixed_count++] = (struct pkg_fixed){
			    g->names[p], g->versions[p][g->locked[p]].text, PKG_FIX_LOCKED};
	}
	return pkg_resolve(plan, conflict, &in, &source, err);
}

/* ---- comparing ---- */

static void compare_plan(const struct oracle *o, const struct pkg_plan *plan, int seed)
{
	uint32_t chosen = 0;

	for (int p = 0; p < o->g->count; p++) {
		const struct pkg_plan_item *item = pkg_plan_find(plan, o->g->names[p]);
		const char *want =
		    o->chosen[p] < 0 ? "(absent)" : o->g->versions[p][o->chosen[p]].text;

		chosen += o->chosen[p] >= 0;
		ck_assert_msg(strcmp(item ? item->version : "(absent)", want) == 0,
		    "graph %d: %s is %s, the oracle has %s", seed, o->g->names[p],
		    item ? item->version : "(absent)", want);
	}
	ck_assert_uint_eq(plan->count, chosen);
}

static bool fact_is(const struct pkg_fact *f, const struct graph *g, int by, const char *version,
    const struct g_need *need)
{
	CLEANUP(buf_clear) struct buf list = buf_init(1024), item = buf_init(64);

	if ((by < 0) != (f->by == NULL) || (by >= 0 && strcmp(f->by, g->names[by]) != 0))
		return false;
	if (need && (f->kind != PKG_FACT_NEEDS || strcmp(f->name, g->names[need->pkg]) != 0 ||
			strcmp(f->requirement, need->text) != 0))
		return false;
	if (!need && f->kind != PKG_FACT_UNFIT)
		return false;
	buf_printf(&list, ", %s,", f->by_versions);
	buf_printf(&item, ", %s,", version);
	return by < 0 || strstr(list.data, item.data) != NULL;
}

static bool is_stated(const struct pkg_conflict *c, const struct graph *g, int by,
    const char *version, const struct g_need *need)
{
	for (uint32_t i = 0; i < c->fact_count; i++) {
		if (fact_is(&c->facts[i], g, by, version, need))
			return true;
	}
	return false;
}

/* The graph that says what the facts say and nothing else: it must be impossible too. */
static void compare_facts(const struct graph *g, const struct pkg_conflict *c, int seed)
{
	struct graph only = *g;
	struct oracle o;

	only.pre_of_all = true;
	for (int i = 0; i < g->want_count; i++)
		only.wants[i].kept = is_stated(c, g, -1, "", &g->wants[i]);
	for (int p = 0; p < g->count; p++) {
		for (int v = 0; v < g->version_count[p]; v++) {
			struct g_version *version = &only.versions[p][v];

			version->unfit = version->unfit && is_stated(c, g, p, version->text, NULL);
			for (int k = 0; k < version->need_count; k++)
				version->needs[k].kept =
				    is_stated(c, g, p, version->text, &version->needs[k]);
		}
	}
	ck_assert_msg(
	    !oracle_run(&o, &only, -1), "graph %d: the facts do not exclude each other", seed);
}

/* "take NAME VERSION instead of REQUIREMENT" and "remove NAME" are promises. */
static void compare_ways(const struct graph *g, const struct pkg_conflict *c, int seed)
{
	ck_assert_msg(c->way_out_count > 0, "graph %d: no way out", seed);
	for (uint32_t i = 0; i < c->way_out_count; i++) {
		struct oracle o;
		char version[24];
		char name;

		if (sscanf(c->ways_out[i], "remove %c from", &name) == 1) {
			struct graph less = *g;

			for (int k = 0; k < g->want_count; k++)
				less.wants[k].kept = g->wants[k].pkg != name - 'a';
			ck_assert_msg(oracle_run(&o, &less, -1), "graph %d: %s does not help", seed,
			    c->ways_out[i]);
		}
		if (strncmp(c->ways_out[i], "accept what was withdrawn", 25) == 0) {
			struct graph more = *g;

			more.allow_yanked = true;
			ck_assert_msg(oracle_run(&o, &more, -1), "graph %d: %s does not help", seed,
			    c->ways_out[i]);
		}
		if (sscanf(c->ways_out[i], "take %c %23s", &name, version) != 2)
			continue;
		ck_assert_msg(oracle_run(&o, g, name - 'a'), "graph %d: %s does not help", seed,
		    c->ways_out[i]);
		ck_assert_str_eq(version, g->versions[name - 'a'][o.chosen[name - 'a']].text);
	}
}

/* @return whether the graph has a plan. */
static bool compare(int seed)
{
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};
	struct err err = {0};
	struct graph g;
	struct oracle o;
	bool possible;
	int rc;

	random_graph(&g, (uint64_t)seed);
	possible = oracle_run(&o, &g, -1);
	rc = resolve(&plan, &conflict, &g, &err);
	ck_assert_msg(rc == (possible ? 0 : ERR_PKG), "graph %d: oracle %s, resolver %s: %s", seed,
	    possible ? "has a plan" : "has none", err_id(rc), err.message);
	if (possible) {
		compare_plan(&o, &plan, seed);
		return true;
	}
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_CONFLICT");
	compare_facts(&g, &conflict, seed);
	compare_ways(&g, &conflict, seed);
	return false;
}

START_TEST(resolver_agrees_with_exhaustive_search_on_random_graphs)
{
	int possible = 0;

	for (int seed = 0; seed < GRAPHS; seed++)
		possible += compare(seed);
	/* Both answers are well represented, or the test says little. */
	ck_assert_int_gt(possible, GRAPHS / 5);
	ck_assert_int_lt(possible, GRAPHS * 4 / 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pkg_resolve_oracle");
	TCase *tc = tcase_create("oracle");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, resolver_agrees_with_exhaustive_search_on_random_graphs);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/*
 * Time of the resolver on random graphs held in memory: many of 60 packages x 8 versions (p50, p99,
 * largest), some of 2 000 packages; processor time, because others may be busy. usage:
 * resolve_bench [graphs]
 */
#include "pkg/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VERSIONS 8
#define NEEDS_MAX 6
#define TEXT_MAX 32

struct shape {
	const char *label;
	uint32_t packages, graphs;
	uint32_t tight; /* of 100 needs, how many exclude most versions */
	uint32_t exact; /* of 100, how many name one version */
	bool layered;   /* needs point to later packages only, as in most registries */
};

struct feed {
	uint32_t packages;
	char (*names)[TEXT_MAX];
	struct pkg_candidate candidates[VERSIONS];
	char versions[VERSIONS][TEXT_MAX];
	struct pkg_need *needs;
	char (*texts)[TEXT_MAX];
	uint32_t *counts;
};

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(next_random(state) % n);
}

static void requirement(char out[TEXT_MAX], uint64_t *r, const struct shape *shape)
{
	uint32_t low = below(r, VERSIONS - 1) + 1;

	if (below(r, 100) < shape->exact)
		(void)snprintf(out, TEXT_MAX, "1.%u.0", low);
	else if (below(r, 100) < shape->tight)
		(void)snprintf(out, TEXT_MAX, ">=1.%u.0 <1.%u.0", low, low + 2);
	else
		(void)snprintf(out, TEXT_MAX, ">=1.%u.0 <2.0.0", below(r, low) / 2);
}

static void feed_init(struct feed *f, const struct shape *shape, uint64_t *r)
{
	size_t all = (size_t)shape->packages * VERSIONS;

	*f = (struct feed){.packages = shape->packages};
	f->names = base_calloc(shape->packages, sizeof(*f->names));
	f->counts = base_calloc(all, sizeof(*f->counts));
	f->needs = base_calloc(all * NEEDS_MAX, sizeof(*f->needs));
	f->texts = base_calloc(all * NEEDS_MAX, sizeof(*f->texts));
	for (uint32_t v = 0; v < VERSIONS; v++) {
		(void)snprintf(f->versions[v], TEXT_MAX, "1.%u.0", v);
		f->candidates[v].version = f->versions[v];
	}
	for (uint32_t p = 0; p < shape->packages; p++)
		(void)snprintf(f->names[p], TEXT_MAX, "p%u", p);
	for (size_t i = 0; i < all; i++) {
		uint32_t p = (uint32_t)(i / VERSIONS), first = shape->layered ? p + 1 : 0;

		if (first >= shape->packages)
			continue;
		f->counts[i] = below(r, NEEDS_MAX);
		for (uint32_t k = 0; k < f->counts[i]; k++) {
			size_t at = i * NEEDS_MAX + k;
			uint32_t target = first + below(r, shape->packages - first);

			requirement(f->texts[at], r, shape);
			f->needs[at] = (struct pkg_need){f->names[target], f->texts[at]};
		}
	}
}

static void feed_clear(struct feed *f)
{
	free(f->names);
	free(f->counts);
	free(f->needs);
	free(f->texts);
}

static int versions(struct pkg_candidates *out, void *ctx, const char *name, struct err *err)
{
	struct feed *f = ctx;

	(void)name;
	(void)err;
	*out = (struct pkg_candidates){f->candidates, VERSIONS};
	return 0;
}

static int needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct feed *f = ctx;
	size_t i = strtoul(name + 1, NULL, 10) * VERSIONS + strtoul(version + 2, NULL, 10);

	(void)err;
	*out = (struct pkg_needs){.items = &f->needs[i * NEEDS_MAX], .count = f->counts[i]};
	return 0;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct result {
	double ms;
	int rc;
	uint64_t steps;
	uint32_t chosen;
};

static struct result run_one(const struct shape *shape, uint64_t seed)
{
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	CLEANUP(feed_clear) struct feed feed = {0};
	struct pkg_need wants[8];
	struct pkg_resolve_input in = {.wants = wants, .want_count = ARRAY_LEN(wants)};
	const struct pkg_source source = {.ctx = &feed, .versions = versions, .needs = needs};
	struct err err = {0};
	uint64_t r = seed;
	double start;
	int rc;

	feed_init(&feed, shape, &r);
	for (uint32_t i = 0; i < ARRAY_LEN(wants); i++)
		wants[i] = (struct pkg_need){feed.names[below(&r, shape->packages / 4)], ""};
	start = now_ms();
	rc = pkg_resolve(&plan, NULL, &in, &source, &err);
	return (struct result){now_ms() - start, rc, plan.steps, plan.count};
}

static void run(const struct shape *shape, uint32_t graphs)
{
	double *ms = base_calloc(graphs, sizeof(*ms));
	uint32_t possible = 0, given_up = 0;
	uint64_t chosen = 0, steps = 0;

	for (uint32_t i = 0; i < graphs; i++) {
		struct result x = run_one(shape, i + 1);

		ms[i] = x.ms;
		possible += x.rc == 0;
		given_up += x.rc == ERR_LIMIT;
		chosen += x.chosen;
		steps = x.steps > steps ? x.steps : steps;
	}
	qsort(ms, graphs, sizeof(*ms), by_value);
	printf("%-34s %6u graphs %5.1f %% with a plan (mean %.0f packages), %u given up: "
	       "p50 %.2f ms, p99 %.2f ms, max %.2f ms, %llu steps at most\n",
	    shape->label, graphs, 100.0 * possible / graphs,
	    possible ? (double)chosen / possible : 0.0, given_up, ms[graphs / 2],
	    ms[graphs - 1 - graphs / 100], ms[graphs - 1], (unsigned long long)steps);
	free(ms);
}

int main(int argc, char **argv)
{
	static const struct shape shapes[] = {
	    {"60 x 8, layered, loose", 60, 2000, 10, 0, true},
	    {"60 x 8, layered, tight", 60, 2000, 70, 0, true},
	    {"60 x 8, layered, half exact", 60, 2000, 70, 50, true},
	    {"60 x 8, layered, all exact", 60, 2000, 0, 100, true},
	    {"60 x 8, cyclic, loose", 60, 2000, 10, 0, false},
	    {"60 x 8, cyclic, tight", 60, 2000, 70, 0, false},
	    {"60 x 8, cyclic, half exact", 60, 2000, 70, 50, false},
	    {"60 x 8, cyclic, all exact", 60, 2000, 0, 100, false},
	    {"2 000 x 8, layered, loose", 2000, 20, 10, 0, true},
	    {"2 000 x 8, layered, tight", 2000, 20, 40, 0, true},
	    {"2 000 x 8, cyclic, loose", 2000, 20, 10, 0, false},
	    {"2 000 x 8, cyclic, tight", 2000, 20, 40, 0, false},
	    {"2 000 x 8, cyclic, some exact", 2000, 20, 40, 10, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		run(&shapes[i], argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : shapes[i].graphs);
	return 0;
}

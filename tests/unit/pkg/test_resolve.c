/* SPDX-License-Identifier: MIT */
/*
 * What cases in tests/case/resolve cannot show: limits, errors of the source, how often it is
 * asked, outputs on failure. Answers themselves are compared by cases and by the oracle.
 */
#include "pkg/resolve.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIGEONS 14

/* A source made of functions of the test, counting its calls. */
struct feed {
	struct arena arena;
	uint32_t prefetched, listed, asked;
	int fail_versions, fail_needs;
	uint32_t version_count;
};

static int count_prefetch(void *ctx, const char *const *names, uint32_t count, struct err *err)
{
	struct feed *f = ctx;

	ck_assert_uint_ge(count, 2);
	ck_assert_ptr_nonnull(names[count - 1]);
	ck_assert_int_eq(err->code, 0);
	f->prefetched += count;
	return 0;
}

static int plain_versions(struct pkg_candidates *out, void *ctx, const char *name, struct err *err)
{
	struct feed *f = ctx;
	struct pkg_candidate *list;
	uint32_t count = f->version_count + (name[0] == 'h');

	f->listed++;
	if (f->fail_versions)
		return err_set(err, f->fail_versions, "index unreachable");
	list = arena_alloc(&f->arena, (count + 1) * sizeof(*list));
	for (uint32_t i = 0; i < count; i++)
		list[i].version = arena_printf(&f->arena, "1.%u.0", (unsigned)i);
	list[count].version = "not-a-version";
	ck_assert(name[0] == 'p' || name[0] == 'h');
	*out = (struct pkg_candidates){list, count + 1};
	return 0;
}

/* Every version of pN needs any version of p(N+1): a chain without end. */
static int endless_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct feed *f = ctx;
	struct pkg_need *need = arena_alloc(&f->arena, sizeof(*need));

	f->asked++;
	ck_assert_ptr_nonnull(version);
	if (f->fail_needs)
		return err_set(err, f->fail_needs, "archive unreachable");
	need->name = arena_printf(&f->arena, "p%lu", strtoul(name + 1, NULL, 10) + 1);
	*out = (struct pkg_needs){.items = need, .count = 1};
	return 0;
}

/* Version N of each p wants hole hN for itself: one hole too few, and no short proof. */
static int pigeon_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct feed *f = ctx;
	struct pkg_need *need = arena_alloc(&f->arena, sizeof(*need));

	(void)err;
	f->asked++;
	if (name[0] != 'p')
		return 0;
	need->name = arena_printf(&f->arena, "h%lu", strtoul(version + 2, NULL, 10));
	need->requirement = arena_printf(&f->arena, "1.%s.0", name + 1);
	*out = (struct pkg_needs){.items = need, .count = 1};
	return 0;
}

static int no_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	(void)out;
	(void)ctx;
	(void)name;
	(void)version;
	(void)err;
	return 0;
}

static void feed_clear(struct feed *f)
{
	arena_clear(&f->arena);
}

/* Resolve for one want; what an error must leave alone is checked here. */
static int resolve_one(struct feed *f, struct pkg_resolve_input *in,
    int (*needs)(struct pkg_needs *, void *, const char *, const char *, struct err *),
    struct err *err)
{
	static const struct pkg_need want = {"p0", ""};
	const struct pkg_source source = {
	    .ctx = f, .prefetch = count_prefetch, .versions = plain_versions, .needs = needs};
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {.count = 77};
	struct pkg_conflict conflict = {.fact_count = 77};
	int rc;

	if (!in->wants) {
		in->wants = &want;
		in->want_count = 1;
	}
	rc = pkg_resolve(&plan, &conflict, in, &source, err);
	if (rc < 0)
		ck_assert_uint_eq(plan.count, 77);
	if (rc != ERR_PKG || strcmp(err_shown(err), "X07PKG_RESOLVE_CONFLICT") != 0)
		ck_assert_uint_eq(conflict.fact_count, 77);
	else
		pkg_conflict_clear(&conflict);
	if (rc == 0)
		return (int)plan.count;
	return rc;
}

START_TEST(endless_chain_ends_at_the_memory_limit)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 2};
	struct pkg_resolve_input in = {.max_bytes = 1 << 20};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, endless_needs, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_LIMIT");
	ck_assert_msg(strstr(err.message, "bytes of memory") != NULL, "%s", err.message);
}
END_TEST

START_TEST(endless_chain_ends_at_the_package_limit)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 1};
	struct pkg_resolve_input in = {.max_bytes = (size_t)1 << 30};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, endless_needs, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_LIMIT");
	ck_assert_msg(strstr(err.message, "65536 packages") != NULL, "%s", err.message);
	ck_assert_uint_eq(f.listed, PKG_RESOLVE_PACKAGES_MAX);
}
END_TEST

START_TEST(hard_graph_ends_at_the_step_limit)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = PIGEONS - 1};
	struct pkg_need wants[PIGEONS];
	char names[PIGEONS][16];
	struct pkg_resolve_input in = {.wants = wants, .want_count = PIGEONS, .max_steps = 200000};
	struct err err = {0};

	for (int i = 0; i < PIGEONS; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "p%d", i);
		wants[i] = (struct pkg_need){names[i], NULL};
	}
	ck_rc(resolve_one(&f, &in, pigeon_needs, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_LIMIT");
	ck_assert_msg(strstr(err.message, "steps") != NULL, "%s", err.message);
	ck_assert_uint_eq(f.prefetched, PIGEONS); /* one batch: holes come one by one */
}
END_TEST

/* One package asks for another in very many ways, and that one has very many versions. */
static int wordy_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	struct feed *f = ctx;
	struct pkg_need *needs = arena_alloc(&f->arena, 200 * sizeof(*needs));

	(void)version;
	(void)err;
	*out = (struct pkg_needs){0};
	if (strcmp(name, "p0") != 0)
		return 0;
	for (int i = 0; i < 200; i++)
		needs[i] = (struct pkg_need){"h0", arena_printf(&f->arena, ">=0.0.%d", i)};
	*out = (struct pkg_needs){.items = needs, .count = 200};
	return 0;
}

START_TEST(comparing_versions_counts_as_steps)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 4000};
	struct pkg_resolve_input in = {.max_steps = 20000};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, wordy_needs, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_LIMIT");
	ck_assert_msg(strstr(err.message, "steps") != NULL, "%s", err.message);
}
END_TEST

START_TEST(small_pigeons_are_proved_impossible)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 5};
	struct pkg_need wants[6];
	char names[6][16];
	struct pkg_resolve_input in = {.wants = wants, .want_count = 6};
	struct err err = {0};

	for (int i = 0; i < 6; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "p%d", i);
		wants[i] = (struct pkg_need){names[i], NULL};
	}
	ck_rc(resolve_one(&f, &in, pigeon_needs, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_RESOLVE_CONFLICT");
	/* Nothing is asked twice, not even for the ways out. */
	ck_assert_uint_eq(f.listed, 6 + 5);
	ck_assert_uint_le(f.asked, 6 * 5 + 5 * 6);
}
END_TEST

START_TEST(too_many_versions_are_refused)
{
	CLEANUP(feed_clear)
	struct feed f = {
	    .version_count = PKG_RESOLVE_VERSIONS_MAX}; /* and one that does not parse */
	struct pkg_resolve_input in = {0};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, no_needs, &err), ERR_LIMIT, &err);
	ck_assert_msg(strstr(err.message, "65536 versions") != NULL, "%s", err.message);
	f.version_count -= 2;
	ck_assert_int_eq(resolve_one(&f, &in, no_needs, &err), 1);
}
END_TEST

START_TEST(errors_of_the_source_end_the_resolution)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 1, .fail_versions = ERR_IO};
	struct pkg_resolve_input in = {0};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, no_needs, &err), ERR_IO, &err);
	ck_assert_str_eq(err.message, "versions of p0: index unreachable");
	f.fail_versions = 0;
	f.fail_needs = ERR_IO;
	ck_rc(resolve_one(&f, &in, endless_needs, &err), ERR_IO, &err);
	ck_assert_str_eq(err.message, "p0 1.0.0: archive unreachable");
}
END_TEST

START_TEST(missing_packages_and_versions_are_conflicts)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 1, .fail_versions = ERR_NOT_FOUND};
	struct pkg_resolve_input in = {0};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, no_needs, &err), ERR_PKG, &err);
	ck_assert_msg(strstr(err.message, "there is no such package") != NULL, "%s", err.message);
	f.fail_versions = 0;
	f.fail_needs = ERR_NOT_FOUND;
	ck_rc(resolve_one(&f, &in, endless_needs, &err), ERR_PKG, &err);
	ck_assert_msg(strstr(err.message, "it is not there") != NULL, "%s", err.message);
}
END_TEST

static const struct {
	struct pkg_need want;
	struct pkg_fixed fixed;
	const char *tool, *message;
} bad[] = {
    {{"P0", ""}, {"a", "1.0.0", PKG_FIX_LOCKED}, NULL, "not a package name: \"P0\""},
    {{NULL, ""}, {"a", "1.0.0", PKG_FIX_LOCKED}, NULL, "not a package name"},
    {{"p0", "^1.0.0"}, {"a", "1.0.0", PKG_FIX_LOCKED}, NULL, "p0: requirement: "},
    {{"p0", ""}, {"p0", "1.0", PKG_FIX_FORCED}, NULL, "p0: not a version"},
    {{"p0", ""}, {"p0", "", PKG_FIX_LOCAL}, NULL, "p0: not a version"},
    {{"p0", ""}, {"p0", "1.0.0", PKG_FIX_LOCKED}, "1.0", "toolchain: not a version"},
};

START_TEST(questions_that_do_not_parse_are_refused)
{
	CLEANUP(feed_clear) struct feed f = {.version_count = 1};
	struct pkg_resolve_input in = {.wants = &bad[_i].want,
	    .want_count = 1,
	    .fixed = &bad[_i].fixed,
	    .fixed_count = 1,
	    .toolchain_version = bad[_i].tool};
	struct err err = {0};

	ck_rc(resolve_one(&f, &in, no_needs, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SPEC_INVALID");
	ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
	ck_assert_uint_eq(f.listed, 0);
}
END_TEST

START_TEST(nothing_wanted_is_an_empty_plan)
{
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	const struct pkg_resolve_input in = {0};
	const struct pkg_source source = {.versions = plain_versions, .needs = no_needs};
	struct err err = {0};

	ck_rc(pkg_resolve(&plan, NULL, &in, &source, &err), 0, &err);
	ck_assert_uint_eq(plan.count, 0);
	ck_assert_ptr_null(pkg_plan_find(&plan, "a"));
}
END_TEST

/* The 64th and 128th bit of a set: a full word, and "absent" in a word of its own. */
START_TEST(version_counts_around_a_word_are_right)
{
	for (uint32_t count = 60; count <= 130; count++) {
		CLEANUP(feed_clear) struct feed f = {.version_count = count};
		CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
		AUTO_FREE char *text = NULL;
		struct pkg_need want = {"p0", NULL};
		const struct pkg_resolve_input in = {.wants = &want, .want_count = 1};
		const struct pkg_source source = {
		    .ctx = &f, .versions = plain_versions, .needs = no_needs};
		struct err err = {0};

		ck_assert_int_gt(asprintf(&text, "1.%u.0", count - 1), 0);
		ck_rc(pkg_resolve(&plan, NULL, &in, &source, &err), 0, &err);
		ck_assert_str_eq(plan.items[0].version, text);
		pkg_plan_clear(&plan);
		want.requirement = ">=2.0.0";
		ck_rc(pkg_resolve(&plan, NULL, &in, &source, &err), ERR_PKG, &err);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/resolve");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, endless_chain_ends_at_the_memory_limit);
	tcase_add_test(t, endless_chain_ends_at_the_package_limit);
	tcase_add_test(t, comparing_versions_counts_as_steps);
	tcase_add_test(t, hard_graph_ends_at_the_step_limit);
	tcase_add_test(t, small_pigeons_are_proved_impossible);
	tcase_add_test(t, too_many_versions_are_refused);
	tcase_add_test(t, errors_of_the_source_end_the_resolution);
	tcase_add_test(t, missing_packages_and_versions_are_conflicts);
	tcase_add_loop_test(t, questions_that_do_not_parse_are_refused, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, nothing_wanted_is_an_empty_plan);
	tcase_add_test(t, version_counts_around_a_word_are_right);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* The table of effects as bytes that a guest wrote: what is believed, and what is left out. */
#include "cmd/run/effects.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOOD                                                                                       \
	{                                                                                          \
		.kind = RT_EV_FS_READ, .reason = RT_WHY_NO_ROOT, .op = RT_OP_FS_READ_FILE,         \
		.text_at = 0, .text_len = 3, .count = 1                                            \
	}

/* The entries that are read from a table with this one and a good one behind it. */
static void read_one(
    struct run_effects *out, const struct rt_effect *entry, const struct run_policy *policy)
{
	AUTO_FREE struct rt_effects *table = base_calloc(1, sizeof(*table));
	struct err err = {0};
	AUTO_CLOSE int fd = -1;

	table->used = 2;
	table->gates = 5;
	table->lost_refusals = 6;
	memcpy(table->text, "a/b\0.", 5);
	table->entry[0] = *entry;
	table->entry[1] = (struct rt_effect)GOOD;
	ck_rc(run_effects_open(&fd, &err), 0, &err);
	ck_assert_int_eq(pwrite(fd, table, sizeof(*table), 0), (ssize_t)sizeof(*table));
	ck_rc(run_effects_read(out, fd, policy, "/p", &err), 0, &err);
	ck_assert_uint_eq(out->gates, 5);
	ck_assert_uint_eq(out->lost_refusals, 6);
}

/* clang-format off */
static const struct {
	struct rt_effect entry;
	bool believed;
} entries[] = {
	{ GOOD, true },
	{ { .kind = 0, .reason = 1, .op = RT_OP_FS_READ_FILE, .count = 1 }, false },
	{ { .kind = RT_EV_COUNT, .reason = 1, .op = RT_OP_FS_READ_FILE, .count = 1 }, false },
	{ { .kind = RT_EV_ENV, .reason = 1000, .op = RT_OP_ENV_GET, .count = 1 }, false },
	{ { .kind = RT_EV_ENV, .reason = RT_WHY_LIMIT, .op = RT_OP_ENV_GET, .count = 1 }, true },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_COUNT, .count = 1 }, false },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_ENV_GET, .count = 0 }, false },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_ENV_GET, .count = 1, .text_at = RT_EFFECT_TEXT, .text_len = 0 }, true },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_ENV_GET, .count = 1, .text_at = RT_EFFECT_TEXT, .text_len = 1 }, false },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_ENV_GET, .count = 1, .text_at = UINT32_MAX, .text_len = 2 }, false },
	{ { .kind = RT_EV_ENV, .reason = 1, .op = RT_OP_ENV_GET, .count = 1, .text_at = 0, .text_len = RT_EFFECT_SUBJECT_MAX + 1 }, false },
};
/* clang-format on */

START_TEST(entry_out_of_range_is_left_out)
{
	const struct run_policy policy = {0};
	CLEANUP(run_effects_clear) struct run_effects out = {0};

	read_one(&out, &entries[_i].entry, &policy);
	ck_assert_uint_eq(out.count, entries[_i].believed ? 2 : 1);
}
END_TEST

/* clang-format off */
static const struct {
	bool given;
	uint16_t kind, root, op;
	uint32_t at, len, detail;
	const char *want_root, *want_path;
} places[] = {
	{ true, RT_EV_FS_READ, 0, RT_OP_FS_LIST, 0, 3, 0, NULL, "/p/a/b" },
	{ true, RT_EV_FS_READ, 1, RT_OP_FS_LIST, 0, 3, 0, "in", "/p/a/b" },
	{ true, RT_EV_FS_READ, 1, RT_OP_FS_LIST, 0, 3, RT_USE_BELOW, "in", "/p/in/a/b" },
	{ true, RT_EV_FS_WRITE, 1, RT_OP_FS_MKDIRS, 0, 3, RT_USE_BELOW, "/out", "/out/a/b" },
	{ true, RT_EV_FS_READ, 1, RT_OP_FS_READ_FILE, 0, 3, 0, "in", "/p/in/a/b" },
	{ true, RT_EV_FS_READ, 2, RT_OP_FS_LIST, 0, 3, 0, NULL, "/p/a/b" },
	{ false, RT_EV_FS_READ, 1, RT_OP_FS_LIST, 0, 3, 0, NULL, "/p/a/b" },
	/* a NUL in it, or nothing, is no path */
	{ true, RT_EV_FS_READ, 0, RT_OP_FS_LIST, 0, 5, 0, NULL, NULL },
	{ true, RT_EV_FS_READ, 0, RT_OP_FS_LIST, 0, 0, 0, NULL, NULL },
	{ true, RT_EV_ENV, 1, RT_OP_ENV_GET, 0, 3, 0, NULL, NULL },
};
/* clang-format on */

START_TEST(path_that_was_meant_is_found_again)
{
	const char *read[] = {"in"}, *write[] = {"/out"};
	const struct run_policy policy = {.given = places[_i].given,
	    .rules.fs = {.enabled = true, .read_roots = {read, 1}, .write_roots = {write, 1}}};
	const struct rt_effect entry = {.kind = places[_i].kind,
	    .root = places[_i].root,
	    .op = places[_i].op,
	    .text_at = places[_i].at,
	    .text_len = places[_i].len,
	    .detail = places[_i].detail,
	    .count = 1};
	CLEANUP(run_effects_clear) struct run_effects out = {0};

	read_one(&out, &entry, &policy);
	ck_assert_uint_eq(out.count, 2);
	ck_assert_pstr_eq(out.items[0].root, places[_i].want_root);
	ck_assert_pstr_eq(out.items[0].path, places[_i].want_path);
}
END_TEST

START_TEST(more_entries_than_there_is_room_for_are_not_read)
{
	AUTO_FREE struct rt_effects *table = base_calloc(1, sizeof(*table));
	const struct run_policy policy = {0};
	CLEANUP(run_effects_clear) struct run_effects out = {0};
	struct err err = {0};
	AUTO_CLOSE int fd = -1;

	table->used = UINT32_MAX;
	for (size_t i = 0; i < RT_EFFECT_SLOTS; i++)
		table->entry[i] = (struct rt_effect)GOOD;
	ck_rc(run_effects_open(&fd, &err), 0, &err);
	ck_assert_int_eq(pwrite(fd, table, sizeof(*table), 0), (ssize_t)sizeof(*table));
	ck_rc(run_effects_read(&out, fd, &policy, "/p", &err), 0, &err);
	ck_assert_uint_eq(out.count, RT_EFFECT_SLOTS);
}
END_TEST

/* A guest may let all entries share one long text; the report would be tens of megabytes. */
START_TEST(entries_that_share_their_text_are_counted_and_left_out)
{
	AUTO_FREE struct rt_effects *table = base_calloc(1, sizeof(*table));
	const struct run_policy policy = {0};
	CLEANUP(run_effects_clear) struct run_effects out = {0};
	struct err err = {0};
	AUTO_CLOSE int fd = -1;
	size_t want = _i == 0 ? RUN_REFUSALS_TEXT / RT_EFFECT_SUBJECT_MAX
			      : RT_EFFECT_TEXT / RT_EFFECT_SUBJECT_MAX;

	table->used = RT_EFFECT_SLOTS;
	memset(table->text, 1, sizeof(table->text));
	for (size_t i = 0; i < RT_EFFECT_SLOTS; i++) {
		table->entry[i] = (struct rt_effect)GOOD;
		table->entry[i].text_len = RT_EFFECT_SUBJECT_MAX;
		table->entry[i].reason = _i == 0 ? RT_WHY_NO_ROOT : RT_USED;
	}
	ck_rc(run_effects_open(&fd, &err), 0, &err);
	ck_assert_int_eq(pwrite(fd, table, sizeof(*table), 0), (ssize_t)sizeof(*table));
	ck_rc(run_effects_read(&out, fd, &policy, "/p", &err), 0, &err);
	ck_assert_uint_eq(out.count, want);
	ck_assert_uint_eq(out.left_out, RT_EFFECT_SLOTS - want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/effects");
	TCase *c = tcase_create("effects");

	tcase_add_loop_test(c, entry_out_of_range_is_left_out, 0, (int)ARRAY_LEN(entries));
	tcase_add_loop_test(c, path_that_was_meant_is_found_again, 0, (int)ARRAY_LEN(places));
	tcase_add_test(c, more_entries_than_there_is_room_for_are_not_read);
	tcase_add_loop_test(c, entries_that_share_their_text_are_counted_and_left_out, 0, 2);
	suite_add_tcase(s, c);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* The region: alignment, zeroing, the maximum, and pieces of text. */
#include "base/arena.h"
#include "tests/support/support.h"

#include <string.h>

static bool filled_with(const unsigned char *bytes, size_t size, size_t value)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != value)
			return false;
	}
	return true;
}

START_TEST(alloc_is_zeroed_aligned_and_disjoint)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 5000, 70000, 3, 2000000, 8};
	CLEANUP(arena_clear) struct arena a = {0};
	unsigned char *blocks[ARRAY_LEN(sizes)];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		blocks[i] = arena_alloc(&a, sizes[i]);
		ck_assert_ptr_nonnull(blocks[i]);
		ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
		ck_assert(filled_with(blocks[i], sizes[i], 0));
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		ck_assert(filled_with(blocks[i], sizes[i], i + 1));
}
END_TEST

START_TEST(alloc_returns_null_over_the_maximum_and_serves_less_after)
{
	CLEANUP(arena_clear) struct arena a;

	arena_init(&a, 100);
	ck_assert_ptr_nonnull(arena_alloc(&a, 64));
	ck_assert_ptr_null(arena_alloc(&a, 64));
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
	ck_assert_ptr_null(arena_strndup(&a, "x", SIZE_MAX));
	ck_assert_ptr_null(arena_printf(&a, "%64s", "x"));
	ck_assert_ptr_nonnull(arena_alloc(&a, 16));
	ck_assert_uint_le(a.used, a.max);
}
END_TEST

START_TEST(clear_keeps_the_maximum)
{
	struct arena a;

	arena_init(&a, 100);
	ck_assert_ptr_nonnull(arena_alloc(&a, 90));
	arena_clear(&a);
	ck_assert_uint_eq(a.used, 0);
	ck_assert_ptr_nonnull(arena_alloc(&a, 90));
	ck_assert_ptr_null(arena_alloc(&a, 90));
	arena_clear(&a);
}
END_TEST

START_TEST(text_is_copied_and_terminated)
{
	CLEANUP(arena_clear) struct arena a = {0};

	ck_assert_str_eq(arena_strndup(&a, "hello", 3), "hel");
	ck_assert_str_eq(arena_strndup(&a, NULL, 0), "");
	ck_assert_str_eq(arena_printf(&a, "%s-%d", "a", 7), "a-7");
	ck_assert_str_eq(arena_printf(&a, "%s", ""), "");
	ck_assert_uint_eq(strlen(arena_printf(&a, "%20000d", 1)), 20000);
}
END_TEST

START_TEST(str_compares_bytes)
{
	ck_assert(str_eq(STR("ab"), str_c("ab")));
	ck_assert(!str_eq(STR("ab"), STR("abc")));
	ck_assert(str_eq(STR(""), (struct str){0}));
	ck_assert(str_eq_c(STR("ab"), "ab"));
	ck_assert(!str_eq_c(STR("a\0b"), "a"));
	ck_assert_int_lt(str_cmp(STR("a"), STR("b")), 0);
	ck_assert_int_lt(str_cmp(STR("a"), STR("ab")), 0);
	ck_assert_int_gt(str_cmp(STR("\xC3"), STR("z")), 0);
	ck_assert_int_gt(str_cmp(STR("a"), STR("")), 0);
	ck_assert_int_eq(str_cmp(STR("a"), STR("a")), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tc = tcase_create("arena");

	tcase_add_test(tc, alloc_is_zeroed_aligned_and_disjoint);
	tcase_add_test(tc, alloc_returns_null_over_the_maximum_and_serves_less_after);
	tcase_add_test(tc, clear_keeps_the_maximum);
	tcase_add_test(tc, text_is_copied_and_terminated);
	tcase_add_test(tc, str_compares_bytes);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* bytes, views, options and results: every edge and trap text. */
#include "lang/rt/arena.h"
#include "lang/rt/keep.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <string.h>

static void start(void)
{
	rt_test_config();
	rt_test_begin();
}

#define SITE "/solve/2/1"

START_TEST(indexing_reads_and_writes)
{
	rt_bytes b = bytes_of("abc");

	ck_assert_uint_eq(rt_bytes_len(rt_bytes_view(b)), 3);
	ck_assert_uint_eq(rt_bytes_get_u8(rt_bytes_view(b), 2, SITE), 'c');
	ck_assert_uint_eq(rt_view_get_u8(rt_bytes_view(b), 0, SITE), 'a');
	b = rt_bytes_set_u8(b, 1, 0x158, SITE);
	ck_bytes(b, "aXc");
	ck_bytes(rt_bytes_set_u32_le(bytes_of("abcde"), 1, 0x31323334, SITE), "a4321");
	ck_bytes(rt_bytes1(0x141), "A");
	ck_bytes(rt_bytes_empty(), "");
}
END_TEST

START_TEST(slices_may_be_empty_at_the_end)
{
	rt_view v = view_of("hello");

	ck_bytes(rt_bytes_slice(v, 1, 3, SITE), "ell");
	ck_bytes(rt_bytes_slice(v, 5, 0, SITE), "");
	ck_assert_uint_eq(rt_view_len(rt_view_slice(v, 2, 3, SITE)), 3);
	ck_assert_uint_eq(rt_view_slice(v, 5, 0, SITE).len, 0);
	ck_assert_uint_eq(
	    rt_bytes_subview((rt_bytes){(rt_u8 *)(uintptr_t)v.ptr, 5}, 4, 1, SITE).ptr[0], 'o');
	ck_assert_uint_eq(rt_view_slice(view_of(""), 0, 0, SITE).len, 0);
}
END_TEST

#define TRAP(name, call)                                                                           \
	static void name(void)                                                                     \
	{                                                                                          \
		(void)(call);                                                                      \
	}

TRAP(get_past, rt_bytes_get_u8(view_of("abc"), 3, SITE))
TRAP(get_negative, rt_bytes_get_u8(view_of("abc"), (rt_u32)-1, NULL))
TRAP(view_get_past, rt_view_get_u8(view_of(""), 0, SITE))
TRAP(set_past, rt_bytes_set_u8(bytes_of("abc"), 3, 0, SITE))
TRAP(set_four_past, rt_bytes_set_u32_le(bytes_of("abcdef"), 3, 0, SITE))
TRAP(set_four_short, rt_bytes_set_u32_le(bytes_of("abc"), 0, 0, SITE))
TRAP(set_four_wraps, rt_bytes_set_u32_le(bytes_of("abcdef"), (rt_u32)-2, 0, SITE))
TRAP(slice_start, rt_bytes_slice(view_of("abc"), 4, 0, SITE))
TRAP(slice_len, rt_bytes_slice(view_of("abc"), 1, 3, SITE))
TRAP(slice_wraps, rt_view_slice(view_of("abc"), 2, (rt_u32)-1, SITE))
TRAP(subview_past, rt_bytes_subview(bytes_of("abc"), 1, 3, SITE))
TRAP(copy_small, rt_bytes_copy(bytes_of("abcd"), bytes_of("abc")))
TRAP(cmp_a, rt_bytes_cmp_range(view_of("abc"), 2, 2, view_of("abc"), 0, 0))
TRAP(cmp_b, rt_view_cmp_range(view_of("abc"), 0, 0, view_of("abc"), (rt_u32)-1, 2))
TRAP(concat_huge, rt_bytes_concat((rt_bytes){NULL, 0x80000000u}, (rt_bytes){NULL, 0x80000000u}))

START_TEST(out_of_bounds_traps_with_its_place)
{
	ck_trap(get_past, "view.get_u8 oob ptr=/solve/2/1");
	ck_trap(get_negative, "view.get_u8 oob");
	ck_trap(view_get_past, "view.get_u8 oob ptr=/solve/2/1");
	ck_trap(set_past, "bytes.set_u8 oob ptr=/solve/2/1");
	ck_trap(set_four_past, "bytes.set_u8 oob ptr=/solve/2/1");
	ck_trap(set_four_short, "bytes.set_u8 oob ptr=/solve/2/1");
	ck_trap(set_four_wraps, "bytes.set_u8 oob ptr=/solve/2/1");
	ck_trap(slice_start, "view.slice oob ptr=/solve/2/1");
	ck_trap(slice_len, "view.slice oob ptr=/solve/2/1");
	ck_trap(slice_wraps, "view.slice oob ptr=/solve/2/1");
	ck_trap(subview_past, "bytes.subview oob ptr=/solve/2/1");
	ck_trap(copy_small, "bytes.copy dst too small");
	ck_trap(cmp_a, "view.cmp_range oob");
	ck_trap(cmp_b, "view.cmp_range oob");
	ck_trap(concat_huge, "bytes.concat overflow");
}
END_TEST

START_TEST(concat_and_copy_consume_their_operands)
{
	ck_bytes(rt_bytes_concat(bytes_of("ab"), bytes_of("cd")), "abcd");
	ck_bytes(rt_bytes_concat(bytes_of(""), bytes_of("cd")), "cd");
	ck_bytes(rt_bytes_concat(bytes_of("ab"), bytes_of("")), "ab");
	ck_bytes(rt_bytes_concat(bytes_of(""), bytes_of("")), "");
	ck_bytes(rt_bytes_copy(bytes_of("XY"), bytes_of("abc")), "XYc");
	ck_bytes(rt_bytes_copy(bytes_of(""), bytes_of("")), "");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

START_TEST(comparison_is_lexicographic_and_unsigned)
{
	ck_assert_uint_eq(rt_bytes_eq(view_of("abc"), view_of("abc")), 1);
	ck_assert_uint_eq(rt_bytes_eq(view_of(""), view_of("")), 1);
	ck_assert_uint_eq(rt_view_eq(view_of("abc"), view_of("abd")), 0);
	ck_assert_uint_eq(rt_bytes_eq(view_of("abc"), view_of("ab")), 0);
	ck_assert_int_eq((int)rt_bytes_cmp_range(view_of("xab"), 1, 2, view_of("ab"), 0, 2), 0);
	ck_assert_int_eq((int)rt_bytes_cmp_range(view_of("ab"), 0, 2, view_of("abc"), 0, 3), -1);
	ck_assert_int_eq((int)rt_bytes_cmp_range(view_of("b"), 0, 1, view_of("abc"), 0, 3), 1);
	ck_assert_int_eq((int)rt_view_cmp_range(view_of("\xff"), 0, 1, view_of("a"), 0, 1), 1);
	ck_assert_int_eq((int)rt_view_cmp_range(view_of(""), 0, 0, view_of(""), 0, 0), 0);
}
END_TEST

START_TEST(unwrap_or_frees_exactly_what_it_does_not_return)
{
	rt_bytes dflt = bytes_of("default");

	ck_bytes(rt_result_bytes_unwrap_or(rt_result_bytes_ok(bytes_of("v")), bytes_of("d")), "v");
	ck_bytes(rt_result_bytes_unwrap_or(rt_result_bytes_err(7), bytes_of("d")), "d");
	/* an option leaves an unused default to its owner */
	ck_bytes(rt_option_bytes_unwrap_or(rt_option_bytes_some(bytes_of("v")), dflt), "v");
	ck_bytes(rt_option_bytes_unwrap_or(rt_option_bytes_none(), dflt), "default");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	ck_assert_uint_eq(rt_state.mem.live_allocs, 0);
}
END_TEST

START_TEST(codes_of_ok_values_are_zero)
{
	rt_res_bytes ok = rt_result_bytes_ok(rt_bytes_empty());
	rt_res_res_bytes outer = {1, 0, ok};
	rt_res_res_bytes failed = {0, 2, rt_result_bytes_err(9)};

	ck_assert_uint_eq(rt_result_i32_err_code(rt_result_i32_ok(5)), 0);
	ck_assert_uint_eq(rt_result_i32_err_code(rt_result_i32_err(5)), 5);
	ck_assert_uint_eq(rt_result_i32_unwrap_or(rt_result_i32_err(5), 6), 6);
	ck_assert_uint_eq(rt_result_i32_is_ok(rt_result_i32_err(0)), 0);
	ck_assert_uint_eq(rt_take_i32(rt_result_i32_ok(8)), 8);
	ck_assert_uint_eq(rt_result_bytes_err_code(ok), 0);
	ck_assert_uint_eq(rt_result_bytes_err_code(rt_result_bytes_err(3)), 3);
	ck_assert_uint_eq(rt_result_bytes_is_ok(ok), 1);
	ck_assert_uint_eq(rt_result_bytes_view_err_code(rt_result_bytes_view_ok(view_of("a"))), 0);
	ck_assert_uint_eq(rt_result_bytes_view_err_code(rt_result_bytes_view_err(4)), 4);
	ck_assert_uint_eq(
	    rt_result_bytes_view_unwrap_or(rt_result_bytes_view_err(4), view_of("ab")).len, 2);
	ck_assert_uint_eq(rt_result_result_bytes_err_code(outer), 0);
	ck_assert_uint_eq(rt_result_result_bytes_err_code(failed), 2);
	ck_assert_uint_eq(rt_result_result_bytes_unwrap_or(failed, ok).tag, 1);
	ck_assert_uint_eq(rt_option_i32_unwrap_or(rt_option_i32_none(), 3), 3);
	ck_assert_uint_eq(rt_option_i32_unwrap_or(rt_option_i32_some(4), 3), 4);
	ck_assert_uint_eq(
	    rt_option_bytes_view_unwrap_or(rt_option_bytes_view_none(), view_of("x")).len, 1);
}
END_TEST

START_TEST(every_function_of_the_table_is_kept)
{
	ck_assert_uint_ge(rt_keep_count, 140);
	for (unsigned i = 0; i < rt_keep_count; i++)
		ck_assert(rt_keep[i] != NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bytes");
	TCase *tc = tcase_create("bytes");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, indexing_reads_and_writes);
	tcase_add_test(tc, slices_may_be_empty_at_the_end);
	tcase_add_test(tc, out_of_bounds_traps_with_its_place);
	tcase_add_test(tc, concat_and_copy_consume_their_operands);
	tcase_add_test(tc, comparison_is_lexicographic_and_unsigned);
	tcase_add_test(tc, unwrap_or_frees_exactly_what_it_does_not_return);
	tcase_add_test(tc, codes_of_ok_values_are_zero);
	tcase_add_test(tc, every_function_of_the_table_is_kept);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

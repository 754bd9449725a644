/* SPDX-License-Identifier: MIT */
/* vec_u8: growth rules and traps. */
#include "lang/rt/arena.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <string.h>

static void start(void)
{
	rt_test_config();
	rt_test_begin();
}

#define TRAP(name, call)                                                                           \
	static void name(void)                                                                     \
	{                                                                                          \
		(void)(call);                                                                      \
	}

/* As long as a vector can be; the memory is not touched before the overflow is seen. */
static rt_vec huge(void)
{
	return (rt_vec){NULL, UINT32_MAX, UINT32_MAX};
}

TRAP(get_past, rt_vec_u8_get(vec_of("ab"), 2))
TRAP(set_past, rt_vec_u8_set(vec_of("ab"), 2, 0))
TRAP(reserve_huge, rt_vec_u8_reserve_exact(vec_of("ab"), UINT32_MAX))
TRAP(zeroes_huge, rt_vec_u8_extend_zeroes(vec_of("ab"), UINT32_MAX))
TRAP(extend_huge, rt_vec_u8_extend_bytes(huge(), view_of("a")))
TRAP(push_huge, rt_vec_u8_push(huge(), 1))
TRAP(range_past, rt_vec_u8_extend_bytes_range(vec_of(""), view_of("abc"), 2, 2))

START_TEST(bad_operands_trap)
{
	ck_trap(get_past, "vec_u8.get oob");
	ck_trap(set_past, "vec_u8.set oob");
	ck_trap(reserve_huge, "vec_u8.reserve_exact overflow");
	ck_trap(zeroes_huge, "vec_u8.extend_zeroes overflow");
	ck_trap(extend_huge, "vec_u8.extend_bytes overflow");
	ck_trap(push_huge, "out of memory");
	ck_trap(range_past, "vec_u8.extend_bytes_range oob");
}
END_TEST

START_TEST(push_doubles_from_one)
{
	static const rt_u32 caps[] = {1, 2, 4, 4, 8, 8, 8, 8, 16};
	rt_vec v = rt_vec_u8_with_capacity(0);

	for (rt_u32 i = 0; i < 9; i++) {
		v = rt_vec_u8_push(v, 'a' + i + 256);
		ck_assert_uint_eq(rt_vec_u8_cap(v), caps[i]);
	}
	ck_assert_uint_eq(rt_vec_u8_len(v), 9);
	ck_bytes(rt_vec_u8_into_bytes(v), "abcdefghi");
}
END_TEST

START_TEST(extend_doubles_until_it_fits_and_reserve_is_exact)
{
	rt_vec v = vec_of("abc");

	ck_assert_uint_eq(v.cap, 4);
	v = rt_vec_u8_extend_bytes(v, view_of("defghi"));
	ck_assert_uint_eq(v.cap, 16);
	v = rt_vec_u8_reserve_exact(v, 8);
	ck_assert_uint_eq(v.cap, 17);
	v = rt_vec_u8_reserve_exact(v, 2);
	ck_assert_uint_eq(v.cap, 17);
	v = rt_vec_u8_extend_bytes_range(v, view_of("xyz"), 1, 2);
	v = rt_vec_u8_extend_bytes_range(v, view_of("xyz"), 3, 0);
	v = rt_vec_u8_set(v, 0, 'A');
	ck_assert_uint_eq(rt_vec_u8_get(v, 10), 'z');
	ck_bytes(rt_vec_u8_into_bytes(v), "Abcdefghiyz");
}
END_TEST

START_TEST(zeroes_are_zero_in_used_memory)
{
	rt_vec v = rt_vec_u8_with_capacity(64);

	memset(v.ptr, 0x5A, 64);
	v = rt_vec_u8_extend_zeroes(v, 40);
	for (rt_u32 i = 0; i < 40; i++)
		ck_assert_uint_eq(rt_vec_u8_get(v, i), 0);
	v = rt_vec_u8_extend_zeroes(v, 0);
	ck_assert_uint_eq(v.len, 40);
	rt_vec_drop(v);
}
END_TEST

START_TEST(an_empty_vec_frees_its_block_when_it_becomes_bytes)
{
	rt_vec v = rt_vec_u8_clear(vec_of("abc"));

	ck_assert_uint_eq(v.cap, 4);
	ck_bytes(rt_vec_u8_into_bytes(v), "");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	/* a block that is longer than the bytes is freed whole */
	rt_bytes_drop(rt_vec_u8_into_bytes(vec_of("abc")));
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	ck_assert_uint_eq(rt_state.mem.bytes_freed_total, 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vec");
	TCase *tc = tcase_create("vec");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, bad_operands_trap);
	tcase_add_test(tc, push_doubles_from_one);
	tcase_add_test(tc, extend_doubles_until_it_fits_and_reserve_is_exact);
	tcase_add_test(tc, zeroes_are_zero_in_used_memory);
	tcase_add_test(tc, an_empty_vec_frees_its_block_when_it_becomes_bytes);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

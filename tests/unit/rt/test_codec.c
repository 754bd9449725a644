/* SPDX-License-Identifier: MIT */
/* Numbers: codec, decimal text, f64, the generator. */
#include "lang/rt/arena.h"
#include "tests/unit/rt/rt_test.h"

#include <math.h>

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

TRAP(read_past, rt_codec_read_u32_le(view_of("abcdef"), 3))
TRAP(read_wraps, rt_codec_read_u32_le(view_of("abcdef"), (rt_u32)-2))
TRAP(parse_empty, rt_parse_u32_dec(view_of("")))
TRAP(parse_sign, rt_parse_u32_dec(view_of("-1")))
TRAP(parse_big, rt_parse_u32_dec(view_of("4294967296")))
TRAP(parse_long, rt_parse_u32_dec(view_of("99999999999999999999999999999")))
TRAP(parse_at_past, rt_parse_u32_dec_at(view_of("12"), 3))
TRAP(parse_at_end, rt_parse_u32_dec_at(view_of("12"), 2))

START_TEST(bad_text_traps)
{
	ck_trap(read_past, "codec.read_u32_le oob");
	ck_trap(read_wraps, "codec.read_u32_le oob");
	ck_trap(parse_empty, "parse.u32_dec empty");
	ck_trap(parse_sign, "parse.u32_dec non-digit");
	ck_trap(parse_big, "parse.u32_dec overflow");
	ck_trap(parse_long, "parse.u32_dec overflow");
	ck_trap(parse_at_past, "parse.u32_dec_at oob");
	ck_trap(parse_at_end, "parse.u32_dec empty");
}
END_TEST

START_TEST(numbers_round_trip)
{
	rt_bytes b = rt_codec_write_u32_le(0x81020304u);

	ck_assert_uint_eq(rt_codec_read_u32_le(rt_bytes_view(b), 0), 0x81020304u);
	ck_bytes(b, "\x04\x03\x02\x81");
	ck_bytes(rt_fmt_u32_to_dec(0), "0");
	ck_bytes(rt_fmt_u32_to_dec(4294967295u), "4294967295");
	ck_bytes(rt_fmt_s32_to_dec(0), "0");
	ck_bytes(rt_fmt_s32_to_dec(2147483647u), "2147483647");
	ck_bytes(rt_fmt_s32_to_dec((rt_u32)-7), "-7");
	ck_bytes(rt_fmt_s32_to_dec(0x80000000u), "-2147483648");
	ck_assert_uint_eq(rt_parse_u32_dec(view_of("4294967295")), 4294967295u);
	ck_assert_uint_eq(rt_parse_u32_dec(view_of("0007")), 7);
	ck_assert_uint_eq(rt_parse_u32_dec_at(view_of("ab12"), 2), 12);
	ck_assert_uint_eq(rt_prng_lcg_next_u32(1), 1103527590u);
}
END_TEST

START_TEST(f64_follows_ieee_and_truncation_is_defined_everywhere)
{
	ck_assert(rt_f64_add(rt_f64_of_i32((rt_u32)-3), rt_f64_of_i32(5)) == 2.0);
	ck_assert(rt_f64_div(rt_f64_sub(1.0, 2.0), 4.0) == -0.25);
	ck_assert(isinf(rt_f64_div(1.0, 0.0)));
	ck_assert(isnan(rt_f64_mul(rt_f64_div(0.0, 0.0), 1.0)));
	ck_assert_int_eq((int)rt_f64_to_i32_trunc(-2.9), -2);
	ck_assert_int_eq((int)rt_f64_to_i32_trunc(2147483647.5), 2147483647);
	ck_assert_uint_eq(rt_f64_to_i32_trunc(2147483648.0), 0x80000000u);
	ck_assert_uint_eq(rt_f64_to_i32_trunc(-2147483648.9), 0x80000000u);
	ck_assert_uint_eq(rt_f64_to_i32_trunc(-1e300), 0x80000000u);
	ck_assert_uint_eq(rt_f64_to_i32_trunc(NAN), 0x80000000u);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codec");
	TCase *tc = tcase_create("codec");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, bad_text_traps);
	tcase_add_test(tc, numbers_round_trip);
	tcase_add_test(tc, f64_follows_ieee_and_truncation_is_defined_everywhere);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The byte buffer: growth, its maximum, and what survives an overflow. */
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

START_TEST(add_grows_and_terminates)
{
	CLEANUP(buf_clear) struct buf b = buf_init(1000000);

	ck_assert_ptr_null(b.data);
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%04d,", i);
	buf_puts(&b, "end");
	buf_putc(&b, '.');
	ck_assert_uint_eq(b.len, 50004);
	ck_assert_str_eq(b.data + 49995, "9999,end.");
	ck_assert_uint_gt(b.cap, b.len);
}
END_TEST

START_TEST(add_up_to_the_maximum_fits)
{
	CLEANUP(buf_clear) struct buf b = buf_init(4);

	buf_puts(&b, "abcd");
	ck_assert(!b.overflow);
	buf_add(&b, "", 0);
	ck_assert(!b.overflow);
	buf_putc(&b, 'e');
	ck_assert(b.overflow);
	ck_assert_str_eq(b.data, "abcd");
}
END_TEST

START_TEST(overflow_appends_nothing_and_sticks)
{
	CLEANUP(buf_clear) struct buf b = buf_init(4);

	buf_puts(&b, "ab");
	buf_printf(&b, "%s", "cde");
	ck_assert(b.overflow);
	ck_assert_str_eq(b.data, "ab");
	buf_puts(&b, "c");
	ck_assert(b.overflow);
	ck_assert_str_eq(b.data, "abc");
	buf_reset(&b);
	ck_assert(!b.overflow);
	ck_assert_str_eq(b.data, "");
	ck_assert_uint_eq(b.max, 4);
}
END_TEST

START_TEST(reserve_gives_room_or_null)
{
	CLEANUP(buf_clear) struct buf b = buf_init(SIZE_MAX);
	char *at = buf_reserve(&b, 10);

	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(b.len, 0);
	memcpy(at, "0123456789", 10);
	b.len += 10;
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX));
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX - 10));
	ck_assert(b.overflow);
	ck_assert_int_eq(memcmp(b.data, "0123456789", 10), 0);
}
END_TEST

START_TEST(take_moves_the_text_and_is_never_null)
{
	struct buf b = buf_init(10);
	AUTO_FREE char *empty = buf_take(&b);
	AUTO_FREE char *text = NULL;

	ck_assert_str_eq(empty, "");
	buf_puts(&b, "text");
	text = buf_take(&b);
	ck_assert_str_eq(text, "text");
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_uint_eq(b.max, 10);
}
END_TEST

START_TEST(u32le_is_little_endian)
{
	CLEANUP(buf_clear) struct buf b = buf_init(10);

	buf_put_u32le(&b, 0x81020304U);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_int_eq(memcmp(b.data, "\x04\x03\x02\x81", 4), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, add_grows_and_terminates);
	tcase_add_test(tc, add_up_to_the_maximum_fits);
	tcase_add_test(tc, overflow_appends_nothing_and_sticks);
	tcase_add_test(tc, reserve_gives_room_or_null);
	tcase_add_test(tc, take_moves_the_text_and_is_never_null);
	tcase_add_test(tc, u32le_is_little_endian);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* Base64: the vectors of RFC 4648, section 10, and texts that look like base64. */
#include "base/base64.h"
#include "tests/support/support.h"

#include <string.h>

struct vector {
	const char *plain, *coded;
};

static const struct vector vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xFB\xFF\xBF", "+/+/"},
};

START_TEST(base64_encodes_the_vectors)
{
	CLEANUP(buf_clear) struct buf b = buf_init(100);

	buf_puts(&b, ">");
	buf_put_base64(&b, vectors[_i].plain, strlen(vectors[_i].plain));
	ck_assert_str_eq(b.data + 1, vectors[_i].coded);
	ck_assert_uint_eq(b.len, strlen(b.data));
}
END_TEST

START_TEST(base64_decodes_the_vectors_with_space_around)
{
	CLEANUP(buf_clear) struct buf b = buf_init(100);
	CLEANUP(buf_clear) struct buf text = buf_init(100);

	buf_printf(&text, " \r\n%s\t\n", vectors[_i].coded);
	buf_puts(&b, ">");
	ck_assert(buf_add_base64_decoded(&b, text.data, text.len));
	ck_assert_str_eq(b.data + 1, vectors[_i].plain);
	ck_assert_uint_eq(b.len, strlen(b.data));
}
END_TEST

static const char *const bad[] = {"Z", "Zg",
    "Zg=", "Zg===", "====", "=Zg=", "Zg==Zg==", "Zm9v Zm9v", "Zm-_",
    "Zh==", "Zm9=", "Zm9v\n=", "Zm\xC3\xA9", "Z===", "Zm9vZ=g="};

START_TEST(base64_refuses_anything_else)
{
	CLEANUP(buf_clear) struct buf b = buf_init(100);

	buf_puts(&b, "kept");
	ck_assert_msg(!buf_add_base64_decoded(&b, bad[_i], strlen(bad[_i])), "%s", bad[_i]);
	ck_assert_str_eq(b.data, "kept");
	ck_assert_uint_eq(b.len, 4);
	ck_assert(!b.overflow);
}
END_TEST

START_TEST(base64_refuses_a_nul_byte)
{
	CLEANUP(buf_clear) struct buf b = buf_init(100);

	ck_assert(!buf_add_base64_decoded(&b, "Zm\0v", 4));
}
END_TEST

START_TEST(base64_over_the_maximum_sets_overflow)
{
	CLEANUP(buf_clear) struct buf b = buf_init(5);

	ck_assert(!buf_add_base64_decoded(&b, "Zm9vYmFy", 8));
	ck_assert(b.overflow);
	buf_reset(&b);
	buf_put_base64(&b, "foobar", 6);
	ck_assert(b.overflow);
	ck_assert_uint_eq(b.len, 0);
	buf_reset(&b);
	ck_assert(buf_add_base64_decoded(&b, "Zm9vYmE=", 8));
	ck_assert_str_eq(b.data, "fooba");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base64");
	TCase *tc = tcase_create("base64");

	tcase_add_loop_test(tc, base64_encodes_the_vectors, 0, ARRAY_LEN(vectors));
	tcase_add_loop_test(
	    tc, base64_decodes_the_vectors_with_space_around, 0, ARRAY_LEN(vectors));
	tcase_add_loop_test(tc, base64_refuses_anything_else, 0, ARRAY_LEN(bad));
	tcase_add_test(tc, base64_refuses_a_nul_byte);
	tcase_add_test(tc, base64_over_the_maximum_sets_overflow);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

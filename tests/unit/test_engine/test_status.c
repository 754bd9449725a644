/* SPDX-License-Identifier: MIT */
/* The status of a test: bytes that a program wrote, and what they mean. */
#include "cmd/test/status.h"
#include "tests/support/support.h"

#include <string.h>

#define OUT(text) text, sizeof(text) - 1

struct row {
	const char *data;
	size_t len;
	bool good;
	int tag;
	uint32_t code;
	bool has_bytes;
};

#define HEAD "\0\xeb\3\0\0"

/* clang-format off */
static const struct row rows[] = {
	{ OUT("\1\0\0\0\0"), true, 1, 0, false },
	{ OUT("\0\7\0\0\0"), true, 0, 7, false },
	{ OUT("\2\xff\xff\xff\xff"), true, 2, 0xffffffffu, false },
	{ OUT(""), false, 0, 0, false },
	{ OUT("\1\0\0\0"), false, 0, 0, false },
	{ OUT("\3\0\0\0\0"), false, 0, 0, false },
	{ OUT("\1\0\0\0\0x"), false, 0, 0, false },
	{ OUT(HEAD "X7T1\2" "\1\0\0\0" "\3\0\0\0" "abc"), true, 0, 1003, true },
	{ OUT(HEAD "X7T1\2" "\1\0\0\0" "\3\0\0\0" "ab"), false, 0, 0, false },
	{ OUT(HEAD "X7T1\2" "\1\0\0\0" "\3\0\0\0" "abcd"), false, 0, 0, false },
	{ OUT(HEAD "X7T1\x41" "\0\0\0\0" "\0\0\0\0"), false, 0, 0, false },
	{ OUT(HEAD "X7T1\x40" "\xff\xff\xff\xff" "\xff\xff\xff\xff"), false, 0, 0, false },
	{ OUT("\0\1\0\0\0" "X7T1\2" "\0\0\0\0" "\0\0\0\0"), false, 0, 0, false },
};
/* clang-format on */

START_TEST(status_is_what_the_bytes_say)
{
	const struct row *r = &rows[_i];
	struct test_verdict v = {0};

	ck_assert_int_eq(test_status_parse(&v, r->data, r->len), r->good);
	if (!r->good)
		return;
	ck_assert_int_eq(v.tag, r->tag);
	ck_assert_uint_eq(v.code, r->code);
	ck_assert_int_eq(v.has_bytes, r->has_bytes);
}
END_TEST

START_TEST(only_three_pairs_are_as_expected)
{
	size_t met = 0;

	for (int e = 0; e < 3; e++) {
		for (int s = 0; s < TEST_STATUS_COUNT; s++)
			met += test_status_is_met((enum test_expect)e, (enum test_status)s);
	}
	ck_assert_uint_eq(met, 3);
	ck_assert_int_eq(test_status_of(TEST_EXPECT_FAIL, 0), TEST_XFAIL_FAIL);
	ck_assert_int_eq(test_status_of(TEST_EXPECT_FAIL, 1), TEST_XFAIL_PASS);
	ck_assert_int_eq(test_status_of(TEST_EXPECT_FAIL, 2), TEST_SKIP);
	ck_assert_int_eq(test_status_of(TEST_EXPECT_PASS, 0), TEST_FAIL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("test_engine/status");
	TCase *c = tcase_create("status");

	tcase_add_loop_test(c, status_is_what_the_bytes_say, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(c, only_three_pairs_are_as_expected);
	suite_add_tcase(s, c);
	return test_main(s);
}

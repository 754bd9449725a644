/* SPDX-License-Identifier: MIT */
/* JUnit XML: hostile names stay text. */
#include "cmd/test/junit.h"
#include "tests/support/support.h"

#include <string.h>

#define OUT(text) text, sizeof(text) - 1

/* clang-format off */
static const struct { const char *in; size_t len; const char *out; } rows[] = {
	{ OUT("<script>alert('x')</script>"), "&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;" },
	{ OUT("]]>&\"\n\t"), "]]&gt;&amp;&quot;&#10;&#9;" },
	{ OUT("a\0b\1\r\x7f"), "a?b???" },
	{ OUT("\xe2\x80\xae" "evil\xe2\x81\xa6"), "?evil?" },
	{ OUT("\xef\xbf\xbe\xef\xbf\xbd"), "?\xef\xbf\xbd" },
	{ OUT("\xff\xc3\xa9\xc0\x80"), "?\xc3\xa9??" },
};
/* clang-format on */

START_TEST(text_is_escaped)
{
	CLEANUP(buf_clear) struct buf out = buf_init(4096);

	test_junit_escape(&out, rows[_i].in, rows[_i].len);
	ck_assert_str_eq(buf_str(&out), rows[_i].out);
}
END_TEST

START_TEST(long_names_are_printed_whole)
{
	static char name[1u << 20];
	const struct test_case test = {.id = name, .module = "m"};
	const struct test_case *const tests[] = {&test};
	const struct test_record record = {.status = TEST_FAIL, .note = name};
	CLEANUP(buf_clear) struct buf out = buf_init((size_t)16 << 20);

	memset(name, '<', sizeof(name) - 1);
	test_junit_print(&out, tests, &record, 1);
	ck_assert(!out.overflow);
	ck_assert(out.len > 8 * (sizeof(name) - 1));
	ck_assert_ptr_nonnull(strstr(out.data, "failures=\"1\" errors=\"0\""));
	ck_assert_ptr_null(strstr(out.data, "<<"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("test_engine/junit");
	TCase *c = tcase_create("junit");

	tcase_add_loop_test(c, text_is_escaped, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(c, long_names_are_printed_whole);
	suite_add_tcase(s, c);
	return test_main(s);
}

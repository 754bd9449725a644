/* SPDX-License-Identifier: MIT */
/* Glob patterns. */
#include "lang/rt/fs_glob.h"
#include "lang/rt/fs_types.h"
#include "tests/unit/rt/rt_test.h"

#include <string.h>

static const struct {
	const char *glob, *path;
	bool matches;
} rows[] = {
    {"*.txt", "a.txt", true},
    {"*.txt", "dir/a.txt", true},
    {"*.txt", "a.txtx", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"", "", true},
    {"", "a", false},
    {"**", "a/b/c", true},
    {"**/c", "c", true},
    {"**/c", "a/b/c", true},
    {"**/c", "a/bc", false},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/xb", false},
    {"a/**", "a/x", true},
    {"a/**", "a", false},
    {"[a-c]x", "bx", true},
    {"[!a-c]x", "bx", false},
    {"[!a-c]x", "dx", true},
    {"[]]", "]", true},
    {"[a-]", "-", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"{a,b}.c", "b.c", true},
    {"{a,b}.c", "c.c", false},
    {"{a,b{x,y}}{1,2}", "by2", true},
    {"{a,b{x,y}}{1,2}", "a1", true},
    {"{a,b{x,y}}{1,2}", "b1", false},
    {"{,x}a", "a", true},
    {"a\\{b", "a{b", true},
    {"*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false},
};

START_TEST(patterns_match_as_described)
{
	rt_view glob = view_of(rows[_i].glob);

	ck_assert_int_eq(rt_glob_check(glob), FS_OK);
	ck_assert_msg(rt_glob_match(glob, rows[_i].path) == rows[_i].matches, "%s on %s",
	    rows[_i].glob, rows[_i].path);
}
END_TEST

static const char *const bad[] = {"[abc", "{a,b", "a}", "a\\", "\xff",
    "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{{{{{{{{{{a}}}}}}}}}}"};

START_TEST(malformed_or_explosive_patterns_are_refused)
{
	ck_assert_int_eq(rt_glob_check(view_of(bad[_i])), FS_BAD_PATH);
}
END_TEST

START_TEST(length_is_bounded)
{
	char text[GLOB_MAX + 2];

	memset(text, '*', sizeof(text));
	text[GLOB_MAX] = '\0';
	ck_assert_int_eq(rt_glob_check(view_of(text)), FS_OK);
	ck_assert(rt_glob_match(view_of(text), "abc"));
	text[GLOB_MAX] = '*';
	text[GLOB_MAX + 1] = '\0';
	ck_assert_int_eq(rt_glob_check(view_of(text)), FS_BAD_PATH);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("glob");
	TCase *tc = tcase_create("glob");

	tcase_add_loop_test(tc, patterns_match_as_described, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(
	    tc, malformed_or_explosive_patterns_are_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, length_is_bounded);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

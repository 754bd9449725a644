/* SPDX-License-Identifier: MIT */
/* Versions: what is one, what is not, and the order. */
#include "pkg/version.h"
#include "tests/support/support.h"

#include <string.h>

#define LONG10 "aaaaaaaaaa"

static const char *const good[] = {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1",
    "1.0.0-0.3.7", "1.0.0-x-y-z.--", "1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85",
    "1.0.0+001", "1.0.0-0a", "18446744073709551615.0.0", "1.0.0-18446744073709551615",
    "1.0.0-" LONG10 LONG10 LONG10 LONG10 LONG10 "12345678"};

START_TEST(version_is_read_whole)
{
	struct pkg_version v = {0};
	struct err err = {0};

	ck_rc(pkg_version_parse(&v, str_c(good[_i]), &err), 0, &err);
}
END_TEST

START_TEST(version_parts_are_told_apart)
{
	struct pkg_version v = {0};
	struct err err = {0};

	ck_rc(pkg_version_parse(&v, STR("1.22.333-rc.1+b.2"), &err), 0, &err);
	ck_assert_uint_eq(v.major, 1);
	ck_assert_uint_eq(v.minor, 22);
	ck_assert_uint_eq(v.patch, 333);
	ck_assert(str_eq_c(v.pre, "rc.1"));
	ck_assert(str_eq_c(v.build, "b.2"));
}
END_TEST

static const struct {
	const char *text, *message;
} bad[] = {
    {"", "three numbers"},
    {"1", "three numbers"},
    {"1.2", "three numbers"},
    {"1.2.", "three numbers"},
    {"v1.2.3", "three numbers"},
    {" 1.2.3", "three numbers"},
    {"-1.2.3", "three numbers"},
    {"1..3", "three numbers"},
    {"01.2.3", "starts with 0"},
    {"1.02.3", "starts with 0"},
    {"1.2.03", "starts with 0"},
    {"1.2.3-01", "starts with 0"},
    {"1.2.3 ", "unexpected"},
    {"1.2.3.4", "unexpected"},
    {"1.2.3-a_b", "unexpected"},
    {"1.2.3+a+b", "unexpected"},
    {"1.2.3-", "is empty"},
    {"1.2.3-a..b", "is empty"},
    {"1.2.3+", "is empty"},
    {"1.2.3+a.", "is empty"},
    {"18446744073709551616.0.0", "64 bits"},
    {"1.0.0-18446744073709551616", "64 bits"},
    {"1.0.0-" LONG10 LONG10 LONG10 LONG10 LONG10 "123456789", "longer than 64"},
};

START_TEST(version_refuses_everything_else)
{
	struct pkg_version v = {.major = 7};
	struct err err = {0};

	ck_rc(pkg_version_parse(&v, str_c(bad[_i].text), &err), ERR_FORMAT, &err);
	ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
	ck_assert_uint_eq(v.major, 7); /* untouched on failure */
}
END_TEST

START_TEST(version_with_a_nul_is_refused)
{
	struct pkg_version v;
	struct err err = {0};

	ck_rc(pkg_version_parse(&v, STR("1.2.3\0"), &err), ERR_FORMAT, &err);
}
END_TEST

/* Semantic Versioning 2.0.0 item 11, and docs/spec/packages.md 14. */
static const char *const ascending[] = {"0.0.1", "0.0.2", "0.1.0", "0.9.0", "0.10.0", "1.0.0-1",
    "1.0.0-2", "1.0.0-10", "1.0.0-18446744073709551615", "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1",
    "1.0.0-alpha.1.x", "1.0.0-alpha.beta", "1.0.0-alphb", "1.0.0-beta", "1.0.0-beta.2",
    "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "2.0.0"};

START_TEST(versions_are_ordered_by_precedence)
{
	for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
		for (size_t k = 0; k < ARRAY_LEN(ascending); k++) {
			struct pkg_version a, b;
			struct err err = {0};
			int order;

			ck_rc(pkg_version_parse(&a, str_c(ascending[i]), &err), 0, &err);
			ck_rc(pkg_version_parse(&b, str_c(ascending[k]), &err), 0, &err);
			order = pkg_version_cmp(&a, &b);
			ck_assert_msg((order > 0) - (order < 0) == (i > k) - (i < k), "%s, %s",
			    ascending[i], ascending[k]);
		}
	}
}
END_TEST

START_TEST(build_metadata_is_no_part_of_the_order)
{
	struct pkg_version a, b;
	struct err err = {0};

	ck_rc(pkg_version_parse(&a, STR("1.0.0+b"), &err), 0, &err);
	ck_rc(pkg_version_parse(&b, STR("1.0.0"), &err), 0, &err);
	ck_assert_int_eq(pkg_version_cmp(&a, &b), 0);
	ck_assert(pkg_version_same_release(&a, &b));
}
END_TEST

START_TEST(package_names_are_lower_case_words)
{
	static const char *const names[] = {"a", "ext-net", "a_b-9"};
	static const char *const others[] = {
	    "", "A", "9a", "-a", "_a", "a.b", "a b", "a/b", "\xc3\xa4"};
	char longest[PKG_NAME_MAX + 2];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert(pkg_name_is_valid(str_c(names[i])));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		ck_assert_msg(!pkg_name_is_valid(str_c(others[i])), "%s", others[i]);
	memset(longest, 'a', sizeof(longest));
	ck_assert(pkg_name_is_valid((struct str){longest, PKG_NAME_MAX}));
	ck_assert(!pkg_name_is_valid((struct str){longest, PKG_NAME_MAX + 1}));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/version");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, version_is_read_whole, 0, (int)ARRAY_LEN(good));
	tcase_add_test(t, version_parts_are_told_apart);
	tcase_add_loop_test(t, version_refuses_everything_else, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, version_with_a_nul_is_refused);
	tcase_add_test(t, versions_are_ordered_by_precedence);
	tcase_add_test(t, build_metadata_is_no_part_of_the_order);
	tcase_add_test(t, package_names_are_lower_case_words);
	suite_add_tcase(s, t);
	return test_main(s);
}

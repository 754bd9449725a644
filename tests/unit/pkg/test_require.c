/* SPDX-License-Identifier: MIT */
/* Requirements: syntax, what they accept, and name@requirement. */
#include "pkg/require.h"
#include "tests/support/support.h"

#include <string.h>

static bool holds(const char *requirement, const char *version)
{
	struct pkg_requirement r;
	struct pkg_version v;
	struct err err = {0};

	ck_rc(pkg_requirement_parse(&r, str_c(requirement), &err), 0, &err);
	ck_rc(pkg_version_parse(&v, str_c(version), &err), 0, &err);
	return pkg_requirement_holds(&r, &v);
}

static const struct {
	const char *requirement, *yes, *no;
} rows[] = {
    {"1.2.3", "1.2.3", "1.2.4"},
    {"=1.2.3", "1.2.3+b", "1.2.3-rc.1"},
    {">=1.2.3", "1.2.3", "1.2.2"},
    {">1.2.3", "1.2.4", "1.2.3"},
    {"<=1.2.3", "1.2.3", "1.2.4"},
    {"<1.2.3", "1.2.3-rc.1", "1.2.3"},
    {">=0.1.8 <0.2.0", "0.1.9", "0.2.0"},
    {" \t>=0.1.8\n<0.2.0 ", "0.1.8", "0.1.7"},
    {">=1.2.3, <2.0.0", "1.9.9", "2.0.0"},
    {">=1.2.3,,, <2.0.0,", "1.2.3", "2.0.0"},
    {">=1.2.3,<2.0.0", "1.9.9", "2.0.0"},
    {"1.0.0-rc.1", "1.0.0-rc.1", "1.0.0"},
};

START_TEST(requirement_holds_when_every_condition_does)
{
	ck_assert(holds(rows[_i].requirement, rows[_i].yes));
	ck_assert(!holds(rows[_i].requirement, rows[_i].no));
}
END_TEST

static const struct {
	const char *text, *message;
} bad[] = {
    {"", "empty"},
    {" \n", "empty"},
    {"^1.2.3", "write a range"},
    {"~1.2.3", "write a range"},
    {"*", "write a range"},
    {">=^1.2.3", "write a range"},
    {"1.2", "not a version"},
    {"1.x.3", "not a version"},
    {">= 1.2.3", "directly behind \">=\""},
    {">=1.2.3 <", "directly behind \"<\""},
    {",1.2.3", "directly behind \"\""},
    {"1.2.3 , 1.2.3", "directly behind \"\""},
    {"==1.2.3", "not a version"},
    {"=>1.2.3", "not a version"},
    {"!=1.2.3", "not a version"},
    {"||1.2.3", "not a version"},
};

START_TEST(requirement_refuses_everything_else)
{
	struct pkg_requirement r = {.count = 7};
	struct err err = {0};

	ck_rc(pkg_requirement_parse(&r, str_c(bad[_i].text), &err), ERR_FORMAT, &err);
	ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
	ck_assert_uint_eq(r.count, 7); /* untouched on failure */
}
END_TEST

START_TEST(requirement_has_a_largest_number_of_conditions)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	struct pkg_requirement r;
	struct err err = {0};

	for (int i = 0; i < PKG_REQUIREMENT_CLAUSES_MAX; i++)
		buf_puts(&text, ">=1.0.0 ");
	ck_rc(pkg_requirement_parse(&r, str_c(text.data), &err), 0, &err);
	ck_assert_uint_eq(r.count, PKG_REQUIREMENT_CLAUSES_MAX);
	buf_puts(&text, ">=1.0.0");
	ck_rc(pkg_requirement_parse(&r, str_c(text.data), &err), ERR_LIMIT, &err);
}
END_TEST

START_TEST(requirement_tells_which_pre_releases_it_names)
{
	struct pkg_requirement r;
	struct pkg_version v;
	struct err err = {0};

	ck_rc(pkg_requirement_parse(&r, STR(">=1.2.0-rc.1 <2.0.0"), &err), 0, &err);
	ck_assert(!pkg_requirement_is_exact(&r));
	ck_rc(pkg_version_parse(&v, STR("1.2.0-rc.2"), &err), 0, &err);
	ck_assert(pkg_requirement_names_pre(&r, &v));
	ck_rc(pkg_version_parse(&v, STR("1.3.0-rc.2"), &err), 0, &err);
	ck_assert(!pkg_requirement_names_pre(&r, &v));
	ck_rc(pkg_version_parse(&v, STR("2.0.0-rc.2"), &err), 0, &err);
	ck_assert(!pkg_requirement_names_pre(&r, &v));
	ck_rc(pkg_requirement_parse(&r, STR("1.0.0"), &err), 0, &err);
	ck_assert(pkg_requirement_is_exact(&r));
	ck_rc(pkg_requirement_parse(&r, STR("<=1.0.0"), &err), 0, &err);
	ck_assert(!pkg_requirement_is_exact(&r));
}
END_TEST

static const struct {
	const char *text, *name, *requirement; /* name NULL: refused */
} specs[] = {
    {"ext-net", "ext-net", ""},
    {"ext-net@0.1.11", "ext-net", "0.1.11"},
    {"a@>=1.0.0 <2.0.0", "a", ">=1.0.0 <2.0.0"},
    {"a@ =1.0.0", "a", "=1.0.0"},
    {"a@b@c", "a", "b@c"},
    {"", NULL, NULL},
    {"@1.0.0", NULL, NULL},
    {"a@", NULL, NULL},
    {"a@  ", NULL, NULL},
    {"A@1.0.0", NULL, NULL},
    {"a b@1.0.0", NULL, NULL},
};

START_TEST(spec_is_split_at_the_first_at)
{
	struct str name = STR("?"), requirement = STR("?");
	struct err err = {0};
	int want = specs[_i].name ? 0 : ERR_FORMAT;

	ck_rc(pkg_spec_split(&name, &requirement, str_c(specs[_i].text), &err), want, &err);
	ck_assert(str_eq_c(name, specs[_i].name ? specs[_i].name : "?"));
	ck_assert(str_eq_c(requirement, specs[_i].name ? specs[_i].requirement : "?"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/require");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(
	    t, requirement_holds_when_every_condition_does, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, requirement_refuses_everything_else, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, requirement_has_a_largest_number_of_conditions);
	tcase_add_test(t, requirement_tells_which_pre_releases_it_names);
	tcase_add_loop_test(t, spec_is_split_at_the_first_at, 0, (int)ARRAY_LEN(specs));
	suite_add_tcase(s, t);
	return test_main(s);
}

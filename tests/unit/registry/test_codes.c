/* SPDX-License-Identifier: MIT */
/* The table of codes: each id once, in order, with a meaning that people can read. */
#include "base/err.h"
#include "base/near.h"
#include "registry/codes.h"
#include "tests/support/support.h"

#include <ctype.h>
#include <string.h>

START_TEST(each_row_is_whole)
{
	const struct code *c = &registry_codes[_i];
	size_t len = strlen(c->meaning);

	ck_assert_msg(strncmp(c->id, "X07PKG_", 7) == 0 || strncmp(c->id, "X07REG_", 7) == 0,
	    "%s: another prefix", c->id);
	ck_assert_msg(strlen(c->id) <= NEAR_TEXT_MAX, "%s: too long", c->id);
	ck_assert_int_lt(c->err, 0);
	ck_assert_msg(
	    len > 10 && isupper((unsigned char)c->meaning[0]) && c->meaning[len - 1] == '.',
	    "%s: no sentence: %s", c->id, c->meaning);
	ck_assert_ptr_eq(registry_code_find(c->id), c);
}
END_TEST

START_TEST(what_is_no_code_is_not_found)
{
	ck_assert_ptr_null(registry_code_find(""));
	ck_assert_ptr_null(registry_code_find("X07PKG_"));
	ck_assert_ptr_null(registry_code_find("X07PKG_ARCHIVE_CASEX"));
}
END_TEST

START_TEST(failure_is_compared_by_its_row)
{
	struct err err = {0};

	ck_assert_int_eq(err_code(&err, ERR_PKG, REGISTRY_CODE(CLOCK), "late"), ERR_PKG);
	ck_assert(err_is(&err, REGISTRY_CODE(CLOCK)));
	ck_assert(!err_is(&err, REGISTRY_CODE(UNSIGNED)));
	ck_assert_str_eq(err_shown(&err), "X07PKG_CLOCK");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/codes");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_row_is_whole, 0, REGISTRY_CODE_COUNT);
	tcase_add_test(t, what_is_no_code_is_not_found);
	tcase_add_test(t, failure_is_compared_by_its_row);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* Misspelt words: what is near enough to be named, what is not, and words of a list. */
#include "base/near.h"
#include "tests/support/support.h"

#include <string.h>

#define FORTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* clang-format off */
static const struct {
	const char *text, *names[4], *want; /* NULL = nothing is near */
} rows[] = {
	{ "run", { "init", "run" }, "run" },
	{ "rnu", { "init", "run" }, "run" },          /* two edits, the first letter is right */
	{ "foo", { "info" }, NULL },                  /* two edits, another first letter */
	{ "nit", { "init" }, "init" },                /* one edit, another first letter */
	{ "lokc", { "lock" }, "lock" },               /* two edits of a short word */
	{ "lokcs", { "bogus" }, NULL },               /* three edits of a short word */
	{ "atetst-closure", { "attest-closure" }, "attest-closure" },
	{ "verfyxyz", { "verify" }, NULL },           /* four edits of a long word */
	{ "verfyxy", { "verify" }, "verify" },        /* three edits of a long word */
	{ "serch", { "switch", "search" }, "search" }, /* the nearer one, not the first */
	{ "bat", { "bar", "baz" }, "bar" },           /* the first of two that are as near */
	{ "", { "ab" }, NULL }, { "x", { NULL }, NULL },
	{ FORTY, { FORTY }, FORTY }, { FORTY "a", { FORTY "a" }, NULL }, { "run", { FORTY "a" }, NULL },
};
static const struct {
	const char *choices, *text;
	bool want;
} lists[] = {
	{ "a|b|c", "a", true }, { "a|b|c", "b", true }, { "a|b|c", "c", true }, { "a|b|c", "d", false },
	{ "0.3|0.4", "0.3", true }, { "0.3|0.4", "0.", false }, { "0.3|0.4", "0.34", false },
	{ "a|b", "", false }, { "", "", false }, { "", "a", false }, { "a||b", "b", true }, { "a|b", "a|b", false },
};
/* clang-format on */

START_TEST(nearest_name_is_found_as_the_table_says)
{
	size_t count = 0;
	const char *got;

	while (count < ARRAY_LEN(rows[_i].names) && rows[_i].names[count] != NULL)
		count++;
	got = near_find(rows[_i].text, rows[_i].names, count);
	if (rows[_i].want == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_pstr_eq(got, rows[_i].want);
}
END_TEST

START_TEST(word_is_one_of_the_list_as_the_table_says)
{
	ck_assert_int_eq(near_is_choice(lists[_i].choices, lists[_i].text), lists[_i].want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/near");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, nearest_name_is_found_as_the_table_says, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, word_is_one_of_the_list_as_the_table_says, 0, (int)ARRAY_LEN(lists));
	suite_add_tcase(s, t);
	return test_main(s);
}

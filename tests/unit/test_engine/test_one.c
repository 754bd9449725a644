/* SPDX-License-Identifier: MIT */
/* Two runs of one test: what makes them differ. */
#include "cmd/test/one.h"
#include "tests/support/support.h"

static const struct {
	int exit_status, signal;
	const char *out, *err;
	bool same;
} rows[] = {
    {0, 0, "out", "err", true},
    {1, 0, "out", "err", false},
    {0, 9, "out", "err", false},
    {0, 0, "oux", "err", false},
    {0, 0, "out", "erx", false},
    {0, 0, "", "err", false},
};

START_TEST(runs_differ_in_whatever_is_seen)
{
	struct sandbox_result a = {.out = buf_init(16), .err = buf_init(16)};
	struct sandbox_result b = {.exit_status = rows[_i].exit_status,
	    .signal = rows[_i].signal,
	    .out = buf_init(16),
	    .err = buf_init(16)};
	const struct code *what;

	buf_puts(&a.out, "out");
	buf_puts(&a.err, "err");
	buf_puts(&b.out, rows[_i].out);
	buf_puts(&b.err, rows[_i].err);
	what = test_one_compare(&a, &b);
	if (rows[_i].same)
		ck_assert_ptr_null(what);
	else
		ck_assert_str_eq(what->id, "EDETERMINISM");
	sandbox_result_clear(&a);
	sandbox_result_clear(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("test_engine/one");
	TCase *c = tcase_create("one");

	tcase_add_loop_test(c, runs_differ_in_whatever_is_seen, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, c);
	return test_main(s);
}

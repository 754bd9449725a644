/* SPDX-License-Identifier: MIT */
/* Helper programs are found beside the running one, or where the installed one has them. */
#include "base/helper.h"
#include "base/path.h"
#include "tests/support/support.h"

START_TEST(program_beside_the_running_one_is_taken)
{
	AUTO_FREE char *here = NULL;
	AUTO_FREE char *want = NULL;
	AUTO_FREE char *got = NULL;
	struct err err = {0};

	ck_rc(path_self_dir(&here, &err), 0, &err);
	want = path_join(here, "test_base_helper");
	ck_rc(helper_path(&got, "test_base_helper", &err), 0, &err);
	ck_assert_str_eq(got, want);
}
END_TEST

START_TEST(program_that_is_not_beside_it_is_in_lib_of_the_prefix)
{
	AUTO_FREE char *here = NULL;
	AUTO_FREE char *prefix = NULL;
	AUTO_FREE char *want = NULL;
	AUTO_FREE char *got = NULL;
	struct err err = {0};

	ck_rc(path_self_dir(&here, &err), 0, &err);
	prefix = path_dirname(here);
	want = path_join(prefix, "lib/x07/x07-none");
	ck_rc(helper_path(&got, "x07-none", &err), 0, &err);
	ck_assert_str_eq(got, want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/helper");
	TCase *t = tcase_create("all");

	tcase_add_test(t, program_beside_the_running_one_is_taken);
	tcase_add_test(t, program_that_is_not_beside_it_is_in_lib_of_the_prefix);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
#include "base/own.h"

#include "base/path.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An environment in which nothing of ours is where a test looks. */
static char *home_alone(void)
{
	char *home = test_path("home");
	AUTO_FREE char *tmp = test_path("tmp");

	(void)mkdir(home, 0700);
	(void)mkdir(tmp, 0700);
	ck_assert_int_eq(setenv("HOME", home, 1), 0);
	ck_assert_int_eq(setenv("TMPDIR", tmp, 1), 0);
	for (unsigned id = 0; id < OWN_COUNT; id++) {
		const char *name = own_folder_at((enum own_id)id)->variable;

		if (name != NULL && id != OWN_STAGE)
			ck_assert_int_eq(unsetenv(name), 0);
	}
	ck_assert_int_eq(unsetenv("XDG_CACHE_HOME"), 0);
	return home;
}

static void touched(const char *path, const char *own)
{
	AUTO_FREE char *fault = own_folder_fault(path);

	ck_assert_msg(fault != NULL, "%s does not touch %s", path, own);
	ck_assert_msg(strstr(fault, own) != NULL, "%s: %s", path, fault);
}

static void untouched(const char *path)
{
	AUTO_FREE char *fault = own_folder_fault(path);

	ck_assert_msg(fault == NULL, "%s: %s", path, fault);
}

/* Moves each folder to a place of its own, so that only it can be the reason. */
START_TEST(each_own_folder_is_touched_by_what_holds_equals_or_lies_in_it)
{
	const struct own_folder *own = own_folder_at((enum own_id)_i);
	AUTO_FREE char *home = home_alone();
	AUTO_FREE char *above = test_path("place");
	AUTO_FREE char *at = test_path("place/own");
	AUTO_FREE char *inside = test_path("place/own/a");
	AUTO_FREE char *beside = test_path("place/owner");
	AUTO_FREE char *found = NULL;

	if (own->variable == NULL) {
		found = own_folder_path((enum own_id)_i);
		touched(found, found);
		return;
	}
	ck_assert_int_eq(setenv(own->variable, at, 1), 0);
	found = own_folder_path((enum own_id)_i);
	ck_assert_str_eq(found, at);
	for (int there = 0; there < 2; there++) {
		touched(above, own->variable);
		touched(at, at);
		touched(at, own->what);
		if (own->parts)
			touched(inside, at);
		else
			untouched(inside);
		untouched(beside);
		(void)mkdir(above, 0700);
		(void)mkdir(at, 0700);
		(void)mkdir(inside, 0700);
	}
}
END_TEST

START_TEST(home_holds_the_cache_and_the_store_before_they_are_there)
{
	AUTO_FREE char *home = home_alone();
	AUTO_FREE char *store = path_join(home, ".x07");
	AUTO_FREE char *cache = path_join(home, ".cache");
	AUTO_FREE char *work = path_join(home, "work");

	touched(home, "/.cache/x07/images");
	touched(cache, "X07_NATIVE_CACHE_DIR");
	touched(store, "X07_PKG_HOME");
	touched("/", "X07_NATIVE_CACHE_DIR");
	untouched(work);
}
END_TEST

START_TEST(link_to_the_cache_is_followed)
{
	AUTO_FREE char *home = home_alone();
	AUTO_FREE char *real = test_path("elsewhere");
	AUTO_FREE char *link = path_join(home, ".cache");

	ck_assert_int_eq(mkdir(real, 0700), 0);
	ck_assert_int_eq(symlink(real, link), 0);
	touched(real, "/elsewhere/x07/images");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("own");
	TCase *tc = tcase_create("own");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(
	    tc, each_own_folder_is_touched_by_what_holds_equals_or_lies_in_it, 0, OWN_COUNT);
	tcase_add_test(tc, home_holds_the_cache_and_the_store_before_they_are_there);
	tcase_add_test(tc, link_to_the_cache_is_followed);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* Module ids and the files that they name. */
#include "base/module_path.h"

#include "base/buf.h"
#include "tests/support/support.h"

#include <string.h>

/* clang-format off */
#define ID(text) {text, sizeof(text) - 1}
/* clang-format on */

static const struct {
	struct str id;
	const char *root, *path;
} rows[] = {
    {ID("a"), "/r", "/r/a.x07.json"},
    {ID("a.b.c"), "/r", "/r/a/b/c.x07.json"},
    {ID("a.b"), "", "a/b.x07.json"},
    {ID("std.os.fs"), "deps/x/modules", "deps/x/modules/std/os/fs.x07.json"},
    {ID("a-b_c"), ".", "./a-b_c.x07.json"},
    /* what would lead elsewhere, or names nothing */
    {ID(""), "/r", NULL},
    {ID("."), "/r", NULL},
    {ID(".."), "/r", NULL},
    {ID("..."), "/r", NULL},
    {ID(".a"), "/r", NULL},
    {ID("a."), "/r", NULL},
    {ID("a..b"), "/r", NULL},
    {ID("/a"), "/r", NULL},
    {ID("a/b"), "/r", NULL},
    {ID("../a"), "/r", NULL},
    {ID("a\\b"), "/r", NULL},
    {ID("a\0b"), "/r", NULL},
};

START_TEST(id_names_one_file_below_its_root)
{
	AUTO_FREE char *path = module_path(rows[_i].root, rows[_i].id);

	if (rows[_i].path != NULL)
		ck_assert_pstr_eq(path, rows[_i].path);
	else
		ck_assert_ptr_null(path);
}
END_TEST

START_TEST(path_that_is_too_long_is_none)
{
	static char id[5u << 20];
	AUTO_FREE char *path = NULL;

	memset(id, 'a', sizeof(id));
	path = module_path("/r", (struct str){id, sizeof(id)});
	ck_assert_ptr_null(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/module_path");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, id_names_one_file_below_its_root, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, path_that_is_too_long_is_none);
	suite_add_tcase(s, t);
	return test_main(s);
}

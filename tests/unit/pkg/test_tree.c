/* SPDX-License-Identifier: MIT */
/* What a build can read of a package in somebody's folder. Whole trees: unit/registry/store. */
#include "pkg/tree.h"
#include "pkg/tree_digest.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *name)
{
	AUTO_FREE char *path = test_text_file(name, "x");

	ck_assert(path);
}

static int scan(struct pkg_tree *out, const char *dir, const char *root, struct err *err)
{
	AUTO_FREE char *path = test_path("%s", dir);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(fd, 0);
	return pkg_tree_scan_sources(out, fd, root, err);
}

static const struct {
	const char *root, *files;
} roots[] = {
    {"modules", "ffi/a.x07.json ffi/c.c ffi/deep/.h modules/m.x07.json modules/n/o.x07.json "
		"x07-package.json "},
    {"./modules/.", "ffi/a.x07.json ffi/c.c ffi/deep/.h modules/m.x07.json "
		    "modules/n/o.x07.json x07-package.json "},
    {"modules/n", "ffi/a.x07.json ffi/c.c ffi/deep/.h modules/n/o.x07.json x07-package.json "},
    {"ffi", "ffi/a.x07.json ffi/c.c ffi/deep/.h x07-package.json "},
    {".", "ffi/a.x07.json ffi/c.c ffi/deep/.h modules/m.x07.json modules/n/o.x07.json "
	  "x07-package.json "},
    {"none", "ffi/a.x07.json ffi/c.c ffi/deep/.h x07-package.json "},
};

START_TEST(sources_are_what_a_build_can_read)
{
	static const char *const names[] = {"p/x07-package.json", "p/README", "p/ffi/a.x07.json",
	    "p/ffi/c.c", "p/ffi/deep/.h", "p/modules/m.x07.json", "p/modules/n/o.x07.json",
	    "p/modules/m.x07.json~", "p/modules/.m.x07.json", "p/modules/a.b.x07.json",
	    "p/modules/.git/m.x07.json", "p/modules/a.b/m.x07.json", "p/tests/t"};
	CLEANUP(buf_clear) struct buf got = buf_init(4096);
	struct pkg_tree tree = {0};
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		put(names[i]);
	ck_rc(scan(&tree, "p", roots[_i].root, &err), 0, &err);
	for (uint32_t i = 0; i < tree.count; i++)
		buf_printf(&got, "%s ", tree.files[i].path);
	ck_assert_str_eq(got.data, roots[_i].files);
	ck_assert_ptr_nonnull(pkg_tree_find(&tree, "./ffi/./c.c"));
	ck_assert_ptr_null(pkg_tree_find(&tree, "c.c"));
	pkg_tree_clear(&tree);
}
END_TEST

START_TEST(sources_are_not_behind_links)
{
	static const struct {
		const char *link;
		int rc;
	} rows[] = {{"l/modules/x.x07.json", ERR_FORMAT}, {"l/modules/dir", ERR_FORMAT},
	    {"l/ffi/c.c", ERR_FORMAT}, {"l/modules/README", 0}};
	AUTO_FREE char *file = test_text_file("file", "x");
	AUTO_FREE char *dir = test_path("dir");

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	put("l/x07-package.json");
	put("l/modules/m.x07.json");
	put("l/ffi/d.c");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE char *link = test_path("%s", rows[i].link);
		struct pkg_tree tree = {0};
		struct err err = {0};

		ck_assert_int_eq(symlink(strstr(link, "/dir") ? dir : file, link), 0);
		ck_rc(scan(&tree, "l", "modules", &err), rows[i].rc, &err);
		ck_assert_uint_eq(tree.count, rows[i].rc == 0 ? 3 : 0);
		pkg_tree_clear(&tree);
		ck_assert_int_eq(unlink(link), 0);
	}
}
END_TEST

START_TEST(sources_of_a_folder_that_is_a_link_are_refused)
{
	AUTO_FREE char *link = test_path("f/modules");
	struct pkg_tree tree = {0};
	struct err err = {0};

	put("elsewhere/m.x07.json");
	put("f/x07-package.json");
	ck_assert_int_eq(symlink("../elsewhere", link), 0);
	ck_rc(scan(&tree, "f", "modules", &err), ERR_FORMAT, &err);
	ck_assert_msg(strncmp(err.message, "modules: ", 9) == 0, "%s", err.message);
}
END_TEST

START_TEST(sources_have_a_manifest_and_limits)
{
	struct pkg_tree tree = {0};
	struct err err = {0};
	char root[PKG_TREE_PATH_MAX + 8];

	put("n/modules/m.x07.json");
	ck_rc(scan(&tree, "n", "modules", &err), ERR_NOT_FOUND, &err);
	put("n/x07-package.json");
	memset(root, 'a', sizeof(root));
	root[sizeof(root) - 1] = '\0';
	ck_rc(scan(&tree, "n", root, &err), ERR_LIMIT, &err);
	ck_assert_ptr_null(pkg_tree_find(&tree, root));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/tree");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, sources_are_what_a_build_can_read, 0, (int)ARRAY_LEN(roots));
	tcase_add_test(t, sources_are_not_behind_links);
	tcase_add_test(t, sources_of_a_folder_that_is_a_link_are_refused);
	tcase_add_test(t, sources_have_a_manifest_and_limits);
	suite_add_tcase(s, t);
	return test_main(s);
}

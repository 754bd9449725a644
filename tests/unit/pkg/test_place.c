/* SPDX-License-Identifier: MIT */
#include "pkg/place.h"

#include "base/path.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(vendored_and_workspace_paths_are_told_by_their_text)
{
	static const struct {
		const char *path;
		bool workspace, vendored;
	} rows[] = {
	    {".x07/deps/a/1.0.0", false, true},
	    {".x07/deps", false, false},
	    {"x.x07/deps/a", false, false},
	    {"libs/.x07/deps/a", false, false},
	    {"libs/a", false, false},
	    {"$workspace", true, false},
	    {"$workspace/libs/a", true, false},
	    {"$workspace/.x07/deps/a/1.0.0", true, true},
	    {"$workspace/app/.x07/deps/a/1.0.0", true, true},
	    {"$workspaces/.x07/deps/a", false, false},
	    {"$workspace.x07/deps/a", false, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_msg(
		    pkg_path_is_workspace(rows[i].path) == rows[i].workspace, "%s", rows[i].path);
		ck_assert_msg(
		    pkg_path_is_vendored(rows[i].path) == rows[i].vendored, "%s", rows[i].path);
	}
}
END_TEST

/* w/.git, w/app/x07.json, w/libs/a; the folder of the workspace is returned. */
static char *workspace(void)
{
	AUTO_FREE char *git = test_text_file("w/.git/HEAD", "");
	AUTO_FREE char *app = test_text_file("w/app/x07.json", "{}");
	AUTO_FREE char *lib = test_text_file("w/libs/a/x07-package.json", "{}");
	AUTO_FREE char *dir = test_path("w");
	char *real = realpath(dir, NULL);

	ck_assert_ptr_nonnull(real);
	return real;
}

static void is_place(const char *root, const char *path, const char *want)
{
	AUTO_FREE char *got = NULL;
	struct err err = {0};

	ck_rc(pkg_place_path(&got, root, path, &err), 0, &err);
	ck_assert_str_eq(got, want);
}

static void is_refused(const char *root, const char *path, const char *message)
{
	char *got = NULL;
	struct err err = {0};

	ck_rc(pkg_place_path(&got, root, path, &err), ERR_LOCKED, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_WORKSPACE");
	ck_assert_msg(strstr(err.message, message) != NULL, "%s", err.message);
	ck_assert_ptr_null(got);
}

START_TEST(workspace_is_the_nearest_folder_with_a_git)
{
	AUTO_FREE char *w = workspace();
	AUTO_FREE char *app = path_join(w, "app");
	AUTO_FREE char *lib = path_join(w, "libs/a");
	AUTO_FREE char *none = path_join(w, "none/b");
	AUTO_FREE char *below = path_join(app, "libs/a");
	AUTO_FREE char *file = test_text_file("w/app/inner/.git", "gitdir: x");
	AUTO_FREE char *inner = path_join(app, "inner");

	(void)unsetenv("X07_WORKSPACE_ROOT");
	is_place(app, "libs/a", below);
	is_place(app, "$workspace", w);
	is_place(app, "$workspace/libs/a", lib);
	is_place(app, "$workspace/none/b", none);
	is_place(inner, "$workspace", inner); /* a file does as well: a worktree */
}
END_TEST

START_TEST(environment_names_the_workspace)
{
	AUTO_FREE char *w = workspace();
	AUTO_FREE char *app = path_join(w, "app");
	AUTO_FREE char *link = test_path("link");

	ck_assert_int_eq(symlink(w, link), 0);
	(void)setenv("X07_WORKSPACE_ROOT", link, 1);
	is_place("/", "$workspace", w);
	(void)setenv("X07_WORKSPACE_ROOT", "", 1);
	is_refused(app, "$workspace", "is empty");
	(void)setenv("X07_WORKSPACE_ROOT", "/nowhere/at/all", 1);
	is_refused(app, "$workspace", "/nowhere/at/all");
	(void)unsetenv("X07_WORKSPACE_ROOT");
	is_refused("/", "$workspace/a", "no workspace");
}
END_TEST

START_TEST(link_that_leads_out_of_the_workspace_is_refused)
{
	AUTO_FREE char *w = workspace();
	AUTO_FREE char *app = path_join(w, "app");
	AUTO_FREE char *lib = path_join(w, "libs/a");
	AUTO_FREE char *out = path_join(w, "out");
	AUTO_FREE char *in = path_join(w, "in");
	AUTO_FREE char *secret = test_text_file("elsewhere/a/x07-package.json", "{}");
	AUTO_FREE char *elsewhere = test_path("elsewhere");
	AUTO_CLOSE int fd = -1;
	const char *rest = NULL;
	struct err err = {0};

	(void)unsetenv("X07_WORKSPACE_ROOT");
	ck_assert_int_eq(symlink(elsewhere, out), 0);
	ck_assert_int_eq(symlink("libs", in), 0);
	is_place(app, "$workspace/in/a", lib);
	is_refused(app, "$workspace/out/a", "leads out");
	is_refused(app, "$workspace/out", "leads out");
	is_refused(app, "$workspace/../elsewhere", "leads out");
	/* Not even what is not there yet: opening asks the kernel again. */
	ck_rc(pkg_place_base(&fd, &rest, app, "$workspace/out/b", &err), 0, &err);
	ck_assert_str_eq(rest, "out/b");
	ck_assert_int_eq(path_open_beneath(&(int){-1}, fd, rest, 0, 0, &err), ERR_IO);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/place");
	TCase *t = tcase_create("all");

	tcase_add_test(t, vendored_and_workspace_paths_are_told_by_their_text);
	tcase_add_test(t, workspace_is_the_nearest_folder_with_a_git);
	tcase_add_test(t, environment_names_the_workspace);
	tcase_add_test(t, link_that_leads_out_of_the_workspace_is_refused);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* Paths as text, and openat2 against every way out of a directory that a link can offer. */
#include "base/file.h"
#include "base/path.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct row {
	const char *a, *b, *want;
};

static const struct row joins[] = {
    {"a", "b", "a/b"},
    {"a/", "b", "a/b"},
    {"/", "b", "/b"},
    {"a", "/b", "/b"},
    {"", "b", "b"},
    {"a", "", "a/"},
};

START_TEST(join_puts_one_slash_between)
{
	AUTO_FREE char *path = path_join(joins[_i].a, joins[_i].b);

	ck_assert_str_eq(path, joins[_i].want);
}
END_TEST

/* path, dirname, basename */
static const struct row parts[] = {
    {"/usr/lib", "/usr", "lib"},
    {"/usr/", "/", ""},
    {"usr", ".", "usr"},
    {"/", "/", ""},
    {"//a", "/", "a"},
    {".", ".", "."},
    {"..", ".", ".."},
    {"a//b", "a", "b"},
    {"", ".", ""},
};

START_TEST(dirname_and_basename_split)
{
	AUTO_FREE char *dir = path_dirname(parts[_i].a);

	ck_assert_str_eq(dir, parts[_i].b);
	ck_assert_str_eq(path_basename(parts[_i].a), parts[_i].want);
}
END_TEST

static const struct row absolutes[] = {
    {"/a/b", NULL, "/a/b"},
    {"/", NULL, "/"},
    {"//a//b//", NULL, "/a/b"},
    {"/a/./b/.", NULL, "/a/b"},
    {"/a/../b", NULL, "/b"},
    {"/a/b/../..", NULL, "/"},
    {"/../../a", NULL, "/a"},
    {"/..a/...", NULL, "/..a/..."},
    {"/a/b/..", NULL, "/a"},
};

START_TEST(absolute_collapses_lexically)
{
	AUTO_FREE char *path = NULL;
	struct err err = {0};

	ck_rc(path_absolute(&path, absolutes[_i].a, &err), 0, &err);
	ck_assert_str_eq(path, absolutes[_i].want);
}
END_TEST

START_TEST(absolute_starts_at_the_current_directory)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *none = NULL;
	struct err err = {0};

	ck_assert_int_eq(chdir("/usr/bin"), 0);
	ck_rc(path_absolute(&path, "../lib/./x", &err), 0, &err);
	ck_assert_str_eq(path, "/usr/lib/x");
	ck_rc(path_absolute(&none, "", &err), ERR_NOT_FOUND, &err);
	ck_assert_ptr_null(none);
}
END_TEST

static const char *const safe[] = {
    "a", "a/b", ".hidden", "a/.b/c", "...", "..a", ".x07", "x07_a", "a b", "caf\xC3\xA9"};
static const char *const unsafe[] = {"", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/.", "a/..",
    "a/../b", "../a", "a\\b", ".x07_", ".x07_cache/x", "a/.x07_b"};

START_TEST(safe_relative_accepts_plain_paths)
{
	ck_assert_msg(path_is_safe_relative(safe[_i]), "%s", safe[_i]);
}
END_TEST

START_TEST(safe_relative_refuses_everything_else)
{
	ck_assert_msg(!path_is_safe_relative(unsafe[_i]), "%s", unsafe[_i]);
}
END_TEST

static int open_root(void)
{
	AUTO_FREE char *root = test_path("root");
	int fd = -1;

	free(test_text_file("root/dir/file", "inside"));
	free(test_text_file("secret", "outside"));
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(symlinkat("dir/file", fd, "good"), 0);
	ck_assert_int_eq(symlinkat("../secret", fd, "up"), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", fd, "absolute"), 0);
	ck_assert_int_eq(symlinkat("/proc/self/fd/0", fd, "magic"), 0);
	return fd;
}

START_TEST(open_beneath_opens_what_is_inside)
{
	AUTO_CLOSE int root = open_root();
	AUTO_CLOSE int fd = -1;
	AUTO_CLOSE int link = -1;
	AUTO_CLOSE int made = -1;
	struct err err = {0};
	struct stat st;

	ck_rc(path_open_beneath(&fd, root, "dir/file", O_RDONLY, 0, &err), 0, &err);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_rc(path_open_beneath(&link, root, "good", O_RDONLY, 0, &err), 0, &err);
	umask(022);
	ck_rc(path_open_beneath(&made, root, "dir/new", O_WRONLY | O_CREAT | O_EXCL, 0, &err), 0,
	    &err);
	ck_assert_int_eq(fstat(made, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0644);
}
END_TEST

static const char *const escapes[] = {
    "up", "absolute", "magic", "../secret", "/etc/passwd", "dir/../../secret", ".."};

START_TEST(open_beneath_refuses_every_way_out)
{
	AUTO_CLOSE int root = open_root();
	struct err err = {0};
	int fd = -7;

	ck_rc(path_open_beneath(&fd, root, escapes[_i], O_RDONLY, 0, &err), ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, EXDEV);
	ck_assert_int_eq(fd, -7);
}
END_TEST

START_TEST(open_beneath_tells_absent_from_forbidden)
{
	AUTO_CLOSE int root = open_root();
	struct err err = {0};
	int fd = -7;

	ck_rc(path_open_beneath(&fd, root, "nothing", O_RDONLY, 0, &err), ERR_NOT_FOUND, &err);
	ck_rc(path_open_beneath(&fd, root, "good", O_RDONLY, RESOLVE_NO_SYMLINKS, &err), ERR_IO,
	    &err);
	ck_assert_int_eq(err.sys_errno, ELOOP);
	ck_assert_int_eq(fd, -7);
}
END_TEST

START_TEST(mkdirs_beneath_makes_what_is_missing_and_opens_it)
{
	AUTO_CLOSE int root = open_root();
	AUTO_CLOSE int fd = -1;
	AUTO_CLOSE int again = -1;
	struct err err = {0};
	struct stat st;
	struct stat same;

	ck_rc(path_mkdirs_beneath(&fd, root, "dir/a//b", &err), 0, &err);
	ck_assert_int_eq(fstatat(root, "dir/a/b", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_rc(path_mkdirs_beneath(&again, root, "dir/a/b", &err), 0, &err);
	ck_assert_int_eq(fstat(again, &same), 0);
	ck_assert_uint_eq(st.st_ino, same.st_ino);
	ck_assert_int_eq(mkdirat(fd, "c", 0700), 0); /* usable as a directory descriptor */
}
END_TEST

/* Files and links in the way; a link that leads out is not even used to look around. */
static const char *const not_below[] = {
    "up/x", "absolute/x", "magic/x", "../x", "dir/file/x", "dir/file"};

START_TEST(mkdirs_beneath_refuses_every_way_out)
{
	AUTO_CLOSE int root = open_root();
	struct err err = {0};
	int fd = -7;

	ck_rc(path_mkdirs_beneath(&fd, root, not_below[_i], &err), ERR_IO, &err);
	ck_assert_int_eq(fd, -7);
}
END_TEST

START_TEST(self_dir_holds_this_test)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *self = NULL;
	struct err err = {0};

	ck_rc(path_self_dir(&dir, &err), 0, &err);
	self = path_join(dir, "test_base_path");
	ck_assert_msg(file_is_regular(self), "%s", self);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("path");
	TCase *tc = tcase_create("path");

	tcase_add_loop_test(tc, join_puts_one_slash_between, 0, ARRAY_LEN(joins));
	tcase_add_loop_test(tc, dirname_and_basename_split, 0, ARRAY_LEN(parts));
	tcase_add_loop_test(tc, absolute_collapses_lexically, 0, ARRAY_LEN(absolutes));
	tcase_add_test(tc, absolute_starts_at_the_current_directory);
	tcase_add_loop_test(tc, safe_relative_accepts_plain_paths, 0, ARRAY_LEN(safe));
	tcase_add_loop_test(tc, safe_relative_refuses_everything_else, 0, ARRAY_LEN(unsafe));
	tcase_add_test(tc, open_beneath_opens_what_is_inside);
	tcase_add_loop_test(tc, open_beneath_refuses_every_way_out, 0, ARRAY_LEN(escapes));
	tcase_add_test(tc, open_beneath_tells_absent_from_forbidden);
	tcase_add_test(tc, mkdirs_beneath_makes_what_is_missing_and_opens_it);
	tcase_add_loop_test(tc, mkdirs_beneath_refuses_every_way_out, 0, ARRAY_LEN(not_below));
	tcase_add_test(tc, self_dir_holds_this_test);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The reader of archives: what it takes, and every kind of archive that it must not. */
#include "registry/pack.h"
#include "registry/unpack/unpack.h"
#include "tests/support/support.h"
#include "tests/unit/registry/tar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_dir(const char *name)
{
	AUTO_FREE char *path = test_path("%s", name);
	int fd;

	ck_assert_int_eq(mkdir(path, 0755), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static int unpack(const struct buf *bytes, int dirfd, struct unpack_result *u, struct err *err)
{
	AUTO_CLOSE int fd = tar_fd(bytes);

	return unpack_archive(u, fd, NULL, dirfd, err);
}

START_TEST(files_of_our_packer_come_back)
{
	static const struct registry_member members[] = {{"ffi/a.c", "", 0},
	    {"modules/a/b.x07.json", "hello", 5}, {"x07-package.json", "{}\n", 3}};
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	CLEANUP(pkg_tree_clear) struct pkg_tree tree = {0};
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};
	struct stat st;

	ck_rc(registry_pack_members(&bytes, members, 3, &err), 0, &err);
	ck_rc(unpack(&bytes, dir, &u, &err), 0, &err);
	ck_assert_uint_eq(u.files, 3);
	ck_assert_uint_eq(u.bytes, 8);
	ck_rc(pkg_tree_scan(&tree, dir, &err), 0, &err);
	ck_assert_uint_eq(tree.count, 3);
	ck_assert_str_eq(tree.files[1].path, "modules/a/b.x07.json");
	ck_assert_int_eq(fstatat(dir, "x07-package.json", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0444);
}
END_TEST

START_TEST(long_names_and_directories_of_other_packers_are_taken)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};
	char name[201];

	memset(name, 'n', 200);
	memcpy(name, "d/", 2);
	name[200] = '\0';
	tar_add(&bytes, &(struct tar_entry){.name = "d/", .type = '5'});
	tar_long_name(&bytes, name, sizeof(name));
	tar_file(&bytes, "short", "1");
	name[199] = 'm';
	tar_pax(&bytes, "path", name, 200);
	tar_file(&bytes, "short", "2");
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), 0, &err);
	ck_assert_uint_eq(u.files, 2);
	ck_assert_int_eq(faccessat(dir, name, F_OK, 0), 0);
}
END_TEST

/* clang-format off */
/* One entry that must be refused; a good file stands before it. */
static const struct {
	struct tar_entry entry;
	const char *code;
} refused[] = {
	{ { .name = "../up", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a/../../up", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a/..", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "./a", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a/./b", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a//b", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a\\b", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a\nb", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "a\xff", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "..", .type = '5' }, "X07PKG_ARCHIVE_PATH" },
	{ { .name = "link", .type = '2', .link = "/etc" }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "link", .type = '2', .link = "good" }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "hard", .type = '1', .link = "good" }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "hard", .type = '1', .link = "/etc/passwd" }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "dev", .type = '3' }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "dev", .type = '4' }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "fifo", .type = '6' }, "X07PKG_ARCHIVE_TYPE" },
	{ { .name = "good", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_DUPLICATE" },
	{ { .name = "good/x", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_DUPLICATE" },
	{ { .name = "dir", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_DUPLICATE" },
	{ { .name = "good/", .type = '5' }, "X07PKG_ARCHIVE_DUPLICATE" },
	{ { .name = "GOOD", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_CASE" },
	{ { .name = "DIR/y", .data = "x", .len = 1 }, "X07PKG_ARCHIVE_CASE" },
	{ { .name = "big", .claimed = (UINT64_C(16) << 20) + 1 }, "X07PKG_ARCHIVE_LIMIT" },
	{ { .name = "big", .claimed = UINT64_C(8) << 30 }, "X07PKG_ARCHIVE_LIMIT" },
	{ { .name = "short", .claimed = 5000, .data = "x", .len = 1 }, "X07PKG_ARCHIVE_FORMAT" },
};
/* clang-format on */

START_TEST(hostile_entry_is_refused_with_its_code)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {77, 77};
	struct err err = {0};

	tar_file(&bytes, "good", "fine");
	tar_file(&bytes, "dir/x", "fine");
	tar_add(&bytes, &refused[_i].entry);
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_msg(strcmp(err_shown(&err), refused[_i].code) == 0, "%s: %s, wanted %s",
	    err_shown(&err), err.message, refused[_i].code);
	ck_assert_uint_eq(u.files, 77);
}
END_TEST

/* Absolute, and longer than a header holds: by a pax record. */
static const struct {
	const char *path;
	size_t repeat;
	const char *code;
} paxed[] = {
    {"/abs", 1, "X07PKG_ARCHIVE_PATH"},
    {"../../up", 1, "X07PKG_ARCHIVE_PATH"},
    {"a", 1025, "X07PKG_ARCHIVE_LIMIT"},
    {"a", 256, "X07PKG_ARCHIVE_LIMIT"},
    {"a/", 70, "X07PKG_ARCHIVE_LIMIT"},
    {"a", 300000, "X07PKG_ARCHIVE_LIMIT"},
};

START_TEST(hostile_path_of_a_pax_record_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 22);
	CLEANUP(buf_clear) struct buf path = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	for (size_t i = 0; i < paxed[_i].repeat; i++)
		buf_puts(&path, paxed[_i].path);
	if (path.data[path.len - 1] == '/')
		buf_puts(&path, "end");
	tar_pax(&bytes, "path", path.data, path.len);
	tar_file(&bytes, "x", "x");
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_msg(
	    strcmp(err_shown(&err), paxed[_i].code) == 0, "%s: %s", err_shown(&err), err.message);
}
END_TEST

START_TEST(absolute_path_of_a_header_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	tar_file(&bytes, "/tmp/x07-absolute", "x");
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_PATH");
	ck_assert_int_ne(access("/tmp/x07-absolute", F_OK), 0);
}
END_TEST

/* What stands behind the NUL must not be lost: another reader might take it for the name. */
START_TEST(nul_in_a_path_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	switch (_i) {
	case 0:
		tar_pax(&bytes, "path", "ok\0/../evil", 11);
		tar_file(&bytes, "x", "x");
		break;
	case 1:
		tar_long_name(&bytes, "ok\0evil", 8);
		tar_file(&bytes, "x", "x");
		break;
	default:
		tar_add(&bytes,
		    &(struct tar_entry){.name = "ok\0evil", .name_len = 7, .data = "x", .len = 1});
		break;
	}
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_PATH");
}
END_TEST

/* Old GNU format: type 'S' with a map that claims 10 GiB; and by pax records. */
START_TEST(sparse_file_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	if (_i == 0) {
		tar_pax(&bytes, "GNU.sparse.major", "1", 1);
		tar_add(
		    &bytes, &(struct tar_entry){.name = "s", .type = 'S', .data = "x", .len = 1});
	} else {
		tar_pax(&bytes, "GNU.sparse.map", "0,1,4096,1", 10);
		tar_add(&bytes, &(struct tar_entry){.name = "s", .data = "xy", .len = 2});
	}
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_msg(strcmp(err_shown(&err), "X07PKG_ARCHIVE_TYPE") == 0 ||
			  strcmp(err_shown(&err), "X07PKG_ARCHIVE_FORMAT") == 0,
	    "%s: %s", err_shown(&err), err.message);
}
END_TEST

START_TEST(too_many_entries_are_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	/* Directories: they cost nothing on the disk when they are the same deep one. */
	for (unsigned i = 0; i <= PKG_TREE_FILES_MAX; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "d%u/", i);
		tar_add(&bytes, &(struct tar_entry){.name = name, .type = '5'});
	}
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_LIMIT");
}
END_TEST

START_TEST(archive_over_64_mib_is_refused)
{
	AUTO_FREE char *path = test_text_file("a", "");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	ck_assert_int_eq(ftruncate(fd, (off_t)REGISTRY_ARCHIVE_MAX + 512), 0);
	ck_rc(unpack_archive(&u, fd, NULL, dir, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_LIMIT");
}
END_TEST

/* clang-format off */
static const struct {
	const char *bytes;
	size_t len;
} no_archives[] = {
	{ "", 0 },
	{ "not an archive", 14 },
	{ "\x1f\x8b\x08\x00", 4 },
	{ "PK\x03\x04", 4 },
};
/* clang-format on */

START_TEST(what_is_no_plain_tar_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(4096);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	buf_add(&bytes, no_archives[_i].bytes, no_archives[_i].len);
	if (!bytes.data)
		tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_FORMAT");
}
END_TEST

START_TEST(archive_cut_anywhere_is_refused)
{
	static const struct registry_member members[] = {
	    {"modules/a.x07.json", "hello", 5}, {"x07-package.json", "{}\n", 3}};
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	struct err err = {0};

	ck_rc(registry_pack_members(&bytes, members, 2, &err), 0, &err);
	for (size_t len = 64; len < 4 * 512 + 512; len += 64) {
		char name[32];
		AUTO_CLOSE int dir = -1;
		struct unpack_result u = {0};

		(void)snprintf(name, sizeof(name), "d%zu", len);
		dir = make_dir(name);
		bytes.len = len;
		ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
		ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_FORMAT");
	}
}
END_TEST

/* Where a reader that believes the record and one that does not would go on at different places. */
START_TEST(size_said_twice_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	AUTO_CLOSE int dir = make_dir("d");
	struct unpack_result u = {0};
	struct err err = {0};

	if (_i == 0) {
		tar_pax(&bytes, "size", "1024", 4);
		tar_file(&bytes, "x", "x");
	} else {
		tar_add(&bytes,
		    &(struct tar_entry){.name = "d/", .type = '5', .data = "body", .len = 4});
	}
	tar_end(&bytes);
	ck_rc(unpack(&bytes, dir, &u, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_FORMAT");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/unpack");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, files_of_our_packer_come_back);
	tcase_add_test(t, long_names_and_directories_of_other_packers_are_taken);
	tcase_add_loop_test(t, hostile_entry_is_refused_with_its_code, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, hostile_path_of_a_pax_record_is_refused, 0, (int)ARRAY_LEN(paxed));
	tcase_add_test(t, absolute_path_of_a_header_is_refused);
	tcase_add_loop_test(t, nul_in_a_path_is_refused, 0, 3);
	tcase_add_loop_test(t, sparse_file_is_refused, 0, 2);
	tcase_add_test(t, too_many_entries_are_refused);
	tcase_add_test(t, archive_over_64_mib_is_refused);
	tcase_add_loop_test(t, what_is_no_plain_tar_is_refused, 0, (int)ARRAY_LEN(no_archives));
	tcase_add_test(t, archive_cut_anywhere_is_refused);
	tcase_add_loop_test(t, size_said_twice_is_refused, 0, 2);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* Whole files: caps on reading, atomic replacing under failures, sealed memory files. */
#include "base/file.h"
#include "base/file_replace.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(read_appends_the_whole_file)
{
	AUTO_FREE char *path = test_file("f", "a\0b", 3);
	CLEANUP(buf_clear) struct buf b = buf_init(4);
	struct err err = {0};

	buf_putc(&b, '>');
	ck_rc(file_read(&b, path, &err), 0, &err);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_int_eq(memcmp(b.data, ">a\0b", 5), 0);
	ck_assert(!b.overflow);
}
END_TEST

START_TEST(read_refuses_a_file_over_the_cap)
{
	AUTO_FREE char *path = test_text_file("f", "12345");
	CLEANUP(buf_clear) struct buf b = buf_init(4);
	struct err err = {0};

	ck_rc(file_read(&b, path, &err), ERR_LIMIT, &err);
	ck_assert_uint_eq(b.len, 0);
	ck_assert(!b.overflow);
	/* Its size says nothing: the device has no end. */
	ck_rc(file_read(&b, "/dev/zero", &err), ERR_LIMIT, &err);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(read_keeps_what_was_there_when_it_fails)
{
	AUTO_FREE char *path = test_text_file("f", "12345");
	CLEANUP(buf_clear) struct buf b = buf_init(7);
	struct err err = {0};

	buf_puts(&b, "old");
	ck_rc(file_read(&b, path, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(b.data, "old");
}
END_TEST

START_TEST(read_tells_absent_from_unreadable)
{
	AUTO_FREE char *none = test_path("none");
	AUTO_FREE char *dir = test_path(".");
	CLEANUP(buf_clear) struct buf b = buf_init(10);
	struct err err = {0};

	ck_rc(file_read(&b, none, &err), ERR_NOT_FOUND, &err);
	ck_assert_int_eq(err.sys_errno, ENOENT);
	ck_rc(file_read(&b, dir, &err), ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, EISDIR);
	ck_rc(file_read_fd(&b, -1, "closed", &err), ERR_IO, &err);
}
END_TEST

/* Whoever can write into a project could else hang every command with a mkfifo. */
START_TEST(read_waits_for_no_writer_of_a_named_pipe)
{
	AUTO_FREE char *path = test_path("fifo");
	CLEANUP(buf_clear) struct buf b = buf_init(100);
	struct err err = {0};

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_rc(file_read(&b, path, &err), 0, &err);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(read_fd_takes_a_pipe_to_its_end)
{
	CLEANUP(buf_clear) struct buf b = buf_init(100000);
	struct err err = {0};
	char block[40000];
	int ends[2];

	memset(block, 'x', sizeof(block));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_rc(file_write_all(ends[1], block, sizeof(block), &err), 0, &err);
	close(ends[1]);
	ck_rc(file_read_fd(&b, ends[0], "pipe", &err), 0, &err);
	close(ends[0]);
	ck_assert_uint_eq(b.len, sizeof(block));
}
END_TEST

START_TEST(replace_creates_and_replaces_keeping_the_mode)
{
	AUTO_FREE char *path = test_text_file("d/f", "old");
	AUTO_FREE char *dir = test_path("d");
	AUTO_FREE char *text = NULL;
	struct err err = {0};
	struct stat st;

	ck_assert_int_eq(chmod(path, 0640), 0);
	umask(077);
	ck_rc(file_replace(path, "new", 3, &err), 0, &err);
	text = test_read(path);
	ck_assert_str_eq(text, "new");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(test_count_entries(dir), 1);
}
END_TEST

START_TEST(replace_that_cannot_write_leaves_the_old_file_and_nothing_else)
{
	AUTO_FREE char *path = test_text_file("d/f", "old contents");
	AUTO_FREE char *dir = test_path("d");
	AUTO_FREE char *text = NULL;
	struct rlimit limit = {4096, 4096};
	struct err err = {0};
	static char big[100000];

	/* Not the signal but EFBIG, behind the first 4096 bytes (setrlimit(2), RLIMIT_FSIZE). */
	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_rc(file_replace(path, big, sizeof(big), &err), ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, EFBIG);
	text = test_read(path);
	ck_assert_str_eq(text, "old contents");
	ck_assert_uint_eq(test_count_entries(dir), 1);
}
END_TEST

START_TEST(replace_that_cannot_rename_removes_its_temporary_file)
{
	AUTO_FREE char *inside = test_text_file("d/target/x", "x");
	AUTO_FREE char *dir = test_path("d");
	AUTO_FREE char *target = test_path("d/target");
	struct err err = {0};

	ck_rc(file_replace(target, "new", 3, &err), ERR_IO, &err);
	ck_assert_uint_eq(test_count_entries(dir), 1);
	ck_assert(file_is_regular(inside));
}
END_TEST

START_TEST(replace_never_takes_over_a_file_that_looks_temporary)
{
	AUTO_FREE char *path = test_path("d/f");
	AUTO_FREE char *keep = NULL;
	AUTO_FREE char *text = NULL;
	struct err err = {0};

	for (int i = 0; i < 100; i++) {
		AUTO_FREE char *name = NULL;

		ck_assert_int_gt(asprintf(&name, "d/.f.%ld.%d.tmp", (long)getpid(), i), 0);
		free(test_text_file(name, "somebody else's"));
	}
	ck_rc(file_replace(path, "new", 3, &err), ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, EEXIST);
	ck_assert(!file_is_regular(path));
	keep = test_path("d/.f.%ld.0.tmp", (long)getpid());
	text = test_read(keep);
	ck_assert_str_eq(text, "somebody else's");
}
END_TEST

START_TEST(replace_replaces_a_link_and_not_what_it_points_to)
{
	AUTO_FREE char *outside = test_text_file("outside", "precious");
	AUTO_FREE char *path = test_path("link");
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *kept = NULL;
	struct err err = {0};

	ck_assert_int_eq(symlink(outside, path), 0);
	ck_rc(file_replace(path, "new", 3, &err), 0, &err);
	text = test_read(path);
	kept = test_read(outside);
	ck_assert_str_eq(text, "new");
	ck_assert_str_eq(kept, "precious");
}
END_TEST

START_TEST(replace_leaves_devices_pipes_and_links_to_them_alone)
{
	static const char *const names[] = {"null", "pipe", "to-pipe"};
	AUTO_FREE char *path = test_path("%s", names[_i]);
	struct err err = {0};
	struct stat st;

	if (_i == 0)
		ck_assert_int_eq(symlink("/dev/null", path), 0);
	if (_i == 1)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	if (_i == 2) {
		AUTO_FREE char *pipe_path = test_path("pipe");

		ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
		ck_assert_int_eq(symlink("pipe", path), 0);
	}
	ck_rc(file_replace(path, "x", 1, &err), ERR_IO, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "because it is a "));
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(!S_ISREG(st.st_mode));
}
END_TEST

START_TEST(replace_takes_the_longest_name_and_refuses_no_name)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *none = test_path("none/f");
	AUTO_FREE char *slash = test_path("f/");
	char name[256];
	struct err err = {0};

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	path = test_path("%s", name);
	ck_rc(file_replace(path, "x", 1, &err), 0, &err);
	ck_rc(file_replace(none, "x", 1, &err), ERR_NOT_FOUND, &err);
	ck_rc(file_replace(slash, "x", 1, &err), ERR_IO, &err);
}
END_TEST

START_TEST(create_refuses_what_exists)
{
	AUTO_FREE char *path = test_path("f");
	AUTO_FREE char *dangling = test_path("dangling");
	AUTO_FREE char *text = NULL;
	struct err err = {0};

	ck_rc(file_create(path, "one", 3, &err), 0, &err);
	ck_rc(file_create(path, "two", 3, &err), ERR_EXISTS, &err);
	text = test_read(path);
	ck_assert_str_eq(text, "one");
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	ck_rc(file_create(dangling, "x", 1, &err), ERR_EXISTS, &err);
}
END_TEST

START_TEST(create_that_cannot_write_leaves_nothing)
{
	AUTO_FREE char *path = test_path("f");
	struct rlimit limit = {4096, 4096};
	struct err err = {0};
	static char big[100000];

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_rc(file_create(path, big, sizeof(big), &err), ERR_IO, &err);
	ck_assert(!file_is_regular(path));
}
END_TEST

START_TEST(mkdirs_makes_parents_and_accepts_what_is_there)
{
	AUTO_FREE char *path = test_path("a/b//c/");
	AUTO_FREE char *file = test_text_file("f", "x");
	AUTO_FREE char *below = test_path("f/d");
	struct err err = {0};

	ck_rc(file_mkdirs(path, &err), 0, &err);
	ck_assert(file_is_directory(path));
	ck_rc(file_mkdirs(path, &err), 0, &err);
	ck_rc(file_mkdirs("/", &err), 0, &err);
	ck_rc(file_mkdirs(file, &err), ERR_IO, &err);
	ck_rc(file_mkdirs(below, &err), ERR_IO, &err);
	ck_rc(file_mkdirs("", &err), ERR_NOT_FOUND, &err);
}
END_TEST

START_TEST(kinds_are_told_apart)
{
	AUTO_FREE char *file = test_text_file("f", "x");
	AUTO_FREE char *none = test_path("none");

	ck_assert(file_is_regular(file));
	ck_assert(!file_is_directory(file));
	ck_assert(!file_is_regular("/dev/null"));
	ck_assert(file_is_directory("/"));
	ck_assert(!file_is_regular(none));
	ck_assert(!file_is_directory(none));

	ck_assert_str_eq(file_fault_text("no/where"), "missing");
	ck_assert_str_eq(file_fault_text("/"), "a directory");
	ck_assert_str_eq(file_fault_text("/dev/null"), "not a regular file");
	ck_assert_int_eq(symlink("round", "round"), 0);
	ck_assert_str_eq(file_fault_text("round"), "not reachable");
}
END_TEST

START_TEST(write_all_reports_a_full_device)
{
	AUTO_CLOSE int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct err err = {0};

	ck_assert_int_ge(fd, 0);
	ck_rc(file_write_all(fd, "x", 1, &err), ERR_IO, &err);
	ck_assert_int_eq(err.sys_errno, ENOSPC);
}
END_TEST

START_TEST(sealed_memfd_refuses_every_change)
{
	AUTO_CLOSE int fd = -1;
	struct err err = {0};
	char text[8] = {0};

	ck_rc(file_sealed_memfd(&fd, "unit", "sealed", 6, &err), 0, &err);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 6);
	ck_assert_str_eq(text, "sealed");
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(ftruncate(fd, 1), -1);
	ck_assert_int_eq(ftruncate(fd, 100), -1);
	ck_assert_ptr_eq(mmap(NULL, 6, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	ck_assert_int_eq(
	    fcntl(fd, F_GET_SEALS), F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_test(tc, read_appends_the_whole_file);
	tcase_add_test(tc, read_refuses_a_file_over_the_cap);
	tcase_add_test(tc, read_keeps_what_was_there_when_it_fails);
	tcase_add_test(tc, read_tells_absent_from_unreadable);
	tcase_add_test(tc, read_waits_for_no_writer_of_a_named_pipe);
	tcase_add_test(tc, read_fd_takes_a_pipe_to_its_end);
	tcase_add_test(tc, replace_creates_and_replaces_keeping_the_mode);
	tcase_add_test(tc, replace_that_cannot_write_leaves_the_old_file_and_nothing_else);
	tcase_add_test(tc, replace_that_cannot_rename_removes_its_temporary_file);
	tcase_add_loop_test(tc, replace_leaves_devices_pipes_and_links_to_them_alone, 0, 3);
	tcase_add_test(tc, replace_never_takes_over_a_file_that_looks_temporary);
	tcase_add_test(tc, replace_replaces_a_link_and_not_what_it_points_to);
	tcase_add_test(tc, replace_takes_the_longest_name_and_refuses_no_name);
	tcase_add_test(tc, create_refuses_what_exists);
	tcase_add_test(tc, create_that_cannot_write_leaves_nothing);
	tcase_add_test(tc, mkdirs_makes_parents_and_accepts_what_is_there);
	tcase_add_test(tc, kinds_are_told_apart);
	tcase_add_test(tc, write_all_reports_a_full_device);
	tcase_add_test(tc, sealed_memfd_refuses_every_change);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

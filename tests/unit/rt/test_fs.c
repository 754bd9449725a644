/* SPDX-License-Identifier: MIT */
/* The legacy file heads: roots, refusals, links. */
#include "lang/rt/config.h"
#include "lang/rt/decide.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FS (RT_GATE_SANDBOXED | RT_GATE_FS | RT_GATE_BLOCKING_IO)

static void begin(uint32_t gates, const char *read_roots, const char *write_roots)
{
	struct rt_config *c = rt_test_config();

	c->gates = gates;
	if (read_roots)
		rt_test_list(&c->read_roots, read_roots);
	if (write_roots)
		rt_test_list(&c->write_roots, write_roots);
	rt_test_begin();
	rt_test_events();
}

static void tree(void)
{
	free(test_text_file("data/a.txt", "alpha"));
	free(test_text_file("data/deep/b.txt", "beta"));
	free(test_text_file("data/.hid", "hidden"));
	free(test_text_file("other/c.txt", "gamma"));
	free(test_text_file("secret.txt", "secret"));
	ck_assert_int_eq(mkdir("out", 0777), 0);
	ck_assert_int_eq(symlink("../secret.txt", "data/up"), 0);
	ck_assert_int_eq(symlink("a.txt", "data/same"), 0);
	ck_assert_int_eq(symlink("..", "out/dir"), 0);
}

static void read_path(const char *path)
{
	(void)rt_os_fs_read_file(bytes_of(path));
}

#define READ(name, path)                                                                           \
	static void name(void)                                                                     \
	{                                                                                          \
		read_path(path);                                                                   \
	}

READ(read_a, "a.txt")
READ(read_absolute, "/etc/passwd")
READ(read_dotdot, "data/../secret.txt")
READ(read_dot, "./data/a.txt")
READ(read_empty, "")
READ(read_slash_end, "data/")
READ(read_double, "data//a.txt")
READ(read_backslash, "data\\a.txt")
READ(read_reserved, "data/.x07_fs/a")
READ(read_hidden, "data/.hid")
READ(read_missing, "data/nope")
READ(read_outside, "secret.txt")
READ(read_up, "data/up")
READ(read_same, "data/same")
READ(read_dir, "data/deep")

static void read_nul(void)
{
	(void)rt_os_fs_read_file(rt_bytes_clone((rt_view){(const rt_u8 *)"a\0b", 3}));
}

static void write_hidden(void)
{
	rt_os_fs_write_file(view_of("out/.x"), view_of(""));
}

static void write_up(void)
{
	rt_os_fs_write_file(view_of("../x"), view_of(""));
}

START_TEST(reading_strips_the_root_or_joins_it)
{
	tree();
	begin(FS, "data;other", NULL);
	ck_bytes(rt_os_fs_read_file(bytes_of("data/a.txt")), "alpha");
	ck_bytes(rt_os_fs_read_file(bytes_of("a.txt")), "alpha");
	ck_bytes(rt_os_fs_read_file(bytes_of("deep/b.txt")), "beta");
	ck_bytes(rt_os_fs_read_file(bytes_of("c.txt")), "gamma");
	ck_bytes(rt_os_fs_read_file(bytes_of("other/c.txt")), "gamma");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	ck_no_event();
}
END_TEST

START_TEST(the_working_directory_is_a_root_too)
{
	tree();
	begin(FS, ".", NULL);
	ck_bytes(rt_os_fs_read_file(bytes_of("secret.txt")), "secret");
	ck_trap(read_missing, "os.fs.read_file open failed path=./data/nope");
	ck_no_event();
}
END_TEST

START_TEST(unsafe_paths_trap)
{
	tree();
	begin(FS | RT_GATE_DENY_HIDDEN, "data", NULL);
	ck_trap(read_absolute, "os.fs.read_file unsafe path");
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, 0, "/etc/passwd");
	ck_trap(read_dotdot, "os.fs.read_file unsafe path");
	ck_trap(read_dot, "os.fs.read_file unsafe path");
	ck_trap(read_empty, "os.fs.read_file unsafe path");
	ck_trap(read_slash_end, "os.fs.read_file unsafe path");
	ck_trap(read_double, "os.fs.read_file unsafe path");
	ck_trap(read_backslash, "os.fs.read_file unsafe path");
	ck_trap(read_reserved, "os.fs.read_file unsafe path");
	ck_trap(read_nul, "os.fs.read_file unsafe path");
	ck_trap(read_hidden, "os.fs.read_file hidden path denied");
	ck_trap(write_hidden, "os.fs.write_file hidden path denied");
	ck_trap(write_up, "os.fs.write_file unsafe path");
}
END_TEST

START_TEST(closed_gates_trap)
{
	begin(RT_GATE_SANDBOXED, "data", NULL);
	ck_trap(read_a, "os.fs disabled by policy");
	ck_event(RT_EV_FS_READ, RT_WHY_DISABLED, 0, "a.txt");
	begin(RT_GATE_SANDBOXED | RT_GATE_FS, "data", NULL);
	ck_trap(read_a, "os.threads.blocking disabled by policy");
	ck_event(RT_EV_FS_READ, RT_WHY_GATE, 0, "a.txt");
}
END_TEST

START_TEST(what_no_root_holds_is_reported)
{
	tree();
	begin(FS, "data", NULL);
	ck_trap(read_outside, "os.fs.read_file open failed path=data/secret.txt");
	ck_event(RT_EV_FS_READ, RT_WHY_NO_ROOT, ENOENT, "secret.txt");
	ck_trap(read_missing, "os.fs.read_file open failed path=data/nope");
	ck_no_event();
	ck_trap(read_dir, "os.fs.read_file open failed path=data/deep");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("x"), view_of("y")), EACCES);
	ck_event(RT_EV_FS_WRITE, RT_WHY_NO_ROOT, EACCES, "x");
}
END_TEST

START_TEST(links_never_lead_out)
{
	tree();
	begin(FS, "data", "out");
	ck_trap(read_up, "os.fs.read_file open failed path=data/up");
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, ELOOP, "data/up");
	ck_trap(read_same, "os.fs.read_file open failed path=data/same");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/dir/x"), view_of("y")), ELOOP);
	begin(FS | RT_GATE_FS_SYMLINKS, "data", "out");
	ck_bytes(rt_os_fs_read_file(bytes_of("data/same")), "alpha");
	ck_trap(read_up, "os.fs.read_file open failed path=data/up");
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, EXDEV, "data/up");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/dir/x"), view_of("y")), EXDEV);
	ck_assert_int_eq(access("x", F_OK), -1);
}
END_TEST

START_TEST(writing_creates_truncates_and_makes_no_directory)
{
	char *text;

	tree();
	begin(FS, NULL, "out");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/a"), view_of("longer text")), 0);
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("a"), view_of("short")), 0);
	text = test_read("out/a");
	ck_assert_str_eq(text, "short");
	free(text);
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/n/a"), view_of("x")), ENOENT);
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/e"), view_of("")), 0);
	ck_assert_int_eq(mkdir("out/d", 0777), 0);
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/d"), view_of("x")), EISDIR);
	ck_no_event();
}
END_TEST

START_TEST(a_missing_write_root_is_not_created)
{
	begin(FS, NULL, "out");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("out/a"), view_of("x")), ENOENT);
	ck_assert_int_eq(access("out", F_OK), -1);
	ck_no_event();
}
END_TEST

START_TEST(without_a_policy_paths_are_as_they_are)
{
	char *path = test_path("abs");

	tree();
	begin(0, NULL, NULL);
	ck_assert_uint_eq(rt_os_fs_write_file(view_of(path), view_of("x")), 0);
	ck_bytes(rt_os_fs_read_file(bytes_of(path)), "x");
	ck_bytes(rt_os_fs_read_file(bytes_of("data/../data/up")), "secret");
	ck_bytes(rt_os_fs_read_file(bytes_of("data/.hid")), "hidden");
	ck_trap(read_nul, "os.fs.read_file path contains NUL");
	ck_trap(read_a, "os.fs.read_file open failed path=a.txt");
	ck_no_event();
	free(path);
}
END_TEST

static void read_huge(void)
{
	(void)rt_os_fs_read_file(bytes_of("huge"));
}

static void read_larger_than_memory(void)
{
	(void)rt_os_fs_read_file(bytes_of("large"));
}

START_TEST(hostile_sizes_and_special_files_are_bounded)
{
	char name[RT_PATH_MAX + 10];
	int fd = open("huge", O_WRONLY | O_CREAT, 0666);

	ck_assert_int_eq(ftruncate(fd, 5ll << 30), 0);
	close(fd);
	fd = open("large", O_WRONLY | O_CREAT, 0666);
	ck_assert_int_eq(ftruncate(fd, 80 << 20), 0);
	close(fd);
	begin(0, NULL, NULL);
	ck_trap(read_huge, "os.fs.read_file file too large");
	ck_trap(read_larger_than_memory, "out of memory");
	rt_bytes_drop(rt_os_fs_read_file(bytes_of("/proc/self/status")));
	ck_bytes(rt_os_fs_read_file(bytes_of("/dev/null")), "");
	ck_assert_uint_eq(rt_os_fs_write_file(view_of("/dev/full"), view_of("x")), ENOSPC);
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ck_assert_uint_eq(rt_os_fs_write_file(view_of(name), view_of("x")), ENAMETOOLONG);
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

/* More roots than descriptors are kept for. */
START_TEST(every_one_of_many_roots_is_tried)
{
	char roots[1024] = "";

	for (int i = 0; i < 60; i++) {
		char item[16];

		(void)snprintf(item, sizeof(item), "%sr%d", i ? ";" : "", i);
		memcpy(roots + strlen(roots), item, strlen(item) + 1);
		(void)snprintf(item, sizeof(item), "r%d", i);
		ck_assert_int_eq(mkdir(item, 0777), 0);
	}
	free(test_text_file("r57/f", "found"));
	free(test_text_file("r3/g", "early"));
	begin(FS, roots, NULL);
	for (int i = 0; i < 3; i++) {
		ck_bytes(rt_os_fs_read_file(bytes_of("f")), "found");
		ck_bytes(rt_os_fs_read_file(bytes_of("g")), "early");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fs");
	TCase *tc = tcase_create("fs");

	tcase_add_checked_fixture(tc, rt_test_folder, NULL);
	tcase_add_test(tc, reading_strips_the_root_or_joins_it);
	tcase_add_test(tc, the_working_directory_is_a_root_too);
	tcase_add_test(tc, unsafe_paths_trap);
	tcase_add_test(tc, closed_gates_trap);
	tcase_add_test(tc, what_no_root_holds_is_reported);
	tcase_add_test(tc, links_never_lead_out);
	tcase_add_test(tc, writing_creates_truncates_and_makes_no_directory);
	tcase_add_test(tc, a_missing_write_root_is_not_created);
	tcase_add_test(tc, without_a_policy_paths_are_as_they_are);
	tcase_add_test(tc, hostile_sizes_and_special_files_are_bounded);
	tcase_add_test(tc, every_one_of_many_roots_is_tried);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

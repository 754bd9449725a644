/* SPDX-License-Identifier: MIT */
/* The *_v1 file heads: capabilities, codes, limits, trees, streams. */
#include "lang/rt/config.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_stream.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FS (RT_GATE_SANDBOXED | RT_GATE_FS)
#define ALL                                                                                        \
	(FS | RT_GATE_FS_MKDIR | RT_GATE_FS_REMOVE | RT_GATE_FS_RENAME | RT_GATE_FS_WALK |         \
	    RT_GATE_FS_GLOB)
#define DEFAULT (FS_FLAG_PARENTS | FS_FLAG_OVERWRITE | FS_FLAG_ATOMIC)

static void begin(uint32_t gates)
{
	struct rt_config *c = rt_test_config();

	c->gates = gates;
	rt_test_list(&c->read_roots, "data;out");
	rt_test_list(&c->write_roots, "out");
	rt_test_begin();
	rt_test_events();
}

static void tree(void)
{
	free(test_text_file("data/a.txt", "alpha"));
	free(test_text_file("data/b/c.txt", "beta"));
	free(test_text_file("data/b/d/e.txt", "eta"));
	free(test_text_file("data/.hid", "hidden"));
	free(test_text_file("secret.txt", "secret"));
	ck_assert_int_eq(mkdir("out", 0777), 0);
	ck_assert_int_eq(symlink("../secret.txt", "data/up"), 0);
}

static void ck_file(const char *path, const char *want)
{
	char *text = test_read(path);

	ck_assert_str_eq(text, want);
	free(text);
}

static rt_u32 code(rt_res_i32 r)
{
	return r.tag ? 0 : r.value;
}

static rt_u32 bytes_code(rt_res_bytes r)
{
	rt_bytes_drop(r.value);
	return r.tag ? 0 : r.err;
}

static rt_u32 read_code(const char *path)
{
	return bytes_code(rt_os_fs_read_all_v1(bytes_of(path), caps_of(0)));
}

static rt_u32 write_code(const char *path, rt_u32 flags)
{
	return code(rt_os_fs_write_all_v1(bytes_of(path), bytes_of("text"), caps_of(flags)));
}

START_TEST(reading_follows_roots_and_reports_codes)
{
	char *absolute = test_path("data/a.txt");

	tree();
	begin(ALL);
	ck_bytes(rt_os_fs_read_all_v1(bytes_of("data/a.txt"), caps_of(DEFAULT)).value, "alpha");
	ck_bytes(rt_os_fs_read_all_v1(bytes_of("./data/./a.txt"), caps_of(0)).value, "alpha");
	ck_bytes(rt_os_fs_read_all_v1(bytes_of(absolute), caps_of(0)).value, "alpha");
	ck_assert_uint_eq(read_code("data/none"), FS_NOT_FOUND);
	ck_assert_uint_eq(read_code("data"), FS_IS_DIR);
	ck_assert_uint_eq(read_code("data/a.txt/x"), FS_NOT_DIR);
	ck_no_event();
	ck_assert_uint_eq(read_code("secret.txt"), FS_POLICY_DENY);
	ck_event(RT_EV_FS_READ, RT_WHY_NO_ROOT, 0, "secret.txt");
	ck_assert_uint_eq(read_code("/etc/passwd"), FS_POLICY_DENY);
	ck_event(RT_EV_FS_READ, RT_WHY_NO_ROOT, 0, "/etc/passwd");
	ck_assert_uint_eq(read_code("data/up"), FS_SYMLINK);
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, ELOOP, "data/up");
	ck_assert_uint_eq(read_code("dataset"), FS_POLICY_DENY);
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	free(absolute);
}
END_TEST

static const char *const bad_paths[] = {
    "", ".", "/", "a//b", "a/", "../a", "data/../secret.txt", "a\\b", "\xff"};

START_TEST(bad_paths_are_refused)
{
	begin(ALL);
	ck_assert_uint_eq(read_code(bad_paths[_i]), FS_BAD_PATH);
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, 0, bad_paths[_i]);
}
END_TEST

START_TEST(bad_capabilities_are_refused_first)
{
	rt_bytes version;

	begin(RT_GATE_SANDBOXED);
	version = caps_of(0);
	version.ptr[0] = 2;
	ck_assert_uint_eq(bytes_code(rt_os_fs_read_all_v1(bytes_of("a"), version)), FS_BAD_CAPS);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("a"), bytes_of("12345678901234567890123"))),
	    FS_BAD_CAPS);
	ck_no_event();
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of(""), bytes_of(""))), FS_BAD_CAPS);
	ck_assert_uint_eq(read_code("data/a.txt"), FS_DISABLED);
	ck_event(RT_EV_FS_READ, RT_WHY_DISABLED, 0, "data/a.txt");
}
END_TEST

START_TEST(a_link_flag_needs_the_policy)
{
	tree();
	begin(ALL);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/a.txt"), caps_of(FS_FLAG_SYMLINKS))),
	    FS_SYMLINK);
	ck_event(RT_EV_FS_READ, RT_WHY_GATE, 0, "data/a.txt");
	begin(ALL | RT_GATE_FS_SYMLINKS);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/up"), caps_of(FS_FLAG_SYMLINKS))),
	    FS_POLICY_DENY);
	ck_event(RT_EV_FS_READ, RT_WHY_UNSAFE_PATH, EXDEV, "data/up");
}
END_TEST

START_TEST(the_program_cannot_lift_deny_hidden)
{
	tree();
	begin(ALL | RT_GATE_DENY_HIDDEN);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/.hid"), caps_of(FS_FLAG_HIDDEN))),
	    FS_POLICY_DENY);
	ck_event(RT_EV_FS_READ, RT_WHY_HIDDEN, 0, "data/.hid");
	ck_bytes(rt_os_fs_list_dir_sorted_text_v1(bytes_of("data"), caps_of(FS_FLAG_HIDDEN)).value,
	    "a.txt\nb\nup\n");
	begin(ALL);
	ck_bytes(rt_os_fs_read_all_v1(bytes_of("data/.hid"), caps_of(0)).value, "hidden");
	ck_bytes(rt_os_fs_list_dir_sorted_text_v1(bytes_of("data"), caps_of(0)).value,
	    ".hid\na.txt\nb\nup\n");
}
END_TEST

START_TEST(limits_are_the_smaller_of_policy_and_program)
{
	tree();
	begin(ALL);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/a.txt"), caps_full(4, 0, 0, 0, 0))),
	    FS_TOO_LARGE);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/a.txt"), caps_full(5, 0, 0, 0, 0))), 0);
	ck_assert_uint_eq(code(rt_os_fs_write_all_v1(
			      bytes_of("out/x"), bytes_of("12345"), caps_full(0, 4, 0, 0, 0))),
	    FS_TOO_LARGE);
	ck_assert_uint_eq(bytes_code(rt_os_fs_list_dir_sorted_text_v1(
			      bytes_of("data"), caps_full(0, 0, 3, 0, 0))),
	    FS_TOO_MANY);
	rt_test_config();
	begin(ALL);
	((struct rt_config *)(uintptr_t)rt_state.config)->fs_max_read = 3;
	((struct rt_config *)(uintptr_t)rt_state.config)->fs_max_write = 3;
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_read_all_v1(bytes_of("data/a.txt"), caps_full(100, 0, 0, 0, 0))),
	    FS_TOO_LARGE);
	ck_assert_uint_eq(write_code("out/x", 0), FS_TOO_LARGE);
}
END_TEST

START_TEST(write_flags_need_rights)
{
	tree();
	begin(FS);
	ck_assert_uint_eq(write_code("out/x", FS_FLAG_PARENTS), FS_POLICY_DENY);
	ck_event(RT_EV_FS_WRITE, RT_WHY_GATE, 0, "out/x");
	ck_assert_uint_eq(write_code("out/x", FS_FLAG_ATOMIC), FS_POLICY_DENY);
	ck_assert_uint_eq(write_code("out/x", 0), 0);
	ck_assert_uint_eq(code(rt_os_fs_mkdirs_v1(bytes_of("out/d"), caps_of(0))), FS_POLICY_DENY);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_file_v1(bytes_of("out/x"), caps_of(0))), FS_POLICY_DENY);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_dir_all_v1(bytes_of("out/x"), caps_of(0))), FS_POLICY_DENY);
	ck_assert_uint_eq(
	    code(rt_os_fs_rename_v1(bytes_of("out/x"), bytes_of("out/y"), caps_of(0))),
	    FS_POLICY_DENY);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_list_dir_sorted_text_v1(bytes_of("data"), caps_of(0))),
	    FS_POLICY_DENY);
	begin(FS | RT_GATE_FS_WALK);
	ck_assert_uint_eq(bytes_code(rt_os_fs_walk_glob_sorted_text_v1(
			      bytes_of("data"), bytes_of("*"), caps_of(0))),
	    FS_POLICY_DENY);
}
END_TEST

START_TEST(writing_in_place_and_atomically)
{
	tree();
	begin(ALL);
	ck_assert_uint_eq(write_code("out/x", 0), 0);
	ck_assert_uint_eq(write_code("out/x", 0), FS_EXISTS);
	ck_assert_uint_eq(write_code("out/x", FS_FLAG_ATOMIC), FS_EXISTS);
	ck_assert_uint_eq(write_code("out/x", FS_FLAG_OVERWRITE), 0);
	ck_assert_uint_eq(write_code("out/n/m/y", 0), FS_NOT_FOUND);
	ck_assert_uint_eq(write_code("out/n/m/y", DEFAULT), 0);
	ck_file("out/n/m/y", "text");
	ck_assert_uint_eq(write_code("out/n/m/y", DEFAULT), 0);
	ck_assert_uint_eq(test_count_entries("out/n/m"), 1);
	ck_assert_uint_eq(write_code("out/n", DEFAULT), FS_IS_DIR);
	ck_assert_uint_eq(write_code("out/n", 0), FS_IS_DIR);
	ck_assert_uint_eq(write_code("out", DEFAULT), FS_IS_DIR);
	ck_assert_uint_eq(write_code("out/x/z", DEFAULT), FS_NOT_DIR);
	ck_no_event();
	ck_assert_uint_eq(write_code("data/x", DEFAULT), FS_POLICY_DENY);
	ck_event(RT_EV_FS_WRITE, RT_WHY_NO_ROOT, 0, "data/x");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

START_TEST(appending)
{
	tree();
	begin(ALL);
	ck_assert_uint_eq(
	    code(rt_os_fs_append_all_v1(bytes_of("out/l"), bytes_of("a"), caps_of(DEFAULT))),
	    FS_UNSUPPORTED);
	ck_assert_uint_eq(
	    code(rt_os_fs_append_all_v1(bytes_of("out/l"), bytes_of("a"), caps_of(0))), 0);
	ck_assert_uint_eq(
	    rt_os_fs_append_all_v1(bytes_of("out/l"), bytes_of("bc"), caps_of(0)).value, 2);
	ck_file("out/l", "abc");
}
END_TEST

START_TEST(directories_are_made_renamed_and_removed)
{
	tree();
	begin(ALL);
	ck_assert_uint_eq(code(rt_os_fs_mkdirs_v1(bytes_of("out/p/q/r"), caps_of(0))), 0);
	ck_assert_uint_eq(code(rt_os_fs_mkdirs_v1(bytes_of("out/p/q/r"), caps_of(0))), 0);
	ck_assert_uint_eq(code(rt_os_fs_mkdirs_v1(bytes_of("out"), caps_of(0))), 0);
	ck_assert_uint_eq(write_code("out/p/q/f", 0), 0);
	ck_assert_uint_eq(
	    code(rt_os_fs_mkdirs_v1(bytes_of("out/p/q/f/g"), caps_of(0))), FS_NOT_DIR);
	ck_assert_uint_eq(
	    code(rt_os_fs_rename_v1(bytes_of("out/p"), bytes_of("out/z"), caps_of(0))), 0);
	ck_assert_uint_eq(write_code("out/f", 0), 0);
	ck_assert_uint_eq(
	    code(rt_os_fs_rename_v1(bytes_of("out/f"), bytes_of("out/z/q/f"), caps_of(0))),
	    FS_EXISTS);
	ck_assert_uint_eq(code(rt_os_fs_rename_v1(bytes_of("out/f"), bytes_of("out/z/q/f"),
			      caps_of(FS_FLAG_OVERWRITE))),
	    0);
	ck_assert_uint_eq(
	    code(rt_os_fs_rename_v1(bytes_of("out/f"), bytes_of("out/g"), caps_of(0))),
	    FS_NOT_FOUND);
	ck_assert_uint_eq(
	    code(rt_os_fs_rename_v1(bytes_of("data/a.txt"), bytes_of("out/g"), caps_of(0))),
	    FS_POLICY_DENY);
	ck_assert_uint_eq(code(rt_os_fs_remove_file_v1(bytes_of("out/z"), caps_of(0))), FS_IS_DIR);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_dir_all_v1(bytes_of("out/z/q/f"), caps_of(0))), FS_NOT_DIR);
	ck_assert_uint_eq(code(rt_os_fs_remove_file_v1(bytes_of("out/z/q/f"), caps_of(0))), 0);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_file_v1(bytes_of("out/z/q/f"), caps_of(0))), FS_NOT_FOUND);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_dir_all_v1(bytes_of("out"), caps_of(0))), FS_POLICY_DENY);
}
END_TEST

START_TEST(removing_a_tree_does_not_follow_links)
{
	tree();
	free(test_text_file("out/t/keep/me", "x"));
	for (int i = 0; i < 300; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "out/t/many/file-with-a-longer-name-%d", i);
		free(test_text_file(name, "x"));
	}
	ck_assert_int_eq(symlink("../../data", "out/t/link"), 0);
	begin(ALL);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_dir_all_v1(bytes_of("out/t/link"), caps_of(0))), FS_NOT_DIR);
	ck_assert_uint_eq(code(rt_os_fs_remove_dir_all_v1(bytes_of("out/t"), caps_of(0))), 0);
	ck_assert_uint_eq(
	    code(rt_os_fs_remove_dir_all_v1(bytes_of("out/t"), caps_of(0))), FS_NOT_FOUND);
	ck_assert_uint_eq(test_count_entries("out"), 0);
	ck_file("data/a.txt", "alpha");
}
END_TEST

static void ck_stat(const char *path, rt_u32 kind, rt_u32 size)
{
	rt_res_bytes r = rt_os_fs_stat_v1(bytes_of(path), caps_of(0));
	rt_view v = rt_bytes_view(r.value);

	ck_assert_uint_eq(r.tag, 1);
	ck_assert_uint_eq(v.len, 16);
	ck_assert_uint_eq(rt_codec_read_u32_le(v, 0), 1);
	ck_assert_uint_eq(rt_codec_read_u32_le(v, 4), kind);
	ck_assert_uint_eq(rt_codec_read_u32_le(v, 8), size);
	ck_assert_int_eq(rt_codec_read_u32_le(v, 12) != 0, kind != 0);
	rt_bytes_drop(r.value);
}

START_TEST(stat_tells_the_kind)
{
	tree();
	begin(ALL);
	ck_stat("data/a.txt", 1, 5);
	ck_stat("data/b", 2, 0);
	ck_stat("data", 2, 0);
	ck_stat("data/up", 3, 0);
	ck_stat("data/none", 0, 0);
	ck_stat("data/none/deeper", 0, 0);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_stat_v1(bytes_of("secret.txt"), caps_of(0))), FS_POLICY_DENY);
}
END_TEST

static rt_bytes walked(const char *root, const char *glob, rt_u32 entries, rt_u32 depth)
{
	rt_res_bytes r = rt_os_fs_walk_glob_sorted_text_v1(
	    bytes_of(root), bytes_of(glob), caps_full(0, 0, entries, depth, 0));

	ck_assert_uint_eq(r.tag, 1);
	return r.value;
}

START_TEST(walking_lists_matching_files_in_order)
{
	tree();
	begin(ALL | RT_GATE_DENY_HIDDEN);
	ck_bytes(walked("data", "*.txt", 0, 0), "a.txt\nb/c.txt\nb/d/e.txt\n");
	ck_bytes(walked("data", "b/**", 0, 0), "b/c.txt\nb/d/e.txt\n");
	ck_bytes(walked("data", "nothing", 0, 0), "\n");
	ck_bytes(walked("out", "*", 0, 0), "\n");
	ck_assert_uint_eq(bytes_code(rt_os_fs_walk_glob_sorted_text_v1(
			      bytes_of("data"), bytes_of("*"), caps_full(0, 0, 0, 1, 0))),
	    FS_TOO_DEEP);
	ck_bytes(walked("data", "a*", 0, 2), "a.txt\n");
	ck_assert_uint_eq(bytes_code(rt_os_fs_walk_glob_sorted_text_v1(
			      bytes_of("data"), bytes_of("*"), caps_full(0, 0, 5, 0, 0))),
	    FS_TOO_MANY);
	ck_assert_uint_eq(bytes_code(rt_os_fs_walk_glob_sorted_text_v1(
			      bytes_of("data"), bytes_of("[a"), caps_of(0))),
	    FS_BAD_PATH);
	ck_assert_uint_eq(
	    bytes_code(rt_os_fs_list_dir_sorted_text_v1(bytes_of("data/a.txt"), caps_of(0))),
	    FS_NOT_DIR);
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

START_TEST(names_that_text_cannot_carry_are_skipped)
{
	tree();
	free(test_text_file("data/b/two\nlines", ""));
	free(test_text_file("data/b/\xff", ""));
	begin(ALL);
	ck_bytes(
	    rt_os_fs_list_dir_sorted_text_v1(bytes_of("data/b"), caps_of(0)).value, "c.txt\nd\n");
	ck_bytes(rt_os_fs_list_dir_sorted_text_v1(bytes_of("out"), caps_of(0)).value, "\n");
}
END_TEST

START_TEST(streams_read_and_write_within_limits)
{
	rt_u32 w, r;

	tree();
	begin(ALL);
	w = rt_os_fs_stream_open_write_v1(bytes_of("out/s"), caps_full(0, 6, 0, 0, DEFAULT)).value;
	ck_assert_uint_eq(rt_os_fs_stream_write_all_v1(w, view_of("abcd")).value, 4);
	ck_assert_uint_eq(code(rt_os_fs_stream_write_all_v1(w, view_of("efg"))), FS_TOO_LARGE);
	ck_assert_uint_eq(rt_os_fs_stream_write_all_v1(w, view_of("ef")).value, 2);
	ck_assert_int_eq(access("out/s", F_OK), -1);
	ck_assert_uint_eq(code(rt_os_fs_stream_close_read_v1(w)), FS_BAD_HANDLE);
	ck_assert_uint_eq(rt_os_fs_stream_close_v1(w).value, 1);
	ck_assert_uint_eq(rt_os_fs_stream_close_v1(w).value, 1);
	ck_file("out/s", "abcdef");
	ck_assert_uint_eq(test_count_entries("out"), 1);
	ck_assert_uint_eq(code(rt_os_fs_stream_write_all_v1(w, view_of("x"))), FS_BAD_HANDLE);
	r = rt_os_fs_stream_open_read_v1(bytes_of("out/s"), caps_full(5, 0, 0, 0, 0)).value;
	ck_bytes(rt_os_fs_stream_read_some_v1(r, (rt_u32)-1).value, "");
	ck_bytes(rt_os_fs_stream_read_some_v1(r, 3).value, "abc");
	ck_bytes(rt_os_fs_stream_read_some_v1(r, 100).value, "de");
	ck_bytes(rt_os_fs_stream_read_some_v1(r, 100).value, "");
	ck_assert_uint_eq(bytes_code(rt_os_fs_stream_read_some_v1(w, 1)), FS_BAD_HANDLE);
	ck_assert_uint_eq(rt_os_fs_stream_close_read_v1(r).tag, 1);
	ck_assert_uint_eq(code(rt_os_fs_stream_close_v1(77)), FS_BAD_HANDLE);
	ck_assert_uint_eq(
	    code(rt_os_fs_stream_open_read_v1(bytes_of("data"), caps_of(0))), FS_IS_DIR);
	ck_assert_uint_eq(
	    code(rt_os_fs_stream_open_read_v1(bytes_of("data/no"), caps_of(0))), FS_NOT_FOUND);
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

START_TEST(dropped_streams_leave_no_temporary_file)
{
	rt_u32 w;

	tree();
	begin(ALL);
	w = rt_os_fs_stream_open_write_v1(bytes_of("out/s"), caps_of(DEFAULT)).value;
	ck_assert_uint_eq(test_count_entries("out"), 1);
	ck_assert_uint_eq(rt_os_fs_stream_drop_v1(w), 1);
	ck_assert_uint_eq(rt_os_fs_stream_drop_v1(w), 1);
	ck_assert_uint_eq(rt_os_fs_stream_drop_read_v1(12345), 1);
	ck_assert_uint_eq(test_count_entries("out"), 0);
	for (int i = 0; i < 64; i++)
		ck_assert_uint_eq(
		    rt_os_fs_stream_open_read_v1(bytes_of("data/a.txt"), caps_of(0)).tag, 1);
	ck_assert_uint_eq(
	    code(rt_os_fs_stream_open_read_v1(bytes_of("data/a.txt"), caps_of(0))), FS_IO);
	rt_fs_streams_end();
	w = rt_os_fs_stream_open_write_v1(bytes_of("out/s"), caps_of(DEFAULT)).value;
	ck_assert_uint_ne(w, 0);
	rt_fs_streams_end();
	ck_assert_uint_eq(test_count_entries("out"), 0);
}
END_TEST

START_TEST(without_a_policy_the_program_chooses_limits_and_places)
{
	char *path = test_path("free/x");

	tree();
	rt_test_config();
	rt_test_begin();
	ck_assert_uint_eq(
	    code(rt_os_fs_write_all_v1(bytes_of(path), bytes_of("1"), caps_of(DEFAULT))), 0);
	ck_file("free/x", "1");
	ck_bytes(
	    rt_os_fs_read_all_v1(bytes_of("data/up"), caps_of(FS_FLAG_SYMLINKS)).value, "secret");
	ck_bytes(walked("data/b", "**/e.txt", 0, 0), "d/e.txt\n");
	free(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fs_v1");
	TCase *tc = tcase_create("fs_v1");

	tcase_add_checked_fixture(tc, rt_test_folder, NULL);
	tcase_add_test(tc, reading_follows_roots_and_reports_codes);
	tcase_add_loop_test(tc, bad_paths_are_refused, 0, sizeof(bad_paths) / sizeof(bad_paths[0]));
	tcase_add_test(tc, bad_capabilities_are_refused_first);
	tcase_add_test(tc, a_link_flag_needs_the_policy);
	tcase_add_test(tc, the_program_cannot_lift_deny_hidden);
	tcase_add_test(tc, limits_are_the_smaller_of_policy_and_program);
	tcase_add_test(tc, write_flags_need_rights);
	tcase_add_test(tc, writing_in_place_and_atomically);
	tcase_add_test(tc, appending);
	tcase_add_test(tc, directories_are_made_renamed_and_removed);
	tcase_add_test(tc, removing_a_tree_does_not_follow_links);
	tcase_add_test(tc, stat_tells_the_kind);
	tcase_add_test(tc, walking_lists_matching_files_in_order);
	tcase_add_test(tc, names_that_text_cannot_carry_are_skipped);
	tcase_add_test(tc, streams_read_and_write_within_limits);
	tcase_add_test(tc, dropped_streams_leave_no_temporary_file);
	tcase_add_test(tc, without_a_policy_the_program_chooses_limits_and_places);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The output frame, the test trailer and the statistics line. */
#include "lang/rt/arena.h"
#include "lang/rt/report.h"
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void start(void)
{
	rt_test_config();
	rt_test_begin();
}

static int out_file(void)
{
	return open("out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
}

static size_t read_out(char *buf, size_t size)
{
	int fd = open("out", O_RDONLY);
	ssize_t n = read(fd, buf, size);

	close(fd);
	ck_assert_int_ge(n, 0);
	return (size_t)n;
}

START_TEST(output_is_framed)
{
	char got[64];

	ck_assert_int_eq(rt_write_output(out_file(), view_of("hello")), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), 9);
	ck_assert_mem_eq(got, "\5\0\0\0hello", 9);
	ck_assert_int_eq(rt_write_output(out_file(), view_of("")), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), 4);
	ck_assert_int_eq(rt_write_output(open("/dev/full", O_WRONLY), view_of("x")), ENOSPC);
}
END_TEST

static void write_capped(uint32_t max, rt_u32 len, size_t want)
{
	static char got[100000];
	rt_bytes data;

	rt_test_config()->max_output = max;
	rt_test_begin();
	data = rt_bytes_alloc(len);
	ck_assert_int_eq(rt_write_output(out_file(), rt_bytes_view(data)), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), want);
	ck_assert_uint_eq(rt_codec_read_u32_le((rt_view){(rt_u8 *)got, 4}, 0), len);
	rt_heap_drop();
}

START_TEST(too_much_output_is_cut_one_byte_beyond_the_maximum)
{
	write_capped(10, 10, 14);
	write_capped(10, 11, 15);
	write_capped(10, 12, 15);
	write_capped(10, 90000, 15);
	write_capped(80000, 90000, 80005);
	write_capped(0, 5, 5);
}
END_TEST

START_TEST(a_failed_equality_is_told_after_its_status)
{
	static const rt_u8 status[5] = {0, 0xEB, 3, 0, 0};
	char long_text[101];
	char got[256];

	memset(long_text, 'L', 100);
	long_text[100] = '\0';
	ck_assert_int_eq(rt_write_output(out_file(), (rt_view){status, 5}), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), 9);
	rt_bytes_eq(view_of("first"), view_of("other"));
	rt_view_eq(view_of("got"), view_of(long_text));
	rt_view_eq(view_of("same"), view_of("same"));
	ck_assert_int_eq(rt_write_output(out_file(), (rt_view){status, 5}), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), 4 + 5 + 13 + 3 + 64);
	ck_assert_mem_eq(got, "\x55\0\0\0\0\xEB\3\0\0X7T1\x40\3\0\0\0\x64\0\0\0gotLLL", 28);
	ck_assert_int_eq(
	    rt_write_output(out_file(), (rt_view){(const rt_u8 *)"\1\xEB\3\0\0", 5}), 0);
	ck_assert_uint_eq(read_out(got, sizeof(got)), 9);
}
END_TEST

START_TEST(statistics_have_all_keys_in_order)
{
	char got[2048];
	size_t n;

	rt.fuel -= 123;
	rt_bytes_drop(rt_bytes_concat(bytes_of("ab"), bytes_of("c")));
	rt_map_u32_new(2);
	ck_assert_int_eq(rt_write_stats(out_file()), 0);
	n = read_out(got, sizeof(got) - 1);
	got[n] = '\0';
	ck_assert_str_eq(got,
	    "{\"fuel_used\":123,\"heap_used\":144,\"fs_read_file_calls\":0,\"fs_list_dir_calls\":0,"
	    "\"rr_open_calls\":0,\"rr_close_calls\":0,\"rr_stats_calls\":0,\"rr_next_calls\":0,"
	    "\"rr_next_miss_calls\":0,\"rr_append_calls\":0,\"kv_get_calls\":0,\"kv_set_calls\":0,"
	    "\"sched_stats\":{\"tasks_spawned\":0,\"spawn_calls\":0,\"join_calls\":0,"
	    "\"yield_calls\":0,\"sleep_calls\":0,\"chan_send_calls\":0,\"chan_recv_calls\":0,"
	    "\"ctx_switches\":0,\"wake_events\":0,\"blocked_waits\":0,\"virtual_time_end\":0,"
	    "\"sched_trace_hash\":\"0x14650fb0739d0383\"},\"mem_stats\":{\"alloc_calls\":4,"
	    "\"realloc_calls\":0,\"free_calls\":4,\"bytes_alloc_total\":22,"
	    "\"bytes_freed_total\":22,\"live_bytes\":0,\"peak_live_bytes\":16,\"live_allocs\":0,"
	    "\"peak_live_allocs\":3,\"memcpy_bytes\":6}}\n");
}
END_TEST

START_TEST(exhausted_fuel_never_counts_below_zero)
{
	char got[64] = "";

	rt.fuel = -5;
	ck_assert_int_eq(rt_write_stats(out_file()), 0);
	read_out(got, sizeof(got) - 1);
	ck_assert_ptr_nonnull(strstr(got, "{\"fuel_used\":1000000,"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, output_is_framed);
	tcase_add_test(tc, too_much_output_is_cut_one_byte_beyond_the_maximum);
	tcase_add_test(tc, a_failed_equality_is_told_after_its_status);
	tcase_add_test(tc, statistics_have_all_keys_in_order);
	tcase_add_test(tc, exhausted_fuel_never_counts_below_zero);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

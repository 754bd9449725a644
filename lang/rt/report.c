/* SPDX-License-Identifier: MIT */
/* What a finished program leaves: the framed output and the statistics. Source:
 * docs/spec/language.md 13. */
#include "lang/rt/report.h"

#include "lang/rt/arena.h"
#include "lang/rt/io.h"
#include "lang/rt/map.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/scratch.h"
#include "lang/rt/stream.h"
#include "lang/rt/task.h"
#include "lang/rt/text.h"
#include "lang/rt/value_map.h"
#include "lang/rt/value_vec.h"

#include <string.h>

#define TRAILER_MAX (4 + 1 + 4 + 4 + 2 * RT_TRAILER_BYTES)
#define OUTPUT_ASSERT_FAILED 1003u /* std.test's code of a failed equality */

struct text {
	char *at, *end;
};

static void put(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if (n > (size_t)(t->end - t->at))
		return;
	memcpy(t->at, s, n);
	t->at += n;
}

static void put_number(struct text *t, const char *key, uint64_t x)
{
	char digits[21] = {0};

	digits[rt_dec(digits, x)] = '\0';
	put(t, key);
	put(t, digits);
}

static void put_u32(rt_u8 *at, rt_u32 x)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (rt_u8)(x >> (8 * i));
}

/* The last failed equality, when the output says that a test failed by one. @return its length. */
static rt_u32 make_trailer(rt_u8 out[TRAILER_MAX], rt_view output)
{
	const struct rt_mismatch *m = &rt_state.mismatch;
	rt_u32 got = m->got_len < RT_TRAILER_BYTES ? m->got_len : RT_TRAILER_BYTES;
	rt_u32 expected = m->expected_len < RT_TRAILER_BYTES ? m->expected_len : RT_TRAILER_BYTES;
	static const rt_u8 magic[4] = {'X', '7', 'T', '1'};
	rt_u8 failed[5] = {0};

	put_u32(failed + 1, OUTPUT_ASSERT_FAILED);
	if (!m->seen || output.len != sizeof(failed) ||
	    memcmp(output.ptr, failed, sizeof(failed)) != 0)
		return 0;
	memcpy(out, magic, sizeof(magic));
	out[4] = RT_TRAILER_BYTES;
	put_u32(out + 5, m->got_len);
	put_u32(out + 9, m->expected_len);
	memcpy(out + 13, m->got, got);
	memcpy(out + 13 + got, m->expected, expected);
	return 13 + got + expected;
}

int rt_write_output(int fd, rt_view output)
{
	rt_u8 small[4096];
	rt_u8 trailer[TRAILER_MAX];
	rt_u32 more = make_trailer(trailer, output);
	uint64_t budget = (uint64_t)rt_state.config->max_output + 1;
	uint64_t body = output.len < budget ? output.len : budget;
	int rc;

	put_u32(small, output.len + more);
	if (4 + body + more <= sizeof(small)) {
		/* the usual case: one write */
		if (body)
			memcpy(small + 4, output.ptr, body);
		memcpy(small + 4 + body, trailer, more);
		budget = body + more < budget ? body + more : budget;
		return rt_write_all(fd, small, 4 + budget);
	}
	rc = rt_write_all(fd, small, 4);
	return rc ? rc : rt_write_all(fd, output.ptr, body);
}

/* Counters of heads that no program of this runtime can call: always zero, always printed. */
static const char no_worlds[] =
    ",\"rr_open_calls\":0,\"rr_close_calls\":0,"
    "\"rr_stats_calls\":0,\"rr_next_calls\":0,\"rr_next_miss_calls\":0,\"rr_append_calls\":0,"
    "\"kv_get_calls\":0,\"kv_set_calls\":0";

static void put_hash(struct text *t, const char *key, uint64_t x)
{
	char hex[17] = {0};

	for (unsigned i = 0; i < 16; i++)
		hex[i] = "0123456789abcdef"[x >> (60 - 4 * i) & 15];
	put(t, key);
	put(t, hex);
}

static void put_sched(struct text *t)
{
	const struct rt_sched *s = &rt_state.sched;

	put_number(t, ",\"sched_stats\":{\"tasks_spawned\":", s->stats.tasks_spawned);
	put_number(t, ",\"spawn_calls\":", s->stats.spawn_calls);
	put_number(t, ",\"join_calls\":", s->stats.join_calls);
	put_number(t, ",\"yield_calls\":", s->stats.yield_calls);
	put_number(t, ",\"sleep_calls\":", s->stats.sleep_calls);
	put_number(t, ",\"chan_send_calls\":", s->stats.chan_send_calls);
	put_number(t, ",\"chan_recv_calls\":", s->stats.chan_recv_calls);
	put_number(t, ",\"ctx_switches\":", s->stats.ctx_switches);
	put_number(t, ",\"wake_events\":", s->stats.wake_events);
	put_number(t, ",\"blocked_waits\":", s->stats.blocked_waits);
	put_number(t, ",\"virtual_time_end\":", s->now);
	put_hash(t, ",\"sched_trace_hash\":\"0x", rt_task_trace());
	put(t, "\"}");
}

int rt_write_stats(int fd)
{
	char buf[2048];
	struct text t = {buf, buf + sizeof(buf)};
	const struct rt_mem_stats *m = &rt_state.mem;
	uint64_t peak = rt_heap_peak();
	uint64_t left = rt.fuel > 0 ? (uint64_t)rt.fuel : 0;

	rt_tasks_end();
	rt_maps_end();
	rt_value_vecs_end();
	rt_value_maps_end();
	rt_io_end();
	rt_scratch_end();
	put_number(&t, "{\"fuel_used\":", rt_state.config->fuel - left);
	put_number(&t, ",\"heap_used\":", peak < UINT32_MAX ? peak : UINT32_MAX);
	put_number(&t, ",\"fs_read_file_calls\":", rt_state.fs_reads);
	put_number(&t, ",\"fs_list_dir_calls\":", rt_state.fs_lists);
	put(&t, no_worlds);
	put_sched(&t);
	put_number(&t, ",\"mem_stats\":{\"alloc_calls\":", m->alloc_calls);
	put_number(&t, ",\"realloc_calls\":", m->realloc_calls);
	put_number(&t, ",\"free_calls\":", m->free_calls);
	put_number(&t, ",\"bytes_alloc_total\":", m->bytes_alloc_total);
	put_number(&t, ",\"bytes_freed_total\":", m->bytes_freed_total);
	put_number(&t, ",\"live_bytes\":", m->live_bytes);
	put_number(&t, ",\"peak_live_bytes\":", m->peak_live_bytes);
	put_number(&t, ",\"live_allocs\":", m->live_allocs);
	put_number(&t, ",\"peak_live_allocs\":", m->peak_live_allocs);
	put_number(&t, ",\"memcpy_bytes\":", m->memcpy_bytes);
	put(&t, "}}\n");
	return rt_write_all(fd, buf, (uint64_t)(t.at - buf));
}

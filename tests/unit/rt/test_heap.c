/* SPDX-License-Identifier: MIT */
/* The heap and its counters. */
#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <string.h>

static void start(void)
{
	rt_test_config();
	rt_test_begin();
}

static void start_small(void)
{
	rt_test_config()->mem_cap = 65536;
	rt_test_begin();
}

START_TEST(blocks_are_zero_aligned_and_apart)
{
	rt_u8 *blocks[64];

	for (int round = 0; round < 3; round++) {
		for (rt_u32 i = 0; i < 64; i++) {
			blocks[i] = rt_bytes_alloc(1 + i * 37).ptr;
			ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
			for (rt_u32 k = 0; k < 1 + i * 37; k++)
				ck_assert_uint_eq(blocks[i][k], 0);
			memset(blocks[i], 0xA5, 1 + i * 37);
		}
		for (rt_u32 i = 0; i < 64; i++)
			ck_assert_uint_eq(rt_heap_size(blocks[i]), 1 + i * 37);
		for (rt_u32 i = 0; i < 64; i += 2)
			rt_mem_free(blocks[i]);
		for (rt_u32 i = 1; i < 64; i += 2)
			rt_mem_free(blocks[i]);
	}
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

START_TEST(freed_neighbours_join_to_the_whole_arena)
{
	rt_u8 *blocks[15];

	for (int order = 0; order < 3; order++) {
		for (int i = 0; i < 15; i++)
			blocks[i] = rt_mem_alloc(4000, false);
		for (int i = 0; i < 15; i++)
			rt_mem_free(blocks[order == 0 ? i : order == 1 ? 14 - i : (i * 4) % 15]);
		rt_mem_free(rt_mem_alloc(65520, false));
	}
}
END_TEST

static bool all_are(const rt_u8 *p, rt_u32 len, rt_u8 mark)
{
	return p[0] == mark && memcmp(p, p + 1, len - 1) == 0;
}

/* A model with every byte marked: blocks never overlap whatever the order. */
START_TEST(random_sizes_and_orders_keep_their_contents)
{
	struct {
		rt_u8 *ptr;
		rt_u32 len;
		rt_u8 mark;
	} live[200] = {0};
	rt_u32 seed = 12345;

	for (int step = 0; step < 60000; step++) {
		rt_u32 i;

		seed = rt_prng_lcg_next_u32(seed);
		i = (seed >> 8) % 200;
		if (live[i].ptr)
			ck_assert(all_are(live[i].ptr, live[i].len, live[i].mark));
		if (live[i].ptr && (seed & 1)) {
			rt_mem_free(live[i].ptr);
			live[i].ptr = NULL;
		} else {
			rt_u32 len = (seed >> 4) % ((seed & 64) ? 5000 : 100) + 1;

			if (live[i].ptr && len > live[i].len)
				live[i].ptr = rt_mem_realloc(live[i].ptr, live[i].len, len);
			else if (!live[i].ptr)
				live[i].ptr = rt_mem_alloc(len, true);
			else
				continue;
			live[i].len = len;
			live[i].mark = (rt_u8)seed;
			memset(live[i].ptr, live[i].mark, len);
		}
	}
	for (int i = 0; i < 200; i++)
		rt_mem_free(live[i].ptr);
	ck_assert_uint_eq(rt_state.mem.live_allocs, 0);
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	ck_assert_uint_eq(rt_state.mem.bytes_alloc_total, rt_state.mem.bytes_freed_total);
	rt_mem_free(rt_mem_alloc((64u << 20) - 16, false));
}
END_TEST

static void ask_minus_one(void)
{
	rt_bytes_alloc(0xFFFFFFFFu);
}

static void ask_minus_31(void)
{
	rt_bytes_alloc(0xFFFFFFE1u);
}

static void ask_minus_32(void)
{
	rt_bytes_alloc(0xFFFFFFE0u);
}

static void ask_vec(void)
{
	rt_vec_u8_with_capacity((rt_u32)-20);
}

static void ask_too_often(void)
{
	for (int i = 0; i < 100; i++)
		rt_bytes_alloc(1000);
}

START_TEST(what_does_not_fit_traps)
{
	ck_trap(ask_minus_one, "out of memory");
	ck_trap(ask_minus_31, "out of memory");
	ck_trap(ask_minus_32, "out of memory");
	ck_trap(ask_vec, "out of memory");
	ck_trap(ask_too_often, "out of memory");
}
END_TEST

START_TEST(length_zero_allocates_nothing)
{
	ck_bytes(rt_bytes_alloc(0), "");
	ck_bytes(rt_view_to_bytes(view_of("")), "");
	ck_assert_uint_eq(rt_vec_u8_with_capacity(0).cap, 0);
	ck_assert_uint_eq(rt_state.mem.alloc_calls, 0);
	ck_assert_uint_eq(rt_state.mem.free_calls, 0);
}
END_TEST

START_TEST(growth_counts_as_one_reallocation)
{
	const struct rt_mem_stats *m = &rt_state.mem;
	rt_vec v = {NULL, 0, 0};

	for (rt_u32 i = 0; i < 5; i++)
		v = rt_vec_u8_push(v, i);
	ck_assert_uint_eq(v.cap, 8);
	ck_assert_uint_eq(m->alloc_calls, 1);
	ck_assert_uint_eq(m->realloc_calls, 3);
	ck_assert_uint_eq(m->bytes_alloc_total, 1 + 2 + 4 + 8);
	ck_assert_uint_eq(m->bytes_freed_total, 1 + 2 + 4);
	ck_assert_uint_eq(m->memcpy_bytes, 1 + 2 + 4);
	ck_assert_uint_eq(m->live_bytes, 8);
	ck_assert_uint_eq(m->live_allocs, 1);
	ck_assert_uint_eq(m->peak_live_allocs, 1);
	rt_vec_drop(v);
	ck_assert_uint_eq(m->free_calls, 1);
	ck_assert_uint_eq(m->bytes_freed_total, 15);
	ck_assert_uint_eq(m->peak_live_bytes, 8);
	/* the old and the new block beside each other */
	ck_assert_uint_eq(rt_heap_peak(), 12);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("heap");
	TCase *tc = tcase_create("heap");
	TCase *small = tcase_create("small");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, blocks_are_zero_aligned_and_apart);
	tcase_add_test(tc, random_sizes_and_orders_keep_their_contents);
	tcase_add_test(tc, length_zero_allocates_nothing);
	tcase_add_test(tc, growth_counts_as_one_reallocation);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(small, start_small, rt_heap_drop);
	tcase_add_test(small, freed_neighbours_join_to_the_whole_arena);
	tcase_add_test(small, what_does_not_fit_traps);
	suite_add_tcase(suite, small);
	return test_main(suite);
}

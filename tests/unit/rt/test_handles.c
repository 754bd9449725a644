/* SPDX-License-Identifier: MIT */
/* What stands behind handles: maps, sets, readers, scratch buffers. */
#include "lang/rt/arena.h"
#include "lang/rt/io.h"
#include "lang/rt/map.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/scratch.h"
#include "tests/unit/rt/rt_test.h"

static void start(void)
{
	rt_test_config();
	rt_test_begin();
}

#define TRAP(name, call)                                                                           \
	static void name(void)                                                                     \
	{                                                                                          \
		(void)(call);                                                                      \
	}

static rt_u32 full_map(void)
{
	rt_u32 m = rt_map_u32_new(2);

	rt_map_u32_set(m, 1, 10);
	rt_map_u32_set(m, 2, 20);
	return m;
}

TRAP(map_cap_zero, rt_map_u32_new(0))
TRAP(set_cap_three, rt_set_u32_new(3))
TRAP(map_handle, rt_map_u32_len(1))
TRAP(map_full, rt_map_u32_set(full_map(), 3, 30))
TRAP(key_get, rt_map_u32_get(full_map(), UINT32_MAX, 0))
TRAP(key_set, rt_map_u32_set(full_map(), UINT32_MAX, 0))
TRAP(key_contains, rt_map_u32_contains(full_map(), UINT32_MAX))
TRAP(key_remove, rt_map_u32_remove(full_map(), UINT32_MAX))
TRAP(reader_handle, rt_io_read((rt_iface){9, 1}, 1))
TRAP(reader_vtable, rt_io_read(rt_iface_make_v1(1, 7), 1))
TRAP(buf_cap, rt_bufread_new((rt_iface){1, 1}, 0))
TRAP(buf_vtable, rt_bufread_new((rt_iface){1, 7}, 4))
TRAP(scratch_handle, rt_scratch_len(1))

static void consume_too_much(void)
{
	rt_u32 b = rt_bufread_new(rt_io_open_read_bytes(bytes_of("abcdef")), 4);

	rt_bufread_fill(b);
	rt_bufread_consume(b, 5);
}

START_TEST(misuse_traps)
{
	ck_trap(map_cap_zero, "map_u32.new cap must be power of two");
	ck_trap(set_cap_three, "map_u32.new cap must be power of two");
	ck_trap(map_handle, "map_u32 invalid handle");
	ck_trap(map_full, "map_u32 full");
	ck_trap(key_get, "map_u32.get key=-1 reserved");
	ck_trap(key_set, "map_u32.set key=-1 reserved");
	ck_trap(key_contains, "map_u32.contains key=-1 reserved");
	ck_trap(key_remove, "map_u32.remove key=-1 reserved");
	ck_trap(reader_handle, "io.reader invalid handle");
	ck_trap(reader_vtable, "io.read bad iface vtable");
	ck_trap(buf_cap, "bufread cap=0");
	ck_trap(buf_vtable, "bufread.new bad iface vtable");
	ck_trap(consume_too_much, "bufread.consume oob");
	ck_trap(scratch_handle, "scratch_u8_fixed invalid handle");
}
END_TEST

START_TEST(a_full_map_still_updates_and_finds)
{
	rt_u32 m = full_map();

	ck_assert_uint_eq(rt_map_u32_set(m, 2, 21), 0);
	ck_assert_uint_eq(rt_map_u32_get(m, 2, 0), 21);
	ck_assert_uint_eq(rt_map_u32_get(m, 5, 77), 77);
	ck_assert_uint_eq(rt_map_u32_contains(m, 5), 0);
	ck_assert_uint_eq(rt_map_u32_remove(m, 5), 0);
	ck_assert_uint_eq(rt_map_u32_remove(m, 1), 1);
	ck_assert_uint_eq(rt_map_u32_len(m), 1);
	ck_assert_uint_eq(rt_map_u32_set(m, 0, 5), 1);
	ck_assert_uint_eq(rt_map_u32_get(m, 2, 0), 21);
}
END_TEST

/* Against an array as model: removal must never hide a key behind a gap. */
START_TEST(a_map_agrees_with_a_model)
{
	rt_u32 m = rt_map_u32_new(64);
	rt_u32 model[97] = {0};
	rt_u32 seed = 7, len = 0, wrong = 0;

	for (int step = 0; step < 20000; step++) {
		rt_u32 key;

		seed = rt_prng_lcg_next_u32(seed);
		key = (seed >> 16) % 97;
		if (seed & 0x8000) {
			ck_assert_uint_eq(rt_map_u32_remove(m, key), model[key] != 0);
			len -= model[key] != 0;
			model[key] = 0;
		} else if (len < 64 || model[key]) {
			ck_assert_uint_eq(rt_map_u32_set(m, key, seed | 1), model[key] == 0);
			len += model[key] == 0;
			model[key] = seed | 1;
		}
		ck_assert_uint_eq(rt_map_u32_len(m), len);
		for (rt_u32 k = 0; k < 97; k++)
			wrong += rt_map_u32_get(m, k, 0) != model[k];
		ck_assert_uint_eq(wrong, 0);
	}
}
END_TEST

/* key * 2654435769 masked with 7: slots 1, 2, 3, 4 for keys 1, 2, 3, 4 */
START_TEST(dumps_follow_the_slots)
{
	rt_u32 s = rt_set_u32_new(8), m = rt_map_u32_new(4);
	rt_bytes b;

	ck_assert_uint_eq(rt_set_u32_add(s, 3), 1);
	ck_assert_uint_eq(rt_set_u32_add(s, 1), 1);
	ck_assert_uint_eq(rt_set_u32_add(s, 3), 0);
	ck_assert_uint_eq(rt_set_u32_contains(s, 3), 1);
	b = rt_set_u32_dump(s);
	ck_assert_uint_eq(b.len, 8);
	ck_assert_mem_eq(b.ptr, "\1\0\0\0\3\0\0\0", 8);
	rt_bytes_drop(b);
	ck_assert_uint_eq(rt_set_u32_remove(s, 1), 1);
	ck_assert_uint_eq(rt_set_u32_contains(s, 1), 0);
	rt_map_u32_set(m, 0, 258);
	b = rt_map_u32_dump(m);
	ck_assert_uint_eq(b.len, 8);
	ck_assert_mem_eq(b.ptr, "\0\0\0\0\2\1\0\0", 8);
	rt_bytes_drop(b);
}
END_TEST

START_TEST(readers_give_at_most_what_is_left)
{
	rt_iface r = rt_io_open_read_bytes(bytes_of("abcde"));

	ck_bytes(rt_io_read(r, 0), "");
	ck_bytes(rt_io_read(r, 2), "ab");
	ck_bytes(rt_io_read(r, UINT32_MAX), "cde");
	ck_bytes(rt_io_read(r, 1), "");
}
END_TEST

START_TEST(buffered_reading_refills_only_when_empty)
{
	rt_u32 b = rt_bufread_new(rt_io_open_read_bytes(bytes_of("abcdef")), 4);

	ck_assert_uint_eq(rt_bufread_fill(b).len, 4);
	ck_assert_uint_eq(rt_bufread_consume(b, 3), 0);
	ck_assert_uint_eq(rt_bufread_fill(b).len, 1);
	ck_assert_uint_eq(rt_bufread_fill(b).ptr[0], 'd');
	rt_bufread_consume(b, 1);
	ck_assert_uint_eq(rt_bufread_fill(b).len, 2);
	rt_bufread_consume(b, 2);
	ck_assert_uint_eq(rt_bufread_fill(b).len, 0);
}
END_TEST

START_TEST(scratch_slots_are_reused)
{
	rt_u32 a = rt_scratch_new(4), b = rt_scratch_new(0);

	ck_assert_uint_eq(rt_scratch_try_write(a, view_of("abc")).value, 3);
	ck_assert_uint_eq(rt_scratch_try_write(a, view_of("de")).tag, 0);
	ck_assert_uint_eq(rt_scratch_try_write(a, view_of("de")).value, 8);
	ck_assert_uint_eq(rt_scratch_len(a), 3);
	ck_assert_uint_eq(rt_scratch_cap(a), 4);
	ck_assert_uint_eq(rt_scratch_as_view(a).ptr[2], 'c');
	ck_assert_uint_eq(rt_scratch_clear(a), a);
	ck_assert_uint_eq(rt_scratch_as_view(a).len, 0);
	ck_assert_uint_eq(rt_scratch_try_write(b, view_of("")).tag, 1);
	ck_assert_uint_eq(rt_scratch_drop(a), 1);
	ck_assert_uint_eq(rt_scratch_drop(a), 0);
	ck_assert_uint_eq(rt_scratch_new(1), a);
}
END_TEST

START_TEST(the_end_frees_everything)
{
	rt_map_u32_new(16);
	rt_bufread_new(rt_io_open_read_bytes(bytes_of("abcdef")), 4);
	rt_scratch_new(10);
	for (int i = 0; i < 100; i++)
		rt_map_u32_new(1);
	rt_maps_end();
	rt_io_end();
	rt_scratch_end();
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
	ck_assert_uint_eq(rt_state.mem.live_allocs, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("handles");
	TCase *tc = tcase_create("handles");

	tcase_add_checked_fixture(tc, start, rt_heap_drop);
	tcase_add_test(tc, misuse_traps);
	tcase_add_test(tc, a_full_map_still_updates_and_finds);
	tcase_add_test(tc, a_map_agrees_with_a_model);
	tcase_add_test(tc, dumps_follow_the_slots);
	tcase_add_test(tc, readers_give_at_most_what_is_left);
	tcase_add_test(tc, buffered_reading_refills_only_when_empty);
	tcase_add_test(tc, scratch_slots_are_reused);
	tcase_add_test(tc, the_end_frees_everything);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

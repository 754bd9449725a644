/* SPDX-License-Identifier: MIT */
/*
 * map_u32 and set_u32 (a set is a map whose values nobody reads): fixed capacity, open addressing,
 * linear probing, multiplicative hash. Keys are kept inverted, so that a zero-filled block is an
 * empty map: the reserved key -1 is the empty slot.
 * Source: docs/spec/builtins.md 7.
 */
#include "lang/rt/map.h"

#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <stddef.h>

struct map {
	rt_u32 *slots; /* pairs: inverted key, value */
	rt_u32 cap, len;
};

static struct map *map_at(rt_u32 handle)
{
	struct map *m = rt_table_at(&rt_state.maps, sizeof(struct map), handle);

	if (!m)
		rt_trap("map_u32 invalid handle", NULL);
	return m;
}

static void check_key(rt_u32 key, const char *message)
{
	if (key == UINT32_MAX)
		rt_trap(message, NULL);
}

/* The slot that holds @p key, else the first empty one on its way, else NULL: full without it. */
static rt_u32 *find(const struct map *m, rt_u32 key)
{
	rt_u32 i = key * 2654435769u;

	for (rt_u32 steps = 0; steps < m->cap; steps++, i++) {
		rt_u32 *slot = m->slots + 2 * (size_t)(i & (m->cap - 1));

		if (slot[0] == ~key || slot[0] == 0)
			return slot;
	}
	return NULL;
}

rt_u32 rt_map_u32_new(rt_u32 cap)
{
	struct map *m;
	rt_u32 handle;

	if (cap == 0 || (cap & (cap - 1)) != 0)
		rt_trap("map_u32.new cap must be power of two", NULL);
	handle = rt_table_add(&rt_state.maps, sizeof(struct map));
	m = map_at(handle);
	m->slots = (rt_u32 *)(void *)rt_mem_alloc((uint64_t)cap * 8, true);
	m->cap = cap;
	return handle;
}

rt_u32 rt_map_u32_len(rt_u32 handle)
{
	return map_at(handle)->len;
}

rt_u32 rt_map_u32_get(rt_u32 handle, rt_u32 key, rt_u32 dflt)
{
	const struct map *m = map_at(handle);
	const rt_u32 *slot;

	check_key(key, "map_u32.get key=-1 reserved");
	slot = find(m, key);
	return slot && slot[0] ? slot[1] : dflt;
}

rt_u32 rt_map_u32_set(rt_u32 handle, rt_u32 key, rt_u32 value)
{
	struct map *m = map_at(handle);
	rt_u32 *slot;
	rt_u32 added;

	check_key(key, "map_u32.set key=-1 reserved");
	slot = find(m, key);
	if (!slot)
		rt_trap("map_u32 full", NULL);
	added = slot[0] == 0;
	m->len += added;
	slot[0] = ~key;
	slot[1] = value;
	return added;
}

rt_u32 rt_map_u32_contains(rt_u32 handle, rt_u32 key)
{
	const struct map *m = map_at(handle);
	const rt_u32 *slot;

	check_key(key, "map_u32.contains key=-1 reserved");
	slot = find(m, key);
	return slot && slot[0];
}

rt_u32 rt_map_u32_remove(rt_u32 handle, rt_u32 key)
{
	struct map *m = map_at(handle);
	rt_u32 *slot;
	size_t i;

	check_key(key, "map_u32.remove key=-1 reserved");
	slot = find(m, key);
	if (!slot || !slot[0])
		return 0;
	slot[0] = 0;
	m->len--;
	/* put the rest of the cluster in again, so that no probe stops at the gap */
	i = (size_t)(slot - m->slots) / 2;
	for (rt_u32 steps = 1; steps < m->cap; steps++) {
		rt_u32 *next = m->slots + 2 * ((i + steps) & (m->cap - 1));
		rt_u32 inverted = next[0];
		rt_u32 *home;

		if (!inverted)
			break;
		next[0] = 0;
		home = find(m, ~inverted);
		home[0] = inverted;
		home[1] = next[1];
	}
	return 1;
}

rt_u32 rt_set_u32_new(rt_u32 cap)
{
	return rt_map_u32_new(cap);
}

rt_u32 rt_set_u32_contains(rt_u32 handle, rt_u32 key)
{
	return rt_map_u32_contains(handle, key);
}

rt_u32 rt_set_u32_add(rt_u32 handle, rt_u32 key)
{
	return rt_map_u32_set(handle, key, 1);
}

rt_u32 rt_set_u32_remove(rt_u32 handle, rt_u32 key)
{
	return rt_map_u32_remove(handle, key);
}

static rt_u8 *put_u32(rt_u8 *at, rt_u32 x)
{
	for (unsigned i = 0; i < 4; i++)
		*at++ = (rt_u8)(x >> (8 * i));
	return at;
}

static rt_bytes dump(rt_u32 handle, bool values)
{
	const struct map *m = map_at(handle);
	uint64_t len = (uint64_t)m->len * (values ? 8 : 4);
	rt_bytes out = {rt_mem_alloc(len, false), (rt_u32)len};
	rt_u8 *at = out.ptr;

	for (size_t i = 0; i < m->cap; i++) {
		if (!m->slots[2 * i])
			continue;
		at = put_u32(at, ~m->slots[2 * i]);
		if (values)
			at = put_u32(at, m->slots[2 * i + 1]);
	}
	return out;
}

rt_bytes rt_map_u32_dump(rt_u32 handle)
{
	return dump(handle, true);
}

rt_bytes rt_set_u32_dump(rt_u32 handle)
{
	return dump(handle, false);
}

void rt_maps_end(void)
{
	for (rt_u32 h = 1; h <= rt_state.maps.count; h++)
		rt_mem_free(map_at(h)->slots);
	rt_state.maps.count = 0;
}

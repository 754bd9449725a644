/* SPDX-License-Identifier: MIT */
/*
 * map_value: maps from keys of one type to elements of one type behind handles. Open addressing
 * with linear probing; a removal moves the rest of its run back, so no slot is ever a tombstone.
 * Source: docs/spec/builtins.md 7.
 */
#include "lang/rt/value_map.h"

#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"
#include "lang/rt/value.h"

#include <stddef.h>
#include <string.h>

struct slot {
	struct rt_value key, val;
	rt_u32 hash;
	bool used;
};

struct map {
	struct slot *slots;
	rt_u32 len, cap; /* cap is a power of two */
	rt_u32 key_type, val_type;
};

/* A key that is looked for; nobody owns its bytes here. */
struct key {
	const rt_u8 *ptr;
	rt_u32 x;
	rt_u32 hash;
	rt_u32 type;
};

static rt_u32 mix(rt_u32 x)
{
	x = (x ^ x >> 16) * 2246822507u;
	x = (x ^ x >> 13) * 3266489909u;
	return x ^ x >> 16;
}

static struct key number_key(rt_u32 x)
{
	return (struct key){.x = x, .hash = mix(x), .type = RT_VALUE_I32};
}

static struct key text_key(const rt_u8 *ptr, rt_u32 len, rt_u32 type)
{
	rt_u32 h = 2166136261u;

	for (rt_u32 i = 0; i < len; i++)
		h = (h ^ ptr[i]) * 16777619u;
	return (struct key){ptr, len, mix(h), type};
}

static struct map *map_at(rt_u32 handle)
{
	struct map *m = rt_table_at(&rt_state.value_maps, sizeof(struct map), handle);

	if (!m)
		rt_trap("map_value invalid handle", NULL);
	return m;
}

static bool type_fits(rt_u32 have, rt_u32 want)
{
	return have == want || (want == RT_VALUE_I32 && have == RT_VALUE_U32);
}

static struct map *map_of(rt_u32 handle, const struct key *k, const char *mismatch)
{
	struct map *m = map_at(handle);

	if (!type_fits(m->key_type, k->type))
		rt_trap(mismatch, NULL);
	return m;
}

static bool key_equals(const struct slot *s, const struct key *k)
{
	if (s->hash != k->hash || s->key.x != k->x)
		return false;
	return k->type == RT_VALUE_I32 || k->x == 0 || memcmp(s->key.ptr, k->ptr, k->x) == 0;
}

/* The slot of a key, or the free one where it would stand; there is always a free one. */
static struct slot *find(const struct map *m, const struct key *k)
{
	rt_u32 i = k->hash & (m->cap - 1);

	while (m->slots[i].used && !key_equals(&m->slots[i], k))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static struct slot *make_slots(rt_u32 cap)
{
	return (void *)rt_mem_alloc((uint64_t)cap * sizeof(struct slot), true);
}

static void grow(struct map *m)
{
	struct map bigger = *m;

	if (m->cap > UINT32_MAX / 2)
		rt_out_of_memory();
	bigger.cap = m->cap * 2;
	bigger.slots = make_slots(bigger.cap);
	for (rt_u32 i = 0; i < m->cap; i++) {
		rt_u32 at = m->slots[i].hash & (bigger.cap - 1);

		if (!m->slots[i].used)
			continue;
		while (bigger.slots[at].used)
			at = (at + 1) & (bigger.cap - 1);
		bigger.slots[at] = m->slots[i];
	}
	rt_mem_free(m->slots);
	*m = bigger;
}

/* Room for one more key, with at most 70 % in use and one slot free. */
static void make_room(struct map *m)
{
	while (((uint64_t)m->len + 1) * 10 > (uint64_t)m->cap * 7)
		grow(m);
}

rt_u32 rt_map_value_new(rt_u32 key_type, rt_u32 val_type, rt_u32 cap)
{
	rt_u32 handle;

	rt_value_check_type(key_type);
	rt_value_check_type(val_type);
	if (cap == 0 || (cap & (cap - 1)) != 0)
		rt_trap("map_value.new cap must be power of two", NULL);
	handle = rt_table_add(&rt_state.value_maps, sizeof(struct map));
	*map_at(handle) = (struct map){
	    .slots = make_slots(cap), .cap = cap, .key_type = key_type, .val_type = val_type};
	return handle;
}

rt_u32 rt_map_value_len(rt_u32 handle)
{
	return map_at(handle)->len;
}

rt_u32 rt_map_value_clear(rt_u32 handle)
{
	struct map *m = map_at(handle);

	for (rt_u32 i = 0; i < m->cap; i++) {
		if (!m->slots[i].used)
			continue;
		rt_value_drop(m->slots[i].key);
		rt_value_drop(m->slots[i].val);
		m->slots[i].used = false;
	}
	m->len = 0;
	return handle;
}

static rt_u32 contains(rt_u32 handle, const struct key *k)
{
	return find(map_of(handle, k, "map_value.contains key ty mismatch"), k)->used;
}

/* Close the gap: whatever a search would no longer reach moves back into it. */
static void close_gap(const struct map *m, rt_u32 gap)
{
	rt_u32 mask = m->cap - 1;

	for (rt_u32 i = (gap + 1) & mask; m->slots[i].used; i = (i + 1) & mask) {
		rt_u32 home = m->slots[i].hash & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		m->slots[gap] = m->slots[i];
		gap = i;
	}
	m->slots[gap].used = false;
}

/* As the other heads that change a container: the result is its handle, not whether it was there.
 */
static rt_u32 remove_key(rt_u32 handle, const struct key *k)
{
	struct map *m = map_of(handle, k, "map_value.remove key ty mismatch");
	struct slot *s = find(m, k);

	if (!s->used)
		return handle;
	rt_value_drop(s->key);
	rt_value_drop(s->val);
	m->len--;
	close_gap(m, (rt_u32)(s - m->slots));
	return handle;
}

static const struct slot *get(rt_u32 handle, const struct key *k, rt_u32 val_type)
{
	const struct map *m = map_of(handle, k, "map_value.get key ty mismatch");
	const struct slot *s = find(m, k);

	if (!type_fits(m->val_type, val_type))
		rt_trap("map_value.get val ty mismatch", NULL);
	return s->used ? s : NULL;
}

/* Before anything is stored, so that a trap leaves nothing half done. */
static void check_set(rt_u32 handle, const struct key *k, rt_u32 val_type)
{
	const struct map *m = map_of(handle, k, "map_value.set key ty mismatch");

	if (!type_fits(m->val_type, val_type))
		rt_trap("map_value.set val ty mismatch", NULL);
}

/* An equal key that is there already stays; the new one is not needed then. */
static rt_u32 set(rt_u32 handle, const struct key *k, struct rt_value key, struct rt_value val)
{
	struct map *m = map_at(handle);
	struct slot *s = find(m, k);

	if (s->used) {
		rt_value_drop(key);
		rt_value_drop(s->val);
		s->val = val;
		return handle;
	}
	make_room(m);
	*find(m, k) = (struct slot){key, val, k->hash, true};
	m->len++;
	return handle;
}

static rt_u32 number_or(const struct slot *s, rt_u32 otherwise)
{
	return s ? s->val.x : otherwise;
}

static rt_bytes bytes_or(const struct slot *s, rt_bytes otherwise)
{
	if (!s)
		return otherwise;
	rt_bytes_drop(otherwise);
	return rt_value_clone(s->val);
}

/*
 * The heads: keys of three kinds times values of three kinds. KEY_<kind> names the parameter type,
 * how it is looked for, how it is stored and how it is dropped when only looked for.
 */
#define KIND_I32(m) m(i32, rt_u32, number_key(key), ((struct rt_value){NULL, key}), (void)0)
#define KIND_BYTES(m)                                                                              \
	m(bytes, rt_bytes, text_key(key.ptr, key.len, RT_VALUE_BYTES), rt_value_of_bytes(key),     \
	    rt_bytes_drop(key))
#define KIND_VIEW(m)                                                                               \
	m(view, rt_view, text_key(key.ptr, key.len, RT_VALUE_VIEW), rt_value_of_view(key), (void)0)

#define DEFINE(kind, type, look, store, drop)                                                      \
	rt_u32 rt_map_value_contains_##kind(rt_u32 handle, type key)                               \
	{                                                                                          \
		struct key k = look;                                                               \
		rt_u32 found = contains(handle, &k);                                               \
                                                                                                   \
		drop;                                                                              \
		return found;                                                                      \
	}                                                                                          \
	rt_u32 rt_map_value_remove_##kind(rt_u32 handle, type key)                                 \
	{                                                                                          \
		struct key k = look;                                                               \
		rt_u32 same = remove_key(handle, &k);                                              \
                                                                                                   \
		drop;                                                                              \
		return same;                                                                       \
	}                                                                                          \
	rt_u32 rt_map_value_get_##kind##_i32(rt_u32 handle, type key, rt_u32 otherwise)            \
	{                                                                                          \
		struct key k = look;                                                               \
		rt_u32 x = number_or(get(handle, &k, RT_VALUE_I32), otherwise);                    \
                                                                                                   \
		drop;                                                                              \
		return x;                                                                          \
	}                                                                                          \
	rt_bytes rt_map_value_get_##kind##_bytes(rt_u32 handle, type key, rt_bytes otherwise)      \
	{                                                                                          \
		struct key k = look;                                                               \
		rt_bytes b = bytes_or(get(handle, &k, RT_VALUE_BYTES), otherwise);                 \
                                                                                                   \
		drop;                                                                              \
		return b;                                                                          \
	}                                                                                          \
	rt_u32 rt_map_value_set_##kind##_i32(rt_u32 handle, type key, rt_u32 x)                    \
	{                                                                                          \
		struct key k = look;                                                               \
                                                                                                   \
		check_set(handle, &k, RT_VALUE_I32);                                               \
		return set(handle, &k, store, (struct rt_value){NULL, x});                         \
	}                                                                                          \
	rt_u32 rt_map_value_set_##kind##_bytes(rt_u32 handle, type key, rt_bytes b)                \
	{                                                                                          \
		struct key k = look;                                                               \
                                                                                                   \
		check_set(handle, &k, RT_VALUE_BYTES);                                             \
		return set(handle, &k, store, rt_value_of_bytes(b));                               \
	}                                                                                          \
	rt_u32 rt_map_value_set_##kind##_view(rt_u32 handle, type key, rt_view v)                  \
	{                                                                                          \
		struct key k = look;                                                               \
                                                                                                   \
		check_set(handle, &k, RT_VALUE_VIEW);                                              \
		return set(handle, &k, store, rt_value_of_view(v));                                \
	}

KIND_I32(DEFINE)
KIND_BYTES(DEFINE)
KIND_VIEW(DEFINE)

void rt_value_maps_end(void)
{
	for (rt_u32 h = 1; h <= rt_state.value_maps.count; h++) {
		rt_map_value_clear(h);
		rt_mem_free(map_at(h)->slots);
	}
	rt_state.value_maps.count = 0;
}

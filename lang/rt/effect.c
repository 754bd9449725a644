/* SPDX-License-Identifier: MIT */
/*
 * The table of effects: one entry for each kind of refusal (and, when observed, of use), with
 * counts. Bounded: when entries or text run out, operations are counted without their subject, then
 * as a bare number. Layout and reader: lang/rt/config.h, cmd/run/effects.c.
 */
#include "lang/rt/effect.h"

#include "lang/rt/config.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* Mapped at the first effect: most programs have none. */
static struct rt_effects *table(void)
{
	struct stat st;
	void *at;
	int saved = errno;

	if (rt_state.effects || !rt_state.effects_here)
		return rt_state.effects;
	rt_state.effects_here = false;
	if (fstat(RT_FD_EFFECTS, &st) == 0 && st.st_size >= (off_t)sizeof(*rt_state.effects)) {
		at = mmap(NULL, sizeof(*rt_state.effects), PROT_READ | PROT_WRITE, MAP_SHARED,
		    RT_FD_EFFECTS, 0);
		rt_state.effects = at == MAP_FAILED ? NULL : at;
	}
	errno = saved;
	return rt_state.effects;
}

/* FNV-1a over the key's numbers and the subject. */
static uint32_t hash_of(const struct rt_effect *e, rt_view subject)
{
	const uint32_t numbers[] = {(uint32_t)e->kind << 16 | e->reason,
	    (uint32_t)e->op << 16 | e->root, (uint32_t)e->sys_errno, e->code, e->detail};
	uint32_t h = 2166136261u;

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		h = (h ^ numbers[i]) * 16777619u;
	for (rt_u32 i = 0; i < subject.len; i++)
		h = (h ^ subject.ptr[i]) * 16777619u;
	return h ^ h >> 15;
}

static bool same(const struct rt_effects *t, const struct rt_effect *a, const struct rt_effect *b,
    rt_view subject)
{
	return a->hash == b->hash && a->kind == b->kind && a->reason == b->reason &&
	       a->op == b->op && a->root == b->root && a->sys_errno == b->sys_errno &&
	       a->code == b->code && a->detail == b->detail && a->text_len == subject.len &&
	       (!subject.len || memcmp(t->text + a->text_at, subject.ptr, subject.len) == 0);
}

/* The entry of a key, new if need be; NULL when there is no room. */
static struct rt_effect *entry_of(
    struct rt_effects *t, struct rt_effect *key, rt_view subject, uint32_t slots)
{
	struct rt_effect *e;
	uint32_t at;

	key->hash = hash_of(key, subject);
	/* at most half of the buckets are taken: there is always a free one */
	for (at = key->hash % RT_EFFECT_BUCKETS; t->bucket[at]; at = (at + 1) % RT_EFFECT_BUCKETS) {
		e = &t->entry[(t->bucket[at] - 1u) % RT_EFFECT_SLOTS];
		if (same(t, e, key, subject))
			return e;
	}
	if (t->used >= slots || subject.len > RT_EFFECT_TEXT - t->text_used)
		return NULL;
	e = &t->entry[t->used];
	*e = *key;
	e->text_at = t->text_used;
	e->text_len = subject.len;
	if (subject.len)
		memcpy(t->text + t->text_used, subject.ptr, subject.len);
	t->text_used += subject.len;
	t->used++;
	t->bucket[at] = (uint16_t)t->used;
	return e;
}

struct rt_effect *rt_effect_add(const struct rt_effect_key *key, rt_view subject, uint64_t amount)
{
	struct rt_effects *t = table();
	struct rt_effect *e, k = {.kind = (uint16_t)key->kind,
				 .reason = (uint16_t)key->reason,
				 .op = (uint16_t)rt_state.op,
				 .root = (uint16_t)key->root,
				 .sys_errno = key->sys_errno,
				 .code = key->code,
				 .detail = key->detail};

	if (!t)
		return NULL;
	if (subject.len > RT_EFFECT_SUBJECT_MAX)
		subject.len = RT_EFFECT_SUBJECT_MAX;
	e = entry_of(t, &k, subject, RT_EFFECT_SLOTS - RT_EFFECT_SLOTS_SPARE);
	if (!e) {
		k.root = 0;
		e = entry_of(t, &k, (rt_view){NULL, 0}, RT_EFFECT_SLOTS);
	}
	if (!e) {
		if (k.reason == RT_USED)
			t->lost_uses++;
		else
			t->lost_refusals++;
		return NULL;
	}
	e->count++;
	rt_effect_more(e, amount, amount);
	return e;
}

void rt_effect_more(struct rt_effect *e, uint64_t amount, uint64_t total)
{
	if (!e)
		return;
	e->bytes += amount;
	if (total > e->most)
		e->most = total;
}

void rt_deny(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, rt_view subject)
{
	struct rt_effect_key key = {.kind = kind, .reason = why, .sys_errno = sys_errno};

	(void)rt_effect_add(&key, subject, 0);
}

bool rt_observed(void)
{
	return rt_state.config->gates & RT_GATE_OBSERVE && table();
}

void rt_gates_used(rt_u32 gates)
{
	if (rt_observed())
		rt_state.effects->gates |= gates;
}

void rt_fd_used(int fd)
{
	if (fd > 0 && rt_observed() && (uint32_t)fd > rt_state.effects->most_fd)
		rt_state.effects->most_fd = (uint32_t)fd;
}

void rt_listing_used(rt_u32 entries, rt_u32 depth)
{
	if (!rt_observed())
		return;
	if (entries > rt_state.effects->most_entries)
		rt_state.effects->most_entries = entries;
	if (depth > rt_state.effects->most_depth)
		rt_state.effects->most_depth = depth;
}

/* SPDX-License-Identifier: MIT */
/*
 * Channels of bytes: a ring that grows up to its capacity, and the tasks that wait for room or for
 * a message, first come first served. Source: docs/spec/builtins.md 12.
 */
#include "lang/rt/task_chan.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/task.h"

#include <stddef.h>

enum try_result { TRY_NO_ROOM = 0, TRY_DONE = 1, TRY_CLOSED = 2 };
enum recv_error { RECV_EMPTY = 1, RECV_CLOSED = 2 };

struct rt_chan {
	rt_bytes *ring;
	rt_u32 size; /* of the ring now */
	rt_u32 cap;  /* messages it may hold */
	rt_u32 first, len;
	bool closed;
	struct rt_task_list senders, receivers;
};

static struct rt_chan *chan_at(rt_u32 handle)
{
	struct rt_sched *s = &rt_state.sched;

	if (handle == 0 || handle > s->chan_count)
		rt_trap("chan invalid handle", NULL);
	return s->chans[handle - 1];
}

rt_u32 rt_chan_bytes_new(rt_u32 cap)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_chan *c;

	if (cap == 0)
		rt_trap("chan cap=0", NULL);
	if (cap > INT32_MAX)
		rt_trap("chan cap<0", NULL);
	c = rt_raw_alloc(sizeof(*c));
	c->cap = cap;
	s->chans = rt_task_grow(s->chans, &s->chan_cap, s->chan_count);
	s->chans[s->chan_count] = c;
	return ++s->chan_count;
}

static void grow(struct rt_chan *c)
{
	rt_u32 size = c->size ? c->size : 4;
	rt_bytes *ring;

	if (c->size)
		size = size > c->cap / 2 ? c->cap : size * 2;
	if (size > c->cap)
		size = c->cap;
	ring = rt_raw_alloc((uint64_t)size * sizeof(*ring));
	for (rt_u32 i = 0; i < c->len; i++)
		ring[i] = c->ring[((uint64_t)c->first + i) % c->size];
	if (c->ring)
		rt_heap_free(c->ring);
	c->ring = ring;
	c->size = size;
	c->first = 0;
}

static void push(struct rt_chan *c, rt_u32 handle, rt_bytes b)
{
	if (c->len == c->size)
		grow(c);
	c->ring[((uint64_t)c->first + c->len) % c->size] = b;
	c->len++;
	(void)rt_task_wake_first(&c->receivers, RT_WAIT_RECV, handle);
}

static rt_bytes pop(struct rt_chan *c, rt_u32 handle)
{
	rt_bytes b = c->ring[c->first];

	c->first = (c->first + 1) % c->size;
	c->len--;
	(void)rt_task_wake_first(&c->senders, RT_WAIT_SEND, handle);
	return b;
}

/* What the entry expression does is not counted, what a task tries is, each time. */
static bool in_task(void)
{
	return rt_state.sched.current != NULL;
}

rt_u32 rt_chan_bytes_send(rt_u32 handle, rt_bytes b)
{
	struct rt_chan *c = chan_at(handle);

	for (;;) {
		rt_state.sched.stats.chan_send_calls += in_task();
		if (c->closed)
			rt_trap("chan.send closed", NULL);
		if (c->len < c->cap) {
			push(c, handle, b);
			return 1;
		}
		if (in_task())
			rt_task_block(RT_WAIT_SEND, handle, &c->senders);
		else
			rt_task_step_or_trap();
		if (rt.cancelled) {
			rt_bytes_drop(b);
			return 0;
		}
	}
}

rt_u32 rt_chan_bytes_try_send(rt_u32 handle, rt_view v)
{
	struct rt_chan *c = chan_at(handle);

	rt_state.sched.stats.chan_send_calls++;
	if (c->closed)
		return TRY_CLOSED;
	if (c->len >= c->cap)
		return TRY_NO_ROOM;
	push(c, handle, rt_mem_copy(v.ptr, v.len));
	return TRY_DONE;
}

rt_bytes rt_chan_bytes_recv(rt_u32 handle)
{
	struct rt_chan *c = chan_at(handle);

	for (;;) {
		rt_state.sched.stats.chan_recv_calls += in_task();
		if (c->len > 0)
			return pop(c, handle);
		if (c->closed)
			return (rt_bytes){NULL, 0};
		if (in_task())
			rt_task_block(RT_WAIT_RECV, handle, &c->receivers);
		else
			rt_task_step_or_trap();
		if (rt.cancelled)
			return (rt_bytes){NULL, 0};
	}
}

enum rt_chan_state rt_chan_poll(rt_u32 handle, rt_bytes *out)
{
	struct rt_chan *c = chan_at(handle);

	rt_state.sched.stats.chan_recv_calls++;
	if (c->len == 0)
		return c->closed ? RT_CHAN_CLOSED : RT_CHAN_EMPTY;
	*out = pop(c, handle);
	return RT_CHAN_TAKEN;
}

rt_res_bytes rt_chan_bytes_try_recv(rt_u32 handle)
{
	rt_res_bytes r = {0, 0, {NULL, 0}};
	enum rt_chan_state state = rt_chan_poll(handle, &r.value);

	r.tag = state == RT_CHAN_TAKEN;
	if (!r.tag)
		r.err = state == RT_CHAN_CLOSED ? RECV_CLOSED : RECV_EMPTY;
	return r;
}

rt_u32 rt_chan_bytes_close(rt_u32 handle)
{
	struct rt_chan *c = chan_at(handle);

	if (c->closed)
		return 0;
	c->closed = true;
	while (rt_task_wake_first(&c->receivers, RT_WAIT_RECV, handle))
		;
	while (rt_task_wake_first(&c->senders, RT_WAIT_SEND, handle))
		;
	return 1;
}

void rt_chans_end(void)
{
	struct rt_sched *s = &rt_state.sched;

	for (rt_u32 i = 0; i < s->chan_count; i++) {
		struct rt_chan *c = s->chans[i];

		for (; c->len > 0; c->len--) {
			rt_bytes_drop(c->ring[c->first]);
			c->first = (c->first + 1) % c->size;
		}
	}
	s->chan_count = 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * select: look at slots and channels in turn until one has something, sleep between two rounds.
 * What it found is an event: its bytes stay with the scope until they are taken.
 * Source: docs/spec/language.md 8, builtins.md 12.
 */
#include "lang/rt/task_select.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/task.h"
#include "lang/rt/task_chan.h"
#include "lang/rt/task_scope.h"

#include <stddef.h>

enum tag {
	TAG_NONE = 0,
	TAG_SLOT_BYTES = 1,
	TAG_SLOT_CANCELLED = 2,
	TAG_CHAN_BYTES = 3,
	TAG_CHAN_CLOSED = 4,
	TAG_TIMEOUT = 5,
};

struct one_case {
	rt_u32 source;
	bool is_slot;
};

/* A select that is being put together or runs; in a block of its own. */
struct rt_select {
	bool take_turns;
	rt_u32 max_polls, poll_sleep, timeout;
	rt_u32 count, room;
	struct one_case cases[];
};

struct rt_event {
	struct rt_event *next;
	const struct rt_scope *scope;
	rt_u32 id;
	enum tag tag;
	rt_u32 case_index, source;
	rt_bytes bytes;
	bool taken;
};

rt_u32 rt_select_begin(
    rt_u32 count, rt_u32 take_turns, rt_u32 max_polls, rt_u32 poll_sleep, rt_u32 timeout)
{
	struct rt_select *s = rt_raw_alloc(sizeof(*s) + (uint64_t)count * sizeof(struct one_case));

	s->room = count;
	s->take_turns = take_turns != 0;
	s->max_polls = max_polls;
	s->poll_sleep = poll_sleep;
	s->timeout = timeout;
	rt_state.sched.select = s;
	return 0;
}

static rt_u32 add_case(rt_u32 source, bool is_slot)
{
	struct rt_select *s = rt_state.sched.select;

	if (s->count < s->room)
		s->cases[s->count++] = (struct one_case){source, is_slot};
	return 0;
}

rt_u32 rt_select_slot(rt_u32 slot)
{
	return add_case(slot, true);
}

rt_u32 rt_select_chan(rt_u32 chan)
{
	return add_case(chan, false);
}

static enum tag look(const struct one_case *one, rt_bytes *out)
{
	if (one->is_slot) {
		enum rt_slot_state state = rt_scope_poll_slot(one->source, out);

		if (state == RT_SLOT_PENDING)
			return TAG_NONE;
		return state == RT_SLOT_DONE ? TAG_SLOT_BYTES : TAG_SLOT_CANCELLED;
	}
	switch (rt_chan_poll(one->source, out)) {
	case RT_CHAN_EMPTY:
		return TAG_NONE;
	case RT_CHAN_TAKEN:
		return TAG_CHAN_BYTES;
	case RT_CHAN_CLOSED:
		break;
	}
	return TAG_CHAN_CLOSED;
}

static rt_u32 event_add(enum tag tag, rt_u32 case_index, rt_u32 source, rt_bytes bytes)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_event *e = rt_raw_alloc(sizeof(*e));

	*e = (struct rt_event){.next = s->events,
	    .scope = rt_scope_here(),
	    .id = ++s->event_ids,
	    .tag = tag,
	    .case_index = case_index,
	    .source = source,
	    .bytes = bytes};
	s->events = e;
	return e->id;
}

/* One round. @return the event, or 0. */
static rt_u32 poll_all(const struct rt_select *sel)
{
	struct rt_scope *scope = rt_scope_here();
	rt_u32 first = sel->take_turns ? scope->turn % sel->count : 0;

	for (rt_u32 n = 0; n < sel->count; n++) {
		rt_u32 i = (first + n) % sel->count;
		rt_bytes bytes = {NULL, 0};
		enum tag tag = look(&sel->cases[i], &bytes);

		if (tag == TAG_NONE)
			continue;
		scope->turn = i + 1;
		return event_add(tag, i, sel->cases[i].source, bytes);
	}
	return 0;
}

/* A round costs a unit of fuel, so that waiting for nothing ends. */
static void between_rounds(const struct rt_select *sel)
{
	rt_state.sched.stats.sleep_calls++;
	if (--rt.fuel < 0)
		rt_fuel_exhausted();
	if (sel->poll_sleep)
		rt_task_pause(sel->poll_sleep);
	else if (rt_state.sched.current)
		rt_task_block(RT_WAIT_YIELD, 0, NULL);
	else
		(void)rt_task_step();
}

static rt_u32 wait(const struct rt_select *sel)
{
	uint64_t since = rt_state.sched.now;

	for (rt_u32 polls = 1;; polls++) {
		rt_u32 event = poll_all(sel);

		if (event)
			return event;
		if (sel->timeout && rt_state.sched.now - since >= sel->timeout)
			return event_add(TAG_TIMEOUT, 0, 0, (rt_bytes){NULL, 0});
		if (sel->max_polls && polls >= sel->max_polls)
			rt_trap("X07T_SELECT_MAX_POLLS", NULL);
		between_rounds(sel);
		if (rt.cancelled)
			return 0;
	}
}

rt_u32 rt_select_wait(void)
{
	struct rt_select *sel = rt_state.sched.select;
	rt_u32 event = wait(sel);

	rt_heap_free(sel);
	return event;
}

rt_opt_i32 rt_select_try(void)
{
	struct rt_select *sel = rt_state.sched.select;
	rt_u32 event = poll_all(sel);

	rt_heap_free(sel);
	return (rt_opt_i32){event != 0, event};
}

static struct rt_event *event_at(rt_u32 id)
{
	struct rt_event *e = rt_state.sched.events;

	while (e && e->id != id)
		e = e->next;
	if (!e)
		rt_trap("X07T_SELECT_EVT_INVALID", NULL);
	return e;
}

rt_u32 rt_event_tag(rt_u32 id)
{
	return event_at(id)->tag;
}

rt_u32 rt_event_case(rt_u32 id)
{
	return event_at(id)->case_index;
}

rt_u32 rt_event_source(rt_u32 id)
{
	return event_at(id)->source;
}

rt_bytes rt_event_take(rt_u32 id)
{
	struct rt_event *e = event_at(id);
	rt_bytes bytes = e->bytes;

	if (e->taken)
		rt_trap("X07T_SELECT_EVT_ALREADY_TAKEN", NULL);
	e->taken = true;
	e->bytes = (rt_bytes){NULL, 0};
	return bytes;
}

rt_u32 rt_event_drop(rt_u32 id)
{
	struct rt_event *gone = event_at(id);
	struct rt_event **at = &rt_state.sched.events;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	rt_bytes_drop(gone->bytes);
	rt_heap_free(gone);
	return 1;
}

void rt_events_drop(const struct rt_scope *scope)
{
	struct rt_event *next;

	for (struct rt_event *e = rt_state.sched.events; e; e = next) {
		next = e->next;
		if (e->scope == scope)
			rt_event_drop(e->id);
	}
}

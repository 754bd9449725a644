/* SPDX-License-Identifier: MIT */
/*
 * The scheduler. Ready tasks run in the order in which they became ready; when none is, the
 * earliest timer moves the clock. The entry expression is no task: where it waits, it makes the
 * scheduler step. Nothing here depends on the host, so a program runs the same way every time.
 * Source: docs/spec/language.md 8.
 */
#include "lang/rt/task.h"

#include "lang/rt/arena.h"
#include "lang/rt/budget.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/task_chan.h"
#include "lang/rt/task_clock.h"
#include "lang/rt/task_scope.h"
#include "lang/rt/task_stack.h"

#include <stddef.h>
#include <string.h>

#define TRACE_NONE 1469598103934665603ull
#define TRACE_PRIME 1099511628211ull
#define TASKS_MAX (1u << 28)

/* The events of the trace hash. */
enum event { EVENT_RUN = 1, EVENT_BLOCK, EVENT_WAKE, EVENT_END };

static void trace(enum event what, rt_u32 id, uint64_t detail)
{
	struct rt_sched *s = &rt_state.sched;
	uint64_t h = s->trace ^ TRACE_NONE;

	if (s->ending)
		return;
	h = (h ^ (uint64_t)what) * TRACE_PRIME;
	h = (h ^ id) * TRACE_PRIME;
	h = (h ^ detail) * TRACE_PRIME;
	s->trace = h ^ TRACE_NONE;
}

uint64_t rt_task_trace(void)
{
	return rt_state.sched.trace ^ TRACE_NONE;
}

static uint64_t detail(enum rt_wait why, rt_u32 what)
{
	return (uint64_t)why << 32 | what;
}

void *rt_task_grow(void *items, rt_u32 *cap, rt_u32 count)
{
	rt_u32 more = *cap ? *cap * 2 : 16;
	void *larger;

	if (count < *cap)
		return items;
	if (more > TASKS_MAX)
		rt_out_of_memory();
	larger = rt_raw_alloc((uint64_t)more * sizeof(void *));
	if (items) {
		memcpy(larger, items, (size_t)count * sizeof(void *));
		rt_heap_free(items);
	}
	*cap = more;
	return larger;
}

static void list_add(struct rt_task_list *list, struct rt_task *t)
{
	t->next = NULL;
	t->where = list;
	if (list->last)
		list->last->next = t;
	else
		list->first = t;
	list->last = t;
}

static void list_remove(struct rt_task *t)
{
	struct rt_task_list *list = t->where;
	struct rt_task *before = NULL;

	if (!list)
		return;
	for (struct rt_task *at = list->first; at != t; at = at->next)
		before = at;
	if (before)
		before->next = t->next;
	else
		list->first = t->next;
	if (list->last == t)
		list->last = before;
	t->where = NULL;
	t->next = NULL;
}

static void make_ready(struct rt_task *t)
{
	t->status = RT_TASK_READY;
	list_add(&rt_state.sched.ready, t);
}

void *rt_task_new(void (*run)(void *frame), rt_u32 size, rt_u32 kind)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *t = rt_raw_alloc(RT_TASK_FRAME + size);

	s->tasks = rt_task_grow(s->tasks, &s->task_cap, s->task_count);
	s->tasks[s->task_count++] = t;
	t->id = s->task_count;
	t->run = run;
	t->kind = kind;
	s->stats.tasks_spawned++;
	make_ready(t);
	return (rt_u8 *)t + RT_TASK_FRAME;
}

static struct rt_task *of_frame(void *frame)
{
	return (struct rt_task *)(void *)((rt_u8 *)frame - RT_TASK_FRAME);
}

rt_u32 rt_task_start(void *frame)
{
	return of_frame(frame)->id;
}

/*
 * Whoever owns the bytes of a view argument may drop or change them while the task lives, so the
 * task gets a copy, unless they cannot go away: the input, and constants of the unit.
 */
rt_view rt_task_view(void *frame, rt_view v)
{
	struct rt_task *t = of_frame(frame);
	struct rt_task_copy *copy;
	uintptr_t at = (uintptr_t)v.ptr;
	uintptr_t input = (uintptr_t)rt.input.ptr;

	if (v.len == 0 || (at >= input && at - input < rt.input.len) ||
	    (at >= RT_UNIT_BASE && at - RT_UNIT_BASE < RT_UNIT_MAX))
		return v;
	copy = rt_raw_alloc(sizeof(*copy) + v.len);
	copy->next = t->copies;
	t->copies = copy;
	rt_copy(copy + 1, v.ptr, v.len);
	return (rt_view){(rt_u8 *)(copy + 1), v.len};
}

struct rt_task *rt_task_find(rt_u32 handle)
{
	struct rt_sched *s = &rt_state.sched;

	if (handle == 0 || handle > s->task_count)
		rt_trap("task invalid handle", NULL);
	return s->tasks[handle - 1];
}

struct rt_task *rt_task_at(rt_u32 handle)
{
	struct rt_task *t = rt_task_find(handle);

	if (!t)
		rt_trap("join already taken", NULL);
	return t;
}

bool rt_task_over(const struct rt_task *t)
{
	return t->status == RT_TASK_DONE || t->status == RT_TASK_CANCELLED;
}

bool rt_task_wake_first(struct rt_task_list *list, enum rt_wait why, rt_u32 what)
{
	struct rt_task *t = list->first;

	if (!t)
		return false;
	list_remove(t);
	rt_state.sched.stats.wake_events++;
	trace(EVENT_WAKE, t->id, detail(why, what));
	make_ready(t);
	return true;
}

/* A task that is over needs nothing but its result. */
static void finish(struct rt_task *t)
{
	rt_scopes_abandon(&t->scope);
	rt_budget_abandon(&t->budgets);
	rt_stack_forget(t);
	while (t->copies) {
		struct rt_task_copy *next = t->copies->next;

		rt_heap_free(t->copies);
		t->copies = next;
	}
	trace(EVENT_END, t->id, rt_state.sched.now);
	while (rt_task_wake_first(&t->joiners, RT_WAIT_JOIN, t->id))
		;
}

/* The task drops what it owns: on its stack when it has begun, else its arguments only. */
static void unwind(struct rt_task *t)
{
	struct rt_task *current = rt_state.sched.current;

	rt.cancelled = 1;
	rt_state.sched.current = t;
	if (t->sp)
		rt_stack_enter(t);
	else
		t->run((rt_u8 *)t + RT_TASK_FRAME);
	rt.cancelled = 0;
	t->status = RT_TASK_CANCELLED;
	rt_state.sched.current = NULL; /* this is the main stack */
	finish(t);
	rt_state.sched.current = current;
}

void rt_task_stop(struct rt_task *t)
{
	struct rt_sched *s = &rt_state.sched;

	list_remove(t);
	rt_clock_remove(t);
	if (!s->current) {
		unwind(t);
		return;
	}
	/* the stack is in use: the scheduler does it and comes back at once */
	s->unwind = t;
	rt_stack_leave(s->current);
}

/* A task runs until it waits or is over; on its behalf others are cancelled. */
static void run(struct rt_task *t)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *other;

	s->stats.ctx_switches++;
	trace(EVENT_RUN, t->id, s->now);
	t->status = RT_TASK_RUNNING;
	s->current = t;
	do {
		rt_stack_enter(t);
		other = s->unwind;
		s->unwind = NULL;
		if (other)
			unwind(other);
	} while (other);
	s->current = NULL;
	if (rt_task_over(t))
		finish(t);
}

bool rt_task_step(void)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *t = s->ready.first;

	if (t) {
		list_remove(t);
		run(t);
		return true;
	}
	t = rt_clock_next();
	if (!t)
		return false;
	rt_clock_remove(t);
	rt_clock_reach(t->wake, t->due);
	s->stats.wake_events++;
	trace(EVENT_WAKE, t->id, detail(RT_WAIT_SLEEP, 0));
	make_ready(t);
	return true;
}

void rt_task_step_or_trap(void)
{
	if (!rt_task_step())
		rt_trap("scheduler deadlock", NULL);
}

void rt_task_block(enum rt_wait why, rt_u32 what, struct rt_task_list *list)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *t = s->current;

	trace(EVENT_BLOCK, t->id, detail(why, what));
	if (why == RT_WAIT_YIELD) {
		make_ready(t);
	} else {
		s->stats.blocked_waits++;
		t->status = RT_TASK_WAITING;
		if (list)
			list_add(list, t);
	}
	rt_stack_leave(t);
}

/* The entry expression lets everybody else go first. */
static void pause_entry(rt_u32 ticks)
{
	struct rt_sched *s = &rt_state.sched;
	uint64_t until = s->now + ticks;
	uint64_t due = rt_clock_due(ticks);

	for (;;) {
		const struct rt_task *t = rt_clock_next();

		if (!s->ready.first && (!t || t->wake >= until))
			break;
		(void)rt_task_step();
	}
	rt_clock_reach(until, due);
}

void rt_task_pause(rt_u32 ticks)
{
	struct rt_task *t = rt_state.sched.current;

	if (!t) {
		pause_entry(ticks);
		return;
	}
	rt_clock_add(t, ticks);
	rt_task_block(RT_WAIT_SLEEP, ticks, NULL);
}

/* Counts one join for each look of a task, and one for the entry expression. */
struct rt_task *rt_task_wait(rt_u32 handle)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *t = rt_task_at(handle);

	if (t == s->current)
		rt_trap("join self", NULL);
	s->stats.join_calls++;
	while (!rt_task_over(t)) {
		if (s->current)
			rt_task_block(RT_WAIT_JOIN, handle, &t->joiners);
		else
			rt_task_step_or_trap();
		if (rt.cancelled)
			return NULL;
		s->stats.join_calls += s->current != NULL;
		t = rt_task_at(handle); /* another task may have taken the result */
	}
	return t;
}

rt_res_bytes rt_task_take(struct rt_task *t)
{
	void *frame = (rt_u8 *)t + RT_TASK_FRAME;
	rt_res_bytes r = {0, 0, {NULL, 0}};

	if (t->kind == RT_TASK_OF_RESULT)
		r = *(rt_res_bytes *)frame;
	else
		r.value = *(rt_bytes *)frame;
	if (t->status == RT_TASK_CANCELLED)
		r = (rt_res_bytes){0, 2, {NULL, 0}};
	rt_state.sched.tasks[t->id - 1] = NULL;
	rt_heap_free(t);
	return r;
}

void rt_task_discard(struct rt_task *t)
{
	rt_bytes_drop(rt_task_take(t).value);
}

void rt_tasks_end(void)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_sched_stats kept = s->stats;

	s->ending = true;
	rt_scopes_abandon(&s->scope);
	for (rt_u32 i = 0; i < s->task_count; i++) {
		if (s->tasks[i] && !rt_task_over(s->tasks[i]))
			rt_task_stop(s->tasks[i]);
	}
	for (rt_u32 i = 0; i < s->task_count; i++) {
		if (s->tasks[i])
			rt_task_discard(s->tasks[i]);
	}
	rt_chans_end();
	s->stats = kept;
}

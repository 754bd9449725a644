/* SPDX-License-Identifier: MIT */
/*
 * Scopes: whoever opens one waits at its end for all that was started in it. A slot is a child
 * whose result is wanted; its number is (serial of the scope << 16) | index.
 * Source: docs/spec/language.md 8, builtins.md 12.
 */
#include "lang/rt/task_scope.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/task.h"
#include "lang/rt/task_select.h"

#include <stddef.h>
#include <string.h>

#define SLOTS_MAX 65536u
#define SERIAL_MAX 65535u

static struct rt_scope **scope_place(void)
{
	struct rt_sched *s = &rt_state.sched;

	return s->current ? &s->current->scope : &s->scope;
}

struct rt_scope *rt_scope_here(void)
{
	return *scope_place();
}

rt_u32 rt_scope_open(
    rt_u32 children, rt_u32 ticks, rt_u32 blocked_waits, rt_u32 join_polls, rt_u32 slot_bytes)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_scope **place = scope_place();
	struct rt_scope *scope = rt_raw_alloc(sizeof(*scope));

	scope->outer = *place;
	scope->serial = s->scope_serial % SERIAL_MAX + 1;
	s->scope_serial++;
	scope->max_children = children;
	scope->max_ticks = ticks;
	scope->max_blocked_waits = blocked_waits;
	scope->max_join_polls = join_polls;
	scope->max_slot_bytes = slot_bytes;
	scope->ticks = rt_state.sched.now;
	scope->blocked_waits = s->stats.blocked_waits;
	scope->join_polls = s->stats.join_calls;
	*place = scope;
	return 0;
}

static void child_add(struct rt_scope_list *list, rt_u32 task, rt_u32 order)
{
	if (list->count == list->cap) {
		rt_u32 cap = list->cap ? list->cap * 2 : 8;
		struct rt_scope_child *items = rt_raw_alloc((uint64_t)cap * sizeof(*items));

		if (list->items) {
			memcpy(items, list->items, list->count * sizeof(*items));
			rt_heap_free(list->items);
		}
		list->items = items;
		list->cap = cap;
	}
	list->items[list->count++] = (struct rt_scope_child){task, order};
}

static void start(struct rt_scope *scope, struct rt_scope_list *list, rt_u32 handle)
{
	rt_state.sched.stats.spawn_calls++;
	if (scope->cancelled)
		rt_trap("X07T_SCOPE_START_AFTER_CANCEL", NULL);
	if (list->count >= scope->max_children || list->count >= SLOTS_MAX)
		rt_trap("X07T_SCOPE_BUDGET_CHILDREN_EXCEEDED", NULL);
	child_add(list, handle, scope->order++);
}

rt_u32 rt_scope_start(rt_u32 handle)
{
	struct rt_scope *scope = rt_scope_here();

	start(scope, &scope->children, handle);
	return 1;
}

rt_u32 rt_scope_async_let(rt_u32 handle)
{
	struct rt_scope *scope = rt_scope_here();

	start(scope, &scope->slots, handle);
	return scope->serial << 16 | (scope->slots.count - 1);
}

static rt_u32 stop_child(struct rt_scope_child *child)
{
	struct rt_task *t = child->task ? rt_task_find(child->task) : NULL;

	if (!t || rt_task_over(t))
		return 0;
	rt_task_stop(t);
	return 1;
}

/* The latest first; both lists are in the order of the starts. */
static rt_u32 stop_all(struct rt_scope *scope)
{
	rt_u32 children = scope->children.count;
	rt_u32 slots = scope->slots.count;
	rt_u32 stopped = 0;

	while (children > 0 || slots > 0) {
		bool slot =
		    children == 0 || (slots > 0 && scope->slots.items[slots - 1].order >
						       scope->children.items[children - 1].order);

		stopped += stop_child(
		    slot ? &scope->slots.items[--slots] : &scope->children.items[--children]);
	}
	return stopped;
}

rt_u32 rt_scope_cancel_all(void)
{
	struct rt_scope *scope = rt_scope_here();

	scope->cancelled = true;
	return stop_all(scope);
}

/* @return how many were waited for; fewer when the owner was cancelled meanwhile. */
static rt_u32 wait_list(struct rt_scope_list *list)
{
	rt_u32 joined = 0;

	for (rt_u32 i = 0; i < list->count; i++) {
		struct rt_task *t;

		if (!list->items[i].task)
			continue;
		t = rt_task_wait(list->items[i].task);
		if (!t)
			return joined;
		rt_task_discard(t);
		list->items[i].task = 0;
		joined++;
	}
	return joined;
}

rt_u32 rt_scope_wait_all(void)
{
	struct rt_scope *scope = rt_scope_here();
	rt_u32 joined = wait_list(&scope->slots);

	if (!rt.cancelled)
		joined += wait_list(&scope->children);
	if (!rt.cancelled)
		scope->children.count = 0;
	return joined;
}

static void free_scope(struct rt_scope **place)
{
	struct rt_scope *scope = *place;

	rt_events_drop(scope);
	*place = scope->outer;
	if (scope->children.items)
		rt_heap_free(scope->children.items);
	if (scope->slots.items)
		rt_heap_free(scope->slots.items);
	rt_heap_free(scope);
}

static void check_budget(const struct rt_scope *scope)
{
	const struct rt_sched *s = &rt_state.sched;

	if (scope->max_ticks && rt_state.sched.now - scope->ticks > scope->max_ticks)
		rt_trap("X07T_SCOPE_BUDGET_TICKS_EXCEEDED", NULL);
	if (scope->max_blocked_waits &&
	    s->stats.blocked_waits - scope->blocked_waits > scope->max_blocked_waits)
		rt_trap("X07T_SCOPE_BUDGET_BLOCKED_WAITS_EXCEEDED", NULL);
	if (scope->max_join_polls &&
	    s->stats.join_calls - scope->join_polls > scope->max_join_polls)
		rt_trap("X07T_SCOPE_BUDGET_JOIN_POLLS_EXCEEDED", NULL);
}

rt_u32 rt_scope_close(void)
{
	(void)rt_scope_wait_all();
	if (rt.cancelled)
		return 0; /* rt_scopes_abandon follows */
	check_budget(rt_scope_here());
	free_scope(scope_place());
	return 0;
}

void rt_scopes_abandon(struct rt_scope **scope)
{
	while (*scope) {
		(void)stop_all(*scope);
		free_scope(scope);
	}
}

static struct rt_scope_child *slot_at(rt_u32 slot)
{
	struct rt_scope *scope = rt_scope_here();
	rt_u32 index = slot & 0xffff;

	while (scope && scope->serial != slot >> 16)
		scope = scope->outer;
	if (!scope)
		rt_trap("X07T_SCOPE_SLOT_INVALID", NULL);
	if (index >= scope->slots.count)
		rt_trap("X07T_SCOPE_SLOT_OOB", NULL);
	return &scope->slots.items[index];
}

/* The task of a slot whose result nobody has taken. */
static struct rt_task *slot_task(rt_u32 slot, rt_u32 kind)
{
	const struct rt_scope_child *child = slot_at(slot);
	struct rt_task *t = child->task ? rt_task_find(child->task) : NULL;

	if (!t)
		rt_trap("X07T_SCOPE_SLOT_ALREADY_CONSUMED", NULL);
	if (t->kind != kind)
		rt_trap("X07T_SCOPE_SLOT_KIND_MISMATCH", NULL);
	return t;
}

static rt_res_bytes take_slot(rt_u32 slot, struct rt_task *t)
{
	rt_res_bytes r = rt_task_take(t);
	rt_u32 max = rt_scope_here()->max_slot_bytes;

	slot_at(slot)->task = 0;
	if (max && r.value.len > max)
		rt_trap("X07T_SCOPE_SLOT_RESULT_TOO_LARGE", NULL);
	return r;
}

static rt_res_bytes await_slot(rt_u32 slot, rt_u32 kind)
{
	struct rt_task *t = rt_task_wait(slot_task(slot, kind)->id);

	return t ? take_slot(slot, t) : (rt_res_bytes){0, 2, {NULL, 0}};
}

rt_bytes rt_scope_await_slot_bytes(rt_u32 slot)
{
	return await_slot(slot, RT_TASK_OF_BYTES).value;
}

rt_res_bytes rt_scope_await_slot_result(rt_u32 slot)
{
	return await_slot(slot, RT_TASK_OF_RESULT);
}

static enum rt_slot_state poll(rt_u32 slot, rt_u32 kind, rt_res_bytes *out)
{
	struct rt_task *t = slot_task(slot, kind);
	bool cancelled = t->status == RT_TASK_CANCELLED;

	rt_state.sched.stats.join_calls++;
	if (!rt_task_over(t))
		return RT_SLOT_PENDING;
	*out = take_slot(slot, t);
	return cancelled ? RT_SLOT_CANCELLED : RT_SLOT_DONE;
}

enum rt_slot_state rt_scope_poll_slot(rt_u32 slot, rt_bytes *out)
{
	rt_res_bytes r = {0, 0, {NULL, 0}};
	enum rt_slot_state state = poll(slot, RT_TASK_OF_BYTES, &r);

	*out = r.value;
	return state;
}

/* The error codes of try_await_slot: none when it is done. */
static const rt_u32 try_errors[] = {
    [RT_SLOT_PENDING] = 1, [RT_SLOT_DONE] = 0, [RT_SLOT_CANCELLED] = 2};

rt_res_bytes rt_scope_try_await_slot_bytes(rt_u32 slot)
{
	rt_res_bytes r = {0, 0, {NULL, 0}};

	r.err = try_errors[rt_scope_poll_slot(slot, &r.value)];
	r.tag = r.err == 0;
	return r;
}

rt_res_res_bytes rt_scope_try_await_slot_result(rt_u32 slot)
{
	rt_res_res_bytes r = {0, 0, {0, 0, {NULL, 0}}};

	r.err = try_errors[poll(slot, RT_TASK_OF_RESULT, &r.value)];
	r.tag = r.err == 0;
	if (!r.tag)
		r.value.err = 0;
	return r;
}

rt_u32 rt_scope_slot_is_finished(rt_u32 slot)
{
	const struct rt_scope_child *child = slot_at(slot);
	const struct rt_task *t = child->task ? rt_task_find(child->task) : NULL;

	return !t || rt_task_over(t);
}

/* SPDX-License-Identifier: MIT */
/* await and the heads task.* that need no scope. Source: docs/spec/builtins.md 12. */
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/task.h"

#include <stddef.h>

enum try_error { TRY_NOT_FINISHED = 1, TRY_CANCELLED = 2 };

static void check_kind(const struct rt_task *t, rt_u32 kind, const char *message)
{
	if (t->kind != kind)
		rt_trap(message, NULL);
}

static rt_res_bytes join(rt_u32 handle, rt_u32 kind, const char *message)
{
	struct rt_task *t;

	check_kind(rt_task_at(handle), kind, message);
	t = rt_task_wait(handle);
	return t ? rt_task_take(t) : (rt_res_bytes){0, TRY_CANCELLED, {NULL, 0}};
}

rt_bytes rt_await(rt_u32 handle)
{
	return join(handle, RT_TASK_OF_BYTES, "await kind mismatch").value;
}

rt_bytes rt_task_join_bytes(rt_u32 handle)
{
	return join(handle, RT_TASK_OF_BYTES, "task.join.bytes kind mismatch").value;
}

rt_res_bytes rt_task_join_result_bytes(rt_u32 handle)
{
	return join(handle, RT_TASK_OF_RESULT, "task.join.result_bytes kind mismatch");
}

/* The result and 0, or why there is none. */
static rt_u32 try_join(rt_u32 handle, rt_u32 kind, const char *message, rt_res_bytes *out)
{
	struct rt_task *t = rt_task_at(handle);
	bool cancelled = t->status == RT_TASK_CANCELLED;

	rt_state.sched.stats.join_calls++;
	check_kind(t, kind, message);
	if (!rt_task_over(t))
		return TRY_NOT_FINISHED;
	*out = rt_task_take(t);
	return cancelled ? TRY_CANCELLED : 0;
}

rt_res_bytes rt_task_try_join_bytes(rt_u32 handle)
{
	rt_res_bytes r = {0, 0, {NULL, 0}};
	rt_u32 err = try_join(handle, RT_TASK_OF_BYTES, "task.try_join.bytes kind mismatch", &r);

	r.tag = err == 0;
	r.err = err;
	return r;
}

rt_res_res_bytes rt_task_try_join_result_bytes(rt_u32 handle)
{
	rt_res_res_bytes r = {0, 0, {0, 0, {NULL, 0}}};
	rt_u32 err = try_join(
	    handle, RT_TASK_OF_RESULT, "task.try_join.result_bytes kind mismatch", &r.value);

	r.tag = err == 0;
	r.err = err;
	if (err)
		r.value = (rt_res_bytes){0, 0, {NULL, 0}};
	return r;
}

rt_u32 rt_task_spawn(rt_u32 handle)
{
	rt_state.sched.stats.spawn_calls++;
	return handle;
}

rt_u32 rt_task_is_finished(rt_u32 handle)
{
	const struct rt_task *t = rt_task_find(handle);

	return !t || rt_task_over(t);
}

/* A task cannot cancel itself: it would have to leave functions that know nothing of tasks. */
rt_u32 rt_task_cancel(rt_u32 handle)
{
	struct rt_task *t = rt_task_find(handle);

	if (!t || rt_task_over(t) || t == rt_state.sched.current)
		return 0;
	rt_task_stop(t);
	return 1;
}

rt_u32 rt_task_yield(void)
{
	struct rt_sched *s = &rt_state.sched;

	s->stats.yield_calls++;
	if (s->current)
		rt_task_block(RT_WAIT_YIELD, 0, NULL);
	else
		rt_task_step();
	return 0;
}

rt_u32 rt_task_sleep(rt_u32 ticks)
{
	rt_state.sched.stats.sleep_calls++;
	rt_task_pause(ticks);
	return 0;
}

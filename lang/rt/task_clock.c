/* SPDX-License-Identifier: MIT */
/*
 * Ticks and timers. Time stands still while tasks run and jumps to the earliest timer when none is
 * ready, in all worlds, so that the order of events never depends on the speed of the machine. In
 * the worlds of the operating system a tick is a millisecond besides: before time jumps to a timer,
 * the program waits until that many milliseconds have passed since the timer was set, as far as
 * the policy lets it sleep. Source: docs/spec/language.md 8, docs/decisions/tasks.md.
 */
#include "lang/rt/task_clock.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/task.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

static bool earlier(const struct rt_task *a, const struct rt_task *b)
{
	return a->wake != b->wake ? a->wake < b->wake : a->wake_order < b->wake_order;
}

static void place(struct rt_task *t, rt_u32 at)
{
	rt_state.sched.timers[at - 1] = t;
	t->timer = at;
}

/* Places count from 1: the parent of i is i / 2. */
static void sift_up(struct rt_task *t, rt_u32 at)
{
	struct rt_task **heap = rt_state.sched.timers;

	for (; at > 1 && earlier(t, heap[at / 2 - 1]); at /= 2)
		place(heap[at / 2 - 1], at);
	place(t, at);
}

static void sift_down(struct rt_task *t, rt_u32 at)
{
	struct rt_task **heap = rt_state.sched.timers;
	rt_u32 count = rt_state.sched.timer_count;

	for (rt_u32 child = at * 2; child <= count; child = at * 2) {
		if (child < count && earlier(heap[child], heap[child - 1]))
			child++;
		if (!earlier(heap[child - 1], t))
			break;
		place(heap[child - 1], at);
		at = child;
	}
	place(t, at);
}

void rt_clock_add(struct rt_task *t, rt_u32 ticks)
{
	struct rt_sched *s = &rt_state.sched;

	s->timers = rt_task_grow(s->timers, &s->timer_cap, s->timer_count);
	t->wake = s->now + ticks;
	t->due = rt_clock_due(ticks);
	t->wake_order = s->orders++;
	sift_up(t, ++s->timer_count);
}

void rt_clock_remove(struct rt_task *t)
{
	struct rt_sched *s = &rt_state.sched;
	struct rt_task *last;
	rt_u32 at = t->timer;

	if (at == 0)
		return;
	t->timer = 0;
	last = s->timers[--s->timer_count];
	if (last == t)
		return;
	if (at > 1 && earlier(last, s->timers[at / 2 - 1]))
		sift_up(last, at);
	else
		sift_down(last, at);
}

struct rt_task *rt_clock_next(void)
{
	return rt_state.sched.timer_count ? rt_state.sched.timers[0] : NULL;
}

static uint64_t monotonic_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t rt_clock_due(rt_u32 ticks)
{
	const struct rt_config *config = rt_state.config;
	bool is_real = (config->gates & RT_GATE_REAL_TIME) != 0;

	if (!is_real || !rt_allowed(RT_GATE_TIME | RT_GATE_SLEEP))
		return 0;
	if (rt_sandboxed() && ticks > config->max_sleep_ms)
		ticks = config->max_sleep_ms;
	return monotonic_ms() + ticks;
}

static void wait_until_ms(uint64_t due)
{
	uint64_t now = due ? monotonic_ms() : 0;
	uint64_t ms = due > now ? due - now : 0;
	struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	while (ms && nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

void rt_clock_reach(uint64_t tick, uint64_t due)
{
	struct rt_sched *s = &rt_state.sched;

	wait_until_ms(due);
	if (tick > s->now)
		s->now = tick;
}

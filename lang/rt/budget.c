/* SPDX-License-Identifier: MIT */
/*
 * Budget scopes: what a run used when the scope began, compared when it ends. Fuel is different:
 * the scope withholds all but its cap, so that the fuel test of the program itself stops it. The
 * scopes of a task count only while it runs; those of the entry expression count for all.
 * Source: docs/spec/language.md 9.
 */
#include "lang/rt/budget.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <stddef.h>

#define ERR_FIRST 0x80000001u /* code of the first counted limit; the others follow */

/* In the order in which a scope tells them. */
enum counted { ALLOC_BYTES, ALLOC_CALLS, REALLOC_CALLS, MEMCPY_BYTES, SCHED_TICKS, COUNTED };

struct rt_budget {
	struct rt_budget *outer;
	uint64_t before[COUNTED];
	rt_u32 cap[COUNTED]; /* 0 = no limit */
	rt_i64 kept;         /* fuel that the scope cannot reach */
	bool caps_fuel;
};

static const char *const trap_texts[COUNTED] = {
    "X07T_BUDGET_EXCEEDED_ALLOC_BYTES",
    "X07T_BUDGET_EXCEEDED_ALLOC_CALLS",
    "X07T_BUDGET_EXCEEDED_REALLOC_CALLS",
    "X07T_BUDGET_EXCEEDED_MEMCPY_BYTES",
    "X07T_BUDGET_EXCEEDED_SCHED_TICKS",
};

static void take_counts(uint64_t counts[COUNTED])
{
	const struct rt_mem_stats *m = &rt_state.mem;

	counts[ALLOC_BYTES] = m->bytes_alloc_total;
	counts[ALLOC_CALLS] = m->alloc_calls;
	counts[REALLOC_CALLS] = m->realloc_calls;
	counts[MEMCPY_BYTES] = m->memcpy_bytes;
	counts[SCHED_TICKS] = rt_state.sched.now;
}

static struct rt_budgets *here(void)
{
	struct rt_task *t = rt_state.sched.current;

	return t ? &t->budgets : &rt_state.budgets;
}

bool rt_budget_caps_fuel(void)
{
	return here()->caps > 0 || rt_state.budgets.caps > 0;
}

void rt_budget_pause(struct rt_budgets *b)
{
	b->allowed = rt.fuel;
	rt.fuel += b->kept;
}

/* The others paid from what is withheld: a task has less only when they used up all of that. */
void rt_budget_resume(struct rt_budgets *b)
{
	if (b->kept == 0)
		return;
	b->kept = rt.fuel > b->allowed ? rt.fuel - b->allowed : 0;
	rt.fuel -= b->kept;
}

static void withhold_fuel(struct rt_budgets *all, struct rt_budget *b, rt_u32 cap)
{
	b->caps_fuel = cap > 0;
	if (!b->caps_fuel)
		return;
	b->kept = rt.fuel > (rt_i64)cap ? rt.fuel - (rt_i64)cap : 0;
	rt.fuel -= b->kept;
	all->kept += b->kept;
	all->caps++;
}

static void give_fuel(struct rt_budgets *all, const struct rt_budget *b)
{
	rt_i64 fuel = b->kept < all->kept ? b->kept : all->kept;

	if (!b->caps_fuel)
		return;
	rt.fuel += fuel;
	all->kept -= fuel;
	all->caps--;
}

rt_u32 rt_budget_enter(rt_u32 alloc_bytes, rt_u32 alloc_calls, rt_u32 realloc_calls,
    rt_u32 memcpy_bytes, rt_u32 sched_ticks, rt_u32 fuel)
{
	struct rt_budgets *all = here();
	struct rt_budget *b = rt_raw_alloc(sizeof(*b));

	*b = (struct rt_budget){.outer = all->innermost,
	    .cap = {alloc_bytes, alloc_calls, realloc_calls, memcpy_bytes, sched_ticks}};
	all->innermost = b;
	take_counts(b->before);
	withhold_fuel(all, b, fuel);
	return 0;
}

/* The first limit that the scope broke, or COUNTED. */
static enum counted broken_limit(const struct rt_budget *b)
{
	uint64_t now[COUNTED];

	take_counts(now);
	for (unsigned i = 0; i < COUNTED; i++) {
		if (b->cap[i] && now[i] - b->before[i] > b->cap[i])
			return (enum counted)i;
	}
	return COUNTED;
}

rt_u32 rt_budget_exit(rt_u32 mode)
{
	struct rt_budgets *all = here();
	struct rt_budget *b = all->innermost;
	enum counted broken = broken_limit(b);

	give_fuel(all, b);
	all->innermost = b->outer;
	rt_heap_free(b);
	if (broken == COUNTED || mode == RT_BUDGET_STATS)
		return 0;
	if (mode == RT_BUDGET_TRAP)
		rt_trap(trap_texts[broken], NULL);
	return ERR_FIRST + broken;
}

void rt_budget_abandon(struct rt_budgets *all)
{
	while (all->innermost) {
		struct rt_budget *b = all->innermost;

		all->innermost = b->outer;
		rt_heap_free(b);
	}
	*all = (struct rt_budgets){NULL, 0, 0, 0};
}

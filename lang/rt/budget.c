/* SPDX-License-Identifier: MIT */
/*
 * Budget scopes: what a run used when the scope began, compared when it ends. Fuel is different:
 * the scope lends part of what is left, so that the fuel test of the program itself stops it.
 * Source: spec language 9.
 */
#include "lang/rt/budget.h"

#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <stddef.h>

#define ERR_FIRST 0x80000001u /* code of the first counted limit; the others follow */

/* In the order in which a scope tells them. */
enum counted { ALLOC_BYTES, ALLOC_CALLS, REALLOC_CALLS, MEMCPY_BYTES, SCHED_TICKS, COUNTED };

struct budget {
	uint64_t before[COUNTED];
	rt_u32 cap[COUNTED]; /* 0 = no limit */
	rt_i64 kept;         /* fuel that the scope cannot reach */
	bool caps_fuel;
	bool live;
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
	counts[SCHED_TICKS] = rt_state.sched_ticks;
}

static struct budget *budget_at(rt_u32 handle)
{
	return rt_table_at(&rt_state.budgets, sizeof(struct budget), handle);
}

static void lend_fuel(struct budget *b, rt_u32 cap)
{
	b->caps_fuel = cap > 0;
	if (!b->caps_fuel)
		return;
	rt_state.fuel_budgets++;
	b->kept = rt.fuel > (rt_i64)cap ? rt.fuel - (rt_i64)cap : 0;
	rt.fuel -= b->kept;
}

rt_u32 rt_budget_enter(rt_u32 alloc_bytes, rt_u32 alloc_calls, rt_u32 realloc_calls,
    rt_u32 memcpy_bytes, rt_u32 sched_ticks, rt_u32 fuel)
{
	rt_u32 handle = rt_table_add(&rt_state.budgets, sizeof(struct budget));
	struct budget *b = budget_at(handle);

	*b = (struct budget){
	    .cap = {alloc_bytes, alloc_calls, realloc_calls, memcpy_bytes, sched_ticks},
	    .live = true};
	take_counts(b->before);
	lend_fuel(b, fuel);
	return handle;
}

/* The first limit that the scope broke, or COUNTED. */
static enum counted broken_limit(const struct budget *b)
{
	uint64_t now[COUNTED];

	take_counts(now);
	for (unsigned i = 0; i < COUNTED; i++) {
		if (b->cap[i] && now[i] - b->before[i] > b->cap[i])
			return (enum counted)i;
	}
	return COUNTED;
}

/* Scopes of several tasks may end in any order: a slot is given back when those above it are. */
static void end_scope(struct budget *b)
{
	if (b->caps_fuel) {
		rt_state.fuel_budgets--;
		rt.fuel += b->kept;
	}
	b->live = false;
	while (rt_state.budgets.count > 0 && !budget_at(rt_state.budgets.count)->live)
		rt_state.budgets.count--;
}

rt_u32 rt_budget_exit(rt_u32 handle, rt_u32 mode)
{
	struct budget *b = budget_at(handle);
	enum counted broken = broken_limit(b);

	end_scope(b);
	if (broken == COUNTED || mode == RT_BUDGET_STATS)
		return 0;
	if (mode == RT_BUDGET_TRAP)
		rt_trap(trap_texts[broken], NULL);
	return ERR_FIRST + broken;
}

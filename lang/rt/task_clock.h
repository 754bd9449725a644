/* SPDX-License-Identifier: MIT */
/* The clock of the scheduler and its timers. */
#ifndef RT_TASK_CLOCK_H
#define RT_TASK_CLOCK_H

#include "lang/rt/task_types.h"

/** When a sleep that begins now is over, in milliseconds of the monotonic clock; 0: at once. */
uint64_t rt_clock_due(rt_u32 ticks);
/** Wake a task so many ticks from now. */
void rt_clock_add(struct rt_task *t, rt_u32 ticks);
/** Take back the timer of a task, if it has one. */
void rt_clock_remove(struct rt_task *t);
/** The task whose timer is the earliest; of equal ones the first that was set. NULL: none. */
struct rt_task *rt_clock_next(void);
/** Wait until @p due (rt_clock_due), then make it at least that tick. */
void rt_clock_reach(uint64_t tick, uint64_t due);

#endif

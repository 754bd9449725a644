/* SPDX-License-Identifier: MIT */
/* The scheduler: tasks, waiting and waking. Source: docs/spec/language.md 8. */
#ifndef RT_TASK_H
#define RT_TASK_H

#include "lang/rt/rt_types.h"
#include "lang/rt/task_types.h"

/** The task with this handle; NULL when its result was taken. Traps for any other number. */
struct rt_task *rt_task_find(rt_u32 handle);
/** The same, but traps when the result was taken. */
struct rt_task *rt_task_at(rt_u32 handle);
/** True when the task will not run any more. */
bool rt_task_over(const struct rt_task *t);
/** Let other tasks run until something wakes the current one. @p list may be NULL. */
void rt_task_block(enum rt_wait why, rt_u32 what, struct rt_task_list *list);
/** Wake the first task of a list, which waits for @p what. @return false when it is empty. */
bool rt_task_wake_first(struct rt_task_list *list, enum rt_wait why, rt_u32 what);
/** One step of the scheduler. @return false when nothing is ready and no timer runs. */
bool rt_task_step(void);
/** One step of the scheduler, for the entry expression. Traps when there is none. */
void rt_task_step_or_trap(void);
/** Sleep, uncounted. */
void rt_task_pause(rt_u32 ticks);
/** Cancel a task that is not over, and let it drop what it owns. */
void rt_task_stop(struct rt_task *t);
/** Wait until a task is over. @return NULL when the waiting task was cancelled meanwhile. */
struct rt_task *rt_task_wait(rt_u32 handle);
/** Take the result of a task that is over, free the task. Cancelled: empty. */
rt_res_bytes rt_task_take(struct rt_task *t);
/** Free what a task has left, its result too. */
void rt_task_discard(struct rt_task *t);
/** The end of the run: all tasks, channels and events are freed. */
void rt_tasks_end(void);
/** The hash of what the scheduler did. */
uint64_t rt_task_trace(void);
/** A larger block for an array of pointers that is full. */
void *rt_task_grow(void *items, rt_u32 *cap, rt_u32 count);

#endif

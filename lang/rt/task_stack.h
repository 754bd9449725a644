/* SPDX-License-Identifier: MIT */
/* The one stack that all tasks use in turn (docs/decisions/tasks.md). */
#ifndef RT_TASK_STACK_H
#define RT_TASK_STACK_H

#include "lang/rt/task_types.h"

/** Run a task until it leaves the stack or its function returns. From the main stack only. */
void rt_stack_enter(struct rt_task *t);
/** Go back to whoever called rt_stack_enter. From the task stack only. */
void rt_stack_leave(struct rt_task *t);
/** The task is over: what it had on the stack is not kept. */
void rt_stack_forget(struct rt_task *t);

#endif

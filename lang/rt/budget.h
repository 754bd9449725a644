/* SPDX-License-Identifier: MIT */
/* Budget scopes of the entry expression and of tasks. */
#ifndef RT_BUDGET_H
#define RT_BUDGET_H

#include "lang/rt/task_types.h"

/** The operand of the head that ends a scope. */
enum rt_budget_mode {
	RT_BUDGET_TRAP,  /* trap with the name of the limit */
	RT_BUDGET_ERR,   /* its result is the error code, 0 when nothing was broken */
	RT_BUDGET_STATS, /* nothing */
};

/** Does a scope around what runs now cap the fuel? */
bool rt_budget_caps_fuel(void);
/** A task stops running: others may use the fuel that its scopes withhold. */
void rt_budget_pause(struct rt_budgets *b);
/** A task goes on: it has what its scopes left it, or what there is. */
void rt_budget_resume(struct rt_budgets *b);
/** Free the scopes of a task that is over; it is paused. */
void rt_budget_abandon(struct rt_budgets *b);

#endif

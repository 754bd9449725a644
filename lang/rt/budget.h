/* SPDX-License-Identifier: MIT */
/* What happens at the end of a budget scope that used too much. */
#ifndef RT_BUDGET_H
#define RT_BUDGET_H

/** The second operand of the head that ends a scope. */
enum rt_budget_mode {
	RT_BUDGET_TRAP,  /* trap with the name of the limit */
	RT_BUDGET_ERR,   /* its result is the error code, 0 when nothing was broken */
	RT_BUDGET_STATS, /* nothing */
};

#endif

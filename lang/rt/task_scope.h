/* SPDX-License-Identifier: MIT */
/* Scopes of tasks: children, slots and the events of select. Source: docs/spec/language.md 8. */
#ifndef RT_TASK_SCOPE_H
#define RT_TASK_SCOPE_H

#include "lang/rt/task_types.h"

struct rt_scope_child {
	rt_u32 task; /* 0: taken */
	rt_u32 order;
};

struct rt_scope_list {
	struct rt_scope_child *items;
	rt_u32 count, cap;
};

/** An open scope; its owner has the innermost one at hand. */
struct rt_scope {
	struct rt_scope *outer;
	rt_u32 serial; /* upper half of its slots' ids */
	rt_u32 max_children, max_ticks, max_blocked_waits, max_join_polls, max_slot_bytes;
	uint64_t ticks, blocked_waits, join_polls; /* when it was opened */
	struct rt_scope_list children, slots;
	rt_u32 order;
	rt_u32 turn; /* select with rr_v1: the case that is next */
	bool cancelled;
};

/** How the slot stands. */
enum rt_slot_state { RT_SLOT_PENDING, RT_SLOT_DONE, RT_SLOT_CANCELLED };

/** The innermost scope of whoever runs; never NULL in a program that was checked. */
struct rt_scope *rt_scope_here(void);
/** Look at a slot of kind bytes, as try_await does: when it is over its result is taken. */
enum rt_slot_state rt_scope_poll_slot(rt_u32 slot, rt_bytes *out);
/** Cancel and free all scopes of a list: their owner will not close them. */
void rt_scopes_abandon(struct rt_scope **scope);

#endif

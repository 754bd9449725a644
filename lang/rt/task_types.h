/* SPDX-License-Identifier: MIT */
/*
 * What the files of the scheduler share (docs/decisions/tasks.md). A task is a record with the
 * frame of its function behind it; a task that finished and was joined keeps only its number.
 */
#ifndef RT_TASK_TYPES_H
#define RT_TASK_TYPES_H

#include "lang/rt/abi.h"

#include <stdbool.h>
#include <stdint.h>

enum rt_task_status {
	RT_TASK_READY,   /* in the ready queue */
	RT_TASK_RUNNING, /* on the task stack, or about to go back there */
	RT_TASK_WAITING, /* for a timer, a task or a channel */
	RT_TASK_DONE,
	RT_TASK_CANCELLED,
};

/* What a task waits for; the numbers are part of the trace hash. */
enum rt_wait { RT_WAIT_YIELD = 0, RT_WAIT_JOIN, RT_WAIT_SLEEP, RT_WAIT_SEND, RT_WAIT_RECV };

/* First in, first out. */
struct rt_task_list {
	struct rt_task *first, *last;
};

/* A copy of the bytes of a view argument; the bytes follow. */
struct rt_task_copy {
	struct rt_task_copy *next;
};

/* The budget scopes that whoever runs has open, and what they do to the fuel. */
struct rt_budgets {
	struct rt_budget *innermost;
	rt_i64 kept;    /* fuel that the scopes withhold */
	rt_i64 allowed; /* fuel that was left when the task stopped running */
	rt_u32 caps;    /* scopes that cap the fuel */
};

/* The frame follows at RT_TASK_FRAME: the result, then the arguments. */
struct rt_task {
	struct rt_task *next;       /* in the list where it stands */
	struct rt_task_list *where; /* that list; NULL */
	struct rt_task_list joiners;
	void (*run)(void *frame);
	struct rt_task_copy *copies;
	struct rt_scope *scope; /* innermost open scope of the task */
	struct rt_budgets budgets;
	void *sp;     /* where it left the stack; NULL before it started */
	rt_u8 *saved; /* its part of the stack while another task has it */
	uint64_t saved_cap;
	uint64_t wake, wake_order; /* of its timer */
	uint64_t due;              /* rt_clock_due of its timer */
	rt_u32 timer;              /* place in the heap of timers, from 1; 0 = none */
	rt_u32 id;
	rt_u32 kind; /* RT_TASK_OF_BYTES or RT_TASK_OF_RESULT */
	enum rt_task_status status;
};

#define RT_TASK_FRAME ((sizeof(struct rt_task) + 15) & ~(size_t)15)

/* Counters of the statistics line. Source: docs/spec/language.md 13. */
struct rt_sched_stats {
	uint64_t tasks_spawned, spawn_calls, join_calls, yield_calls, sleep_calls;
	uint64_t chan_send_calls, chan_recv_calls, ctx_switches, wake_events, blocked_waits;
};

struct rt_sched {
	struct rt_sched_stats stats;
	uint64_t trace; /* hash, less the offset that no events have */
	uint64_t now;   /* ticks */
	uint64_t orders;
	struct rt_task **tasks; /* by id - 1; NULL = finished and taken */
	rt_u32 task_count, task_cap;
	struct rt_task **timers; /* binary heap by (wake, order) */
	rt_u32 timer_count, timer_cap;
	struct rt_task_list ready;
	struct rt_task *current; /* NULL: the entry expression */
	struct rt_task *unwind;  /* the current task wants this one cancelled */
	struct rt_scope *scope;  /* innermost open scope of the entry expression */
	struct rt_chan **chans;  /* by id - 1 */
	rt_u32 chan_count, chan_cap;
	struct rt_select *select; /* that is being put together: nothing else runs meanwhile */
	struct rt_event *events;  /* of select */
	rt_u32 event_ids, scope_serial;
	bool ending; /* nothing is counted any more */
};

#endif

/* SPDX-License-Identifier: MIT */
/* The one loop of the broker: descriptors, deadlines, and the memory of what has ended. */
#ifndef SANDBOX_BROKER_LOOP_H
#define SANDBOX_BROKER_LOOP_H

#include "sandbox/broker/types.h"

/** What the loop asks of the kinds of requests. It knows none of them by name. */
struct broker_hooks {
	/** When `tick` must be called at the latest, on the clock of broker_now; 0 = never. */
	int64_t (*deadline)(const struct broker_server *s);
	/** Called in each round. */
	void (*tick)(struct broker_server *s);
	/** The guest is gone: forget what it cannot read any more. @return true while bytes that it
	 *  wrote may still be unsent. */
	bool (*flushing)(struct broker_server *s);
};

/** Nanoseconds of the monotonic clock. */
int64_t broker_now(void);

/**
 * Put a descriptor into the set, or change what it waits for.
 * @param w       nothing happens when its descriptor is -1.
 * @param events  a set of EPOLL* bits; 0 takes the descriptor out of the set.
 */
void broker_watch(struct broker_server *s, struct broker_watch *w, uint32_t events);

/** Take out of the set and close the descriptor. @p w is freed when nobody looks at it any more. */
void broker_retire(struct broker_server *s, struct broker_watch *w);

/** Enter a task. @return false when too many run: the caller answers, and frees it. */
bool broker_task_start(struct broker_server *s, struct broker_task *task);

/** Enter a task that is part of another one, which counts already. */
void broker_task_join(struct broker_server *s, struct broker_task *task);

/** The object goes on, but is no task any more. @return false when it was none. */
bool broker_task_leave(struct broker_server *s, struct broker_task *task);

/** End a task: it leaves, `drop` is called, and its memory is freed by broker_retire. */
void broker_task_end(struct broker_server *s, struct broker_task *task);

/** Work until the conversation is over and what the guest wrote has been sent. */
void broker_loop(struct broker_server *s, const struct broker_hooks *hooks);

#endif

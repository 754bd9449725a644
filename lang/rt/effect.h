/* SPDX-License-Identifier: MIT */
/* The table of effects: what was refused and, in an observed run, what was used. */
#ifndef RT_EFFECT_H
#define RT_EFFECT_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/** What tells two effects apart, beside the head that runs and the subject. */
struct rt_effect_key {
	enum rt_event_kind kind;
	unsigned reason; /* RT_USED or enum rt_event_reason */
	int sys_errno;
	rt_u32 code, detail;
	rt_u32 root; /* plus one */
};

/** Count a refused operation; never blocks, loses no count. */
void rt_deny(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, rt_view subject);
/** Count an effect. @param amount bytes or milliseconds. @return its entry, NULL when there is
 * none. */
struct rt_effect *rt_effect_add(const struct rt_effect_key *key, rt_view subject, uint64_t amount);
/** Add an amount to an entry of rt_effect_add, as part of the operation with @p total so far. */
void rt_effect_more(struct rt_effect *e, uint64_t amount, uint64_t total);
/** What is allowed is recorded too. */
bool rt_observed(void);
/** These gates let something pass. */
void rt_gates_used(rt_u32 gates);
/** A descriptor was opened. */
void rt_fd_used(int fd);
/** A listing saw so many entries, so deep. */
void rt_listing_used(rt_u32 entries, rt_u32 depth);

#endif

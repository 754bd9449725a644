/* SPDX-License-Identifier: MIT */
/* Names to addresses. */
#ifndef SANDBOX_BROKER_RESOLVE_H
#define SANDBOX_BROKER_RESOLVE_H

#include "sandbox/broker/types.h"

/**
 * A look-up is over.
 * @param list  borrowed; empty when the look-up failed.
 * @param why   NULL, or why it failed. Static storage.
 */
typedef void broker_resolved(
    struct broker_server *s, void *arg, const struct broker_addresses *list, const char *why);

/** Read /etc/hosts and /etc/resolv.conf, before the broker gives up its files. */
bool broker_resolve_open(struct broker_server *s);

/**
 * Look up a name. @p done is called once, perhaps at once, unless broker_resolve_cancel comes
 * first.
 * @param deadline_ns  when to give up at the latest.
 * @return the look-up while it runs; NULL when @p done was called.
 */
struct broker_lookup *broker_resolve_start(struct broker_server *s, const char *host,
    int64_t deadline_ns, broker_resolved *done, void *arg);

/** End a look-up whose answer nobody wants any more. */
void broker_resolve_cancel(struct broker_server *s, struct broker_lookup *l);

#endif

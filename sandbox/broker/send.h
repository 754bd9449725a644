/* SPDX-License-Identifier: MIT */
/* Frames on their way to the guest. What does not fit into the socket waits in a queue. */
#ifndef SANDBOX_BROKER_SEND_H
#define SANDBOX_BROKER_SEND_H

#include "sandbox/broker/types.h"

/** Send a frame, or queue it. @param fd is sent along and stays the caller's; -1 = none. */
void broker_send(struct broker_server *s, const struct rt_net_frame *frame, const void *payload,
    size_t len, int fd);

/** End request @p id with a code alone. */
void broker_send_code(struct broker_server *s, uint32_t id, uint32_t code);

/** Is the queue empty? */
bool broker_send_idle(const struct broker_server *s);

/** Send what waits, as far as there is room. @return true when the queue is empty. */
bool broker_send_queued(struct broker_server *s);

#endif

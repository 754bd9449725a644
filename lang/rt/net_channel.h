/* SPDX-License-Identifier: MIT */
/* The conversation with the broker. */
#ifndef RT_NET_CHANNEL_H
#define RT_NET_CHANNEL_H

#include "lang/rt/config.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"

#include <stdbool.h>

/** An answer of the broker that ended a request. */
struct net_done {
	rt_u32 code, value;
	int fd; /* -1 when there is none; the receiver closes it */
	rt_u32 len;
	rt_u8 payload[RT_NET_PAYLOAD_MAX];
};

/**
 * May the program ask the broker at all? Counts the refusal when the policy has no network.
 * @return RT_NET_OK, RT_NET_DENIED, or RT_NET_INTERNAL when no broker is there.
 */
rt_u32 rt_net_open(enum rt_op op, rt_view subject);
/** Send one request in one frame. @return its number, 0 when the broker is gone. */
rt_u32 rt_net_ask(rt_u32 kind, rt_u32 a, rt_u32 b, rt_view first, rt_view second);
/** The same number again: a further frame of a request. */
bool rt_net_send(const struct rt_net_frame *frame, rt_view first, rt_view second);
/** A number for a new request; never 0, which says that there is none. */
rt_u32 rt_net_next_id(void);
/**
 * The next frame of the conversation.
 * @param to    payload goes here, at most @p room bytes; longer frames are an error.
 * @param fd    set to a descriptor that came along, else -1.
 * @return bytes of payload, negative when the broker is gone or sent nonsense.
 */
long rt_net_receive(struct rt_net_frame *frame, rt_u8 *to, rt_u32 room, int *fd);
/** Wait for the end of request @p id. @p out holds the code RT_NET_INTERNAL when it never came. */
void rt_net_wait(struct net_done *out, rt_u32 id);

#endif

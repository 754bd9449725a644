/* SPDX-License-Identifier: MIT */
/* Documents of the network heads. Source: docs/format/net-heads.md. */
#ifndef RT_NET_DOC_H
#define RT_NET_DOC_H

#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/** NetCapsV1 with its defaults in place. */
struct net_caps {
	rt_u32 connect_ms, io_ms, max_read, max_write;
};

/** The document of a failure: `u8 0, u32 code, u32 0`. */
rt_bytes rt_net_error(rt_u32 code);
/** `u8 1, u8 1, u16 0`, then room for @p len bytes, which @p at is set to. */
rt_bytes rt_net_ok(rt_u32 len, rt_u8 **at);
/** Read a little-endian number at any alignment. */
rt_u32 rt_net_get32(const rt_u8 *from);
/** Write a little-endian number at any alignment. */
void rt_net_put32(rt_u8 *to, rt_u32 x);
/** @return RT_NET_OK or RT_NET_INVALID. */
rt_u32 rt_net_caps(struct net_caps *out, rt_view caps);
/** Well-formed NetAddrV1? @p names: may be a name. */
bool rt_net_addr_valid(rt_view addr, bool names);
/** "host:port" of a valid address for reports. */
rt_view rt_net_addr_text(char out[RT_NET_NAME_MAX + 64], rt_view addr);
/** Milliseconds of a clock that only goes forward. */
uint64_t rt_net_now_ms(void);
/** Wait for events of one descriptor. @return revents, 0 when the time is over. */
int rt_net_poll(int fd, int events, rt_u32 timeout_ms);

#endif

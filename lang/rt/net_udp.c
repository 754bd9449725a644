/* SPDX-License-Identifier: MIT */
/*
 * The heads of UDP. Every datagram goes through the broker: a descriptor could be pointed at an
 * address that the policy does not allow. Source: docs/spec/net.md 3.9, 6.4.
 */
#include "lang/rt/config.h"
#include "lang/rt/mem.h"
#include "lang/rt/net_channel.h"
#include "lang/rt/net_doc.h"
#include "lang/rt/net_handle.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"

#include <string.h>
#include <unistd.h>

#define NO_VIEW ((rt_view){NULL, 0})
#define DATAGRAM_MAX 65507u

static rt_u32 done_code(struct net_done *done)
{
	if (done->fd >= 0)
		close(done->fd);
	return done->code;
}

rt_bytes rt_os_net_udp_bind_v1(rt_view addr, rt_view caps)
{
	char text[RT_NET_NAME_MAX + 64];
	struct net_caps c;
	struct net_done done;
	rt_u32 code = rt_net_caps(&c, caps), handle;
	rt_u8 *at;
	rt_bytes b;

	if (!code && !rt_net_addr_valid(addr, false))
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_UDP_BIND, rt_net_addr_text(text, addr));
	if (code)
		return rt_net_error(code);
	rt_net_wait(&done, rt_net_ask(RT_NET_UDP_BIND, 0, 0, addr, NO_VIEW));
	if (done_code(&done))
		return rt_net_error(done.code);
	handle = rt_net_handle_new(NET_UDP, -1, done.value);
	if (!handle)
		return rt_net_error(RT_NET_INTERNAL);
	b = rt_net_ok(8 + done.len, &at);
	rt_net_put32(at, handle);
	rt_net_put32(at + 4, done.len);
	rt_copy(at + 8, done.payload, done.len);
	return b;
}

rt_bytes rt_os_net_udp_sendto_v1(rt_u32 handle, rt_view addr, rt_view payload, rt_view caps)
{
	struct net_handle *h = rt_net_handle(handle, NET_UDP);
	struct net_caps c;
	struct net_done done;
	rt_u8 *at;
	rt_bytes b;

	if (rt_net_caps(&c, caps) || !h || !rt_net_addr_valid(addr, true))
		return rt_net_error(RT_NET_INVALID);
	if (payload.len > c.max_write || payload.len > DATAGRAM_MAX)
		return rt_net_error(RT_NET_TOO_LARGE);
	rt_net_wait(&done, rt_net_ask(RT_NET_UDP_SEND, h->number, addr.len, addr, payload));
	if (done_code(&done))
		return rt_net_error(done.code);
	b = rt_net_ok(4, &at);
	rt_net_put32(at, done.value);
	return b;
}

/* The answer: u32 addr_len, address, datagram. */
rt_bytes rt_os_net_udp_recvfrom_v1(rt_u32 handle, rt_u32 max, rt_view caps)
{
	struct net_handle *h = rt_net_handle(handle, NET_UDP);
	struct net_caps c;
	struct net_done done;
	rt_u32 from, len;
	rt_u8 *at;
	rt_bytes b;

	if (rt_net_caps(&c, caps) || !h || max > INT32_MAX)
		return rt_net_error(RT_NET_INVALID);
	if (max > c.max_read)
		max = c.max_read;
	rt_net_wait(&done, rt_net_ask(RT_NET_UDP_RECV, h->number, c.io_ms, NO_VIEW, NO_VIEW));
	if (done_code(&done))
		return rt_net_error(done.code);
	from = done.len >= 4 ? rt_net_get32(done.payload) : UINT32_MAX;
	if (from > 28 || from > done.len - 4)
		return rt_net_error(RT_NET_INTERNAL);
	len = done.len - 4 - from;
	if (len > max)
		len = max;
	b = rt_net_ok(8 + from + len, &at);
	rt_copy(at, done.payload, 4 + from);
	rt_net_put32(at + 4 + from, len);
	rt_copy(at + 8 + from, done.payload + 4 + from, len);
	return b;
}

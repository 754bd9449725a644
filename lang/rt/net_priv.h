/* SPDX-License-Identifier: MIT */
/*
 * What the network heads share: documents, capabilities, the table of handles, and the
 * conversation with the broker. Source: docs/format/net-heads.md, spec net.
 */
#ifndef RT_NET_PRIV_H
#define RT_NET_PRIV_H

#include "lang/rt/net_wire.h"
#include "lang/rt/rt_priv.h"

/** NetCapsV1 with its defaults in place. */
struct net_caps {
	rt_u32 connect_ms, io_ms, max_read, max_write;
};

enum net_kind { NET_FREE, NET_TCP, NET_TLS_STREAM, NET_LISTENER, NET_UDP };

struct net_handle {
	enum net_kind kind;
	int fd;        /* -1 for UDP */
	rt_u32 number; /* at the broker; TLS streams and UDP */
};

/** An answer of the broker that ended a request. */
struct net_done {
	rt_u32 code, value;
	int fd; /* -1 when there is none; the receiver closes it */
	rt_u32 len;
	rt_u8 payload[RT_NET_PAYLOAD_MAX];
};

/* net_doc.c */

rt_bytes rt_net_error(rt_u32 code);
/** `u8 1, u8 1, u16 0`, then room for @p len bytes, which @p at is set to. */
rt_bytes rt_net_ok(rt_u32 len, rt_u8 **at);
rt_u32 rt_net_get32(const rt_u8 *from);
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

/* net_channel.c */

/**
 * May the program ask the broker at all? Counts the refusal when the policy has no network.
 * @return RT_NET_OK, RT_NET_DENIED, or RT_NET_INTERNAL when no broker is there.
 */
rt_u32 rt_net_open(enum rt_op op, rt_view subject);
/** Send one request in one frame. @return its number, 0 when the broker is gone. */
rt_u32 rt_net_ask(rt_u32 kind, rt_u32 a, rt_u32 b, rt_view first, rt_view second);
/** The same number again: a further frame of a request. */
bool rt_net_send(const struct rt_net_frame *frame, rt_view first, rt_view second);
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

/* net_handle.c */

#define NET_HANDLES_MAX 4096u
/** @return 0 when there is no room. Takes @p fd over. */
rt_u32 rt_net_handle_new(enum net_kind kind, int fd, rt_u32 number);
/** NULL unless the handle is open and of a wanted kind; NET_TCP stands for TLS streams too. */
struct net_handle *rt_net_handle(rt_u32 handle, enum net_kind kind);
void rt_net_handle_close(struct net_handle *h);

/* net.c, net_udp.c: what readers over handles do (io.c) */

/** At most @p max bytes of a stream, or a document of a UDP socket; empty at the end. */
rt_bytes rt_net_reader_take(rt_u32 reader, rt_u32 vtable, rt_u32 max);
#define RT_VTABLE_STREAM 2u
#define RT_VTABLE_UDP 3u
bool rt_net_vtable(rt_u32 vtable);

#endif

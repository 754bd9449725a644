/* SPDX-License-Identifier: MIT */
/*
 * What the guest and the network broker say to each other: one frame for each message of a
 * SOCK_SEQPACKET pair, 16 bytes of header, then the payload. Little-endian. The broker believes
 * nothing that it reads here; a frame that breaks the rules below ends the conversation.
 * Source: docs/decisions/network-broker.md; layouts of documents: docs/format/net-heads.md.
 */
#ifndef RT_NET_WIRE_H
#define RT_NET_WIRE_H

#include <stdint.h>

/* The longest datagram and the longest address fit into one frame. */
#define RT_NET_PAYLOAD_MAX (65u << 10)
/* A request document of HTTP, in several frames. */
#define RT_NET_REQUEST_MAX ((64u << 20) + (1u << 20))

struct rt_net_frame {
	uint32_t kind; /* enum rt_net_kind */
	uint32_t id;   /* of the request; chosen by the guest, not 0 */
	uint32_t a, b; /* by kind */
};

/* clang-format off */
enum rt_net_kind {
	/* from the guest */
	RT_NET_HTTP = 1, /* a: bytes of the request document, b: max_body_bytes; its first part */
	RT_NET_MORE,     /* the next part of the document */
	RT_NET_DNS,      /* a: port; the name */
	RT_NET_CONNECT,  /* a: connect_timeout_ms; NetAddrV1 */
	RT_NET_TLS,      /* a: connect_timeout_ms, b: bytes of the address; NetAddrV1, TLS document */
	RT_NET_LISTEN,   /* NetAddrV1 */
	RT_NET_UDP_BIND, /* NetAddrV1 */
	RT_NET_UDP_SEND, /* a: socket, b: bytes of the address; NetAddrV1, datagram */
	RT_NET_UDP_RECV, /* a: socket, b: timeout_ms */
	RT_NET_CLOSE,    /* a: socket or TLS stream; no answer */
	RT_NET_STATUS,   /* a: TLS stream: how it ended */
	RT_NET_LAST_REQUEST = RT_NET_STATUS,
	/* from the broker */
	RT_NET_HEAD = 64, /* a: status, b: header entries; u32 bytes of them, u32 body expected */
	RT_NET_HEADERS,   /* the next part of the header entries */
	RT_NET_BODY,      /* the next part of the body */
	RT_NET_WHOLE,     /* an answer that fits into one frame: a: status, b: header entries; u32 bytes of
			     them, u32 bytes of the body, entries, body. Ends the request. */
	RT_NET_DONE,      /* a: code, 0 = success, b: number of the new socket; payload by request;
			     with a descriptor for CONNECT, TLS and LISTEN. Ends the request. */
};
/* clang-format on */

/* Codes of the error documents. Source: docs/spec/net.md 3.1. */
enum rt_net_code {
	RT_NET_OK,
	RT_NET_DENIED,
	RT_NET_INVALID,
	RT_NET_TIMEOUT,
	RT_NET_TOO_LARGE,
	RT_NET_NO_NAME,
	RT_NET_NO_CONNECTION,
	RT_NET_NO_TLS,
	RT_NET_INTERNAL
};

/* NetAddrV1. Source: docs/spec/net.md 3.5. */
enum rt_net_tag { RT_NET_IPV4 = 1, RT_NET_IPV6, RT_NET_NAME };
#define RT_NET_NAME_MAX 1024u
#define RT_NET_ADDR_MAX (16u + RT_NET_NAME_MAX)

/* Upper bounds of NetCapsV1. Source: docs/spec/net.md 6.4. */
#define RT_NET_TIMEOUT_MAX_MS 600000u
#define RT_NET_BYTES_MAX (64u << 20)

#endif

/* SPDX-License-Identifier: MIT */
/* Documents of the network heads: results, capabilities, addresses. Source:
 * docs/spec/net.md 3.5, 6.4. */
#include "lang/rt/net_doc.h"

#include "lang/rt/mem.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"
#include "lang/rt/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define DEFAULT_TIMEOUT_MS 30000u
#define DEFAULT_BYTES 1048576u

rt_u32 rt_net_get32(const rt_u8 *from)
{
	return from[0] | (rt_u32)from[1] << 8 | (rt_u32)from[2] << 16 | (rt_u32)from[3] << 24;
}

void rt_net_put32(rt_u8 *to, rt_u32 x)
{
	for (int i = 0; i < 4; i++)
		to[i] = (rt_u8)(x >> (8 * i));
}

/* u8 0, u32 code, u32 0 */
rt_bytes rt_net_error(rt_u32 code)
{
	rt_bytes b = {rt_mem_alloc(9, true), 9};

	rt_net_put32(b.ptr + 1, code);
	return b;
}

rt_bytes rt_net_ok(rt_u32 len, rt_u8 **at)
{
	rt_bytes b = {rt_mem_alloc(4 + (uint64_t)len, false), 4 + len};

	memcpy(b.ptr, "\1\1\0\0", 4);
	*at = b.ptr + 4;
	return b;
}

/* A field of 0 means the default. */
static bool caps_field(rt_u32 *out, const rt_u8 *from, rt_u32 otherwise, rt_u32 max)
{
	rt_u32 x = rt_net_get32(from);

	*out = x ? x : otherwise;
	return x <= max;
}

rt_u32 rt_net_caps(struct net_caps *out, rt_view caps)
{
	const rt_u8 *p = caps.ptr;

	*out =
	    (struct net_caps){DEFAULT_TIMEOUT_MS, DEFAULT_TIMEOUT_MS, DEFAULT_BYTES, DEFAULT_BYTES};
	if (caps.len < 24)
		return RT_NET_OK;
	if (caps.len != 24 || rt_net_get32(p) != 1)
		return RT_NET_INVALID;
	if (!caps_field(&out->connect_ms, p + 4, DEFAULT_TIMEOUT_MS, RT_NET_TIMEOUT_MAX_MS) ||
	    !caps_field(&out->io_ms, p + 8, DEFAULT_TIMEOUT_MS, RT_NET_TIMEOUT_MAX_MS) ||
	    !caps_field(&out->max_read, p + 12, DEFAULT_BYTES, RT_NET_BYTES_MAX) ||
	    !caps_field(&out->max_write, p + 16, DEFAULT_BYTES, RT_NET_BYTES_MAX))
		return RT_NET_INVALID;
	return RT_NET_OK;
}

/* u32 1, u32 tag, u32 port, then 4 bytes | 16 bytes | u32 len, name */
bool rt_net_addr_valid(rt_view addr, bool names)
{
	const rt_u8 *p = addr.ptr;
	rt_u32 len;

	if (addr.len < 16 || rt_net_get32(p) != 1 || rt_net_get32(p + 8) > 65535)
		return false;
	switch (rt_net_get32(p + 4)) {
	case RT_NET_IPV4:
		return addr.len == 16;
	case RT_NET_IPV6:
		return addr.len == 28;
	case RT_NET_NAME:
		len = rt_net_get32(p + 12);
		return names && len >= 1 && len <= RT_NET_NAME_MAX && addr.len == 16 + len &&
		       !memchr(p + 16, '\0', len);
	default:
		return false;
	}
}

/* An IPv6 address in full: reports compare text, and the supervisor has its own short form. */
static rt_u32 ipv6_text(char *out, const rt_u8 *ip)
{
	static const char digits[] = "0123456789abcdef";
	rt_u32 n = 0;

	out[n++] = '[';
	for (int i = 0; i < 16; i++) {
		if (i && i % 2 == 0)
			out[n++] = ':';
		out[n++] = digits[ip[i] >> 4];
		out[n++] = digits[ip[i] & 15];
	}
	out[n++] = ']';
	return n;
}

rt_view rt_net_addr_text(char out[RT_NET_NAME_MAX + 64], rt_view addr)
{
	const rt_u8 *p = addr.ptr;
	rt_u32 n = 0;

	switch (rt_net_get32(p + 4)) {
	case RT_NET_IPV4:
		for (int i = 0; i < 4; i++) {
			n += rt_dec(out + n, p[12 + i]);
			out[n++] = i < 3 ? '.' : ':';
		}
		break;
	case RT_NET_IPV6:
		n = ipv6_text(out, p + 12);
		out[n++] = ':';
		break;
	default:
		n = addr.len - 16;
		memcpy(out, p + 16, n);
		out[n++] = ':';
	}
	n += rt_dec(out + n, rt_net_get32(p + 8));
	return (rt_view){(const rt_u8 *)out, n};
}

uint64_t rt_net_now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int rt_net_poll(int fd, int events, rt_u32 timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = (short)events};
	uint64_t end = rt_net_now_ms() + timeout_ms;

	for (;;) {
		uint64_t now = rt_net_now_ms();
		int n = poll(&p, 1, now < end ? (int)(end - now) : 0);

		if (n > 0)
			return p.revents;
		if (n == 0)
			return 0;
		if (errno != EINTR)
			return POLLERR;
	}
}

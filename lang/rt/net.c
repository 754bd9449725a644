/* SPDX-License-Identifier: MIT */
/*
 * The heads of TCP, TLS and DNS. The broker decides and connects; what it hands over are
 * connected descriptors, read and written here without it.
 * Source: docs/format/net-heads.md, docs/spec/net.md 3.6-3.8, 6.4.
 */
#include "lang/rt/net.h"

#include "lang/rt/config.h"
#include "lang/rt/mem.h"
#include "lang/rt/net_channel.h"
#include "lang/rt/net_doc.h"
#include "lang/rt/net_handle.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"
#include "lang/rt/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NO_VIEW ((rt_view){NULL, 0})

enum { KIND_STREAM = 1, KIND_LISTENER, KIND_UDP };
enum { WAIT_READ = 1, WAIT_WRITE = 2, WAIT_HANGUP = 4 };
#define ADDRESSES_MAX 64u

/* A document that is a handle alone, or followed by an address. */
static rt_bytes handle_doc(rt_u32 handle, rt_view addr)
{
	rt_u8 *at;
	rt_bytes b = rt_net_ok(addr.len ? 8 + addr.len : 4, &at);

	rt_net_put32(at, handle);
	if (addr.len) {
		rt_net_put32(at + 4, addr.len);
		rt_copy(at + 8, addr.ptr, addr.len);
	}
	return b;
}

/* Wait for a descriptor and make a handle of it. */
static rt_bytes take_descriptor(rt_u32 id, enum net_kind kind)
{
	struct net_done done;
	rt_view addr = {done.payload, 0};
	rt_u32 handle;

	rt_net_wait(&done, id);
	if (!done.code && done.fd < 0)
		done.code = RT_NET_INTERNAL;
	if (done.code)
		return rt_net_error(done.code);
	handle = rt_net_handle_new(kind, done.fd, done.value);
	if (!handle) {
		close(done.fd);
		return rt_net_error(RT_NET_INTERNAL);
	}
	if (kind == NET_LISTENER)
		addr.len = done.len;
	return handle_doc(handle, addr);
}

rt_bytes rt_os_net_tcp_connect_v1(rt_view addr, rt_view caps)
{
	char text[RT_NET_NAME_MAX + 64];
	struct net_caps c;
	rt_u32 code = rt_net_caps(&c, caps);

	if (!code && !rt_net_addr_valid(addr, true))
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_TCP, rt_net_addr_text(text, addr));
	if (code)
		return rt_net_error(code);
	return take_descriptor(rt_net_ask(RT_NET_CONNECT, c.connect_ms, 0, addr, NO_VIEW), NET_TCP);
}

/* u32 1, u32 verify, u32 sni_len, sni, u32 0; empty = the defaults */
static bool tls_config_valid(rt_view cfg)
{
	rt_u32 sni;

	if (!cfg.len)
		return true;
	if (cfg.len < 16 || rt_net_get32(cfg.ptr) != 1 || rt_net_get32(cfg.ptr + 4) > 1)
		return false;
	sni = rt_net_get32(cfg.ptr + 8);
	return sni <= RT_NET_NAME_MAX && cfg.len == 16 + sni &&
	       !(sni && memchr(cfg.ptr + 12, '\0', sni)) && !rt_net_get32(cfg.ptr + 12 + sni);
}

rt_bytes rt_os_net_tls_connect_v1(rt_view addr, rt_view cfg, rt_view caps)
{
	char text[RT_NET_NAME_MAX + 64];
	struct net_caps c;
	rt_u32 code = rt_net_caps(&c, caps);

	if (!code && (!rt_net_addr_valid(addr, true) || !tls_config_valid(cfg)))
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_TLS, rt_net_addr_text(text, addr));
	if (code)
		return rt_net_error(code);
	return take_descriptor(
	    rt_net_ask(RT_NET_TLS, c.connect_ms, addr.len, addr, cfg), NET_TLS_STREAM);
}

rt_bytes rt_os_net_tcp_listen_v1(rt_view addr, rt_view caps)
{
	char text[RT_NET_NAME_MAX + 64];
	struct net_caps c;
	rt_u32 code = rt_net_caps(&c, caps);

	if (!code && !rt_net_addr_valid(addr, false))
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_LISTEN, rt_net_addr_text(text, addr));
	if (code)
		return rt_net_error(code);
	return take_descriptor(rt_net_ask(RT_NET_LISTEN, 0, 0, addr, NO_VIEW), NET_LISTENER);
}

/* NetAddrV1 of what the kernel says; its layout is the same on all architectures. */
static rt_u32 addr_of(rt_u8 out[28], const rt_u8 *from, socklen_t len)
{
	rt_u16 family;

	memcpy(&family, from, sizeof(family));
	memset(out, 0, 28);
	rt_net_put32(out, 1);
	rt_net_put32(out + 8, (rt_u32)from[2] << 8 | from[3]);
	if (family == AF_INET && len >= 8) {
		rt_net_put32(out + 4, RT_NET_IPV4);
		memcpy(out + 12, from + 4, 4);
		return 16;
	}
	rt_net_put32(out + 4, RT_NET_IPV6);
	if (len >= 24)
		memcpy(out + 12, from + 8, 16);
	return 28;
}

static rt_bytes accepted(int fd, const rt_u8 *peer, socklen_t len)
{
	rt_u8 addr[28];
	rt_u32 handle = rt_net_handle_new(NET_TCP, fd, 0);

	if (!handle) {
		close(fd);
		return rt_net_error(RT_NET_INTERNAL);
	}
	return handle_doc(handle, (rt_view){addr, addr_of(addr, peer, len)});
}

rt_bytes rt_os_net_tcp_accept_v1(rt_u32 listener, rt_view caps)
{
	struct net_handle *h = rt_net_handle(listener, NET_LISTENER);
	struct net_caps c;
	rt_u8 peer[128] = {0};
	socklen_t len = sizeof(peer);
	uint64_t end;

	if (rt_net_caps(&c, caps) || !h)
		return rt_net_error(RT_NET_INVALID);
	end = rt_net_now_ms() + c.io_ms;
	for (;;) {
		uint64_t now = rt_net_now_ms();
		int fd = accept4(
		    h->fd, (struct sockaddr *)(void *)peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			return accepted(fd, peer, len);
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			return rt_net_error(RT_NET_INTERNAL);
		if (now >= end || !rt_net_poll(h->fd, POLLIN, (rt_u32)(end - now)))
			return rt_net_error(RT_NET_TIMEOUT);
	}
}

/* How a TLS stream ended, when it seems to have: a cut connection must not look like its end. */
static rt_u32 tls_end(const struct net_handle *h)
{
	struct net_done done;

	if (h->kind != NET_TLS_STREAM)
		return RT_NET_OK;
	rt_net_wait(&done, rt_net_ask(RT_NET_STATUS, h->number, 0, NO_VIEW, NO_VIEW));
	if (done.fd >= 0)
		close(done.fd);
	return done.code;
}

/* @return bytes; 0 at the end; else minus a code. */
static long read_some(const struct net_handle *h, rt_u8 *to, rt_u32 max, rt_u32 timeout_ms)
{
	uint64_t end = rt_net_now_ms() + timeout_ms;

	for (;;) {
		ssize_t n = recv(h->fd, to, max, 0);
		uint64_t now;

		if (n == 0)
			return -(long)tls_end(h);
		if (n > 0)
			return n;
		if (errno != EAGAIN && errno != EINTR)
			return -RT_NET_NO_CONNECTION;
		now = rt_net_now_ms();
		if (now >= end || !rt_net_poll(h->fd, POLLIN, (rt_u32)(end - now)))
			return -RT_NET_TIMEOUT;
	}
}

rt_bytes rt_os_net_stream_read_v1(rt_u32 handle, rt_u32 max, rt_view caps)
{
	struct net_handle *h = rt_net_handle(handle, NET_TCP);
	struct net_caps c;
	rt_u8 *at;
	rt_bytes b;
	long n = 0;

	if (rt_net_caps(&c, caps) || !h || max > INT32_MAX)
		return rt_net_error(RT_NET_INVALID);
	if (max > c.max_read)
		max = c.max_read;
	b = rt_net_ok(4 + max, &at);
	if (max)
		n = read_some(h, at + 4, max, c.io_ms);
	if (n < 0) {
		rt_bytes_drop(b);
		return rt_net_error((rt_u32)-n);
	}
	rt_net_put32(at, (rt_u32)n);
	b.len = 8 + (rt_u32)n;
	return b;
}

/* @return bytes, or minus a code. */
static long write_some(const struct net_handle *h, rt_view data, rt_u32 timeout_ms)
{
	uint64_t end = rt_net_now_ms() + timeout_ms;

	for (;;) {
		ssize_t n = send(h->fd, data.ptr, data.len, MSG_NOSIGNAL);
		uint64_t now;

		if (n >= 0)
			return n;
		if (errno != EAGAIN && errno != EINTR)
			return -RT_NET_NO_CONNECTION;
		now = rt_net_now_ms();
		if (now >= end || !rt_net_poll(h->fd, POLLOUT, (rt_u32)(end - now)))
			return -RT_NET_TIMEOUT;
	}
}

rt_bytes rt_os_net_stream_write_v1(rt_u32 handle, rt_view data, rt_view caps)
{
	struct net_handle *h = rt_net_handle(handle, NET_TCP);
	struct net_caps c;
	rt_u8 *at;
	rt_bytes b;
	long n = 0;

	if (rt_net_caps(&c, caps) || !h)
		return rt_net_error(RT_NET_INVALID);
	if (data.len > c.max_write)
		return rt_net_error(RT_NET_TOO_LARGE);
	if (data.len)
		n = write_some(h, data, c.io_ms);
	if (n < 0)
		return rt_net_error((rt_u32)-n);
	b = rt_net_ok(4, &at);
	rt_net_put32(at, (rt_u32)n);
	return b;
}

rt_bytes rt_os_net_stream_wait_v1(rt_u32 handle, rt_u32 events, rt_u32 timeout_ms)
{
	struct net_handle *h = rt_net_handle(handle, NET_TCP);
	int want = 0, got;
	rt_u32 bits = 0;
	rt_u8 *at;
	rt_bytes b;

	if (!h)
		h = rt_net_handle(handle, NET_LISTENER);
	if (!h || events == 0 || events > 7 || timeout_ms > INT32_MAX)
		return rt_net_error(RT_NET_INVALID);
	want |= events & WAIT_READ ? POLLIN : 0;
	want |= events & WAIT_WRITE ? POLLOUT : 0;
	want |= events & WAIT_HANGUP ? POLLRDHUP : 0;
	got = rt_net_poll(h->fd, want, timeout_ms);
	if (got & POLLIN)
		bits |= WAIT_READ;
	if (got & POLLOUT)
		bits |= WAIT_WRITE;
	if (got & (POLLHUP | POLLRDHUP | POLLERR))
		bits |= WAIT_HANGUP;
	b = rt_net_ok(4, &at);
	rt_net_put32(at, bits);
	return b;
}

rt_u32 rt_os_net_stream_shutdown_v1(rt_u32 handle, rt_u32 how)
{
	struct net_handle *h = rt_net_handle(handle, NET_TCP);

	if (!h || h->kind != NET_TCP || how > 2)
		return 0;
	return shutdown(h->fd, (int)how) == 0;
}

rt_u32 rt_os_net_close_v1(rt_u32 handle, rt_u32 kind)
{
	static const enum net_kind kinds[] = {NET_FREE, NET_TCP, NET_LISTENER, NET_UDP};
	struct net_handle *h = kind <= KIND_UDP ? rt_net_handle(handle, kinds[kind]) : NULL;

	if (!h)
		return 0;
	rt_net_handle_close(h);
	return 1;
}

static rt_view lookup_text(char out[RT_NET_NAME_MAX + 64], rt_view name, rt_u32 port)
{
	rt_u32 n = name.len;

	memcpy(out, name.ptr, n);
	out[n++] = ':';
	n += rt_dec(out + n, port);
	return (rt_view){(const rt_u8 *)out, n};
}

/* count addresses of 16 or 28 bytes each, with their lengths before them */
rt_bytes rt_os_net_dns_lookup_v1(rt_view name, rt_u32 port, rt_view caps)
{
	char text[RT_NET_NAME_MAX + 64];
	struct net_caps c;
	struct net_done done;
	rt_u32 code = rt_net_caps(&c, caps);
	rt_u8 *at;
	rt_bytes b;

	if (!code && (name.len == 0 || name.len > RT_NET_NAME_MAX || port == 0 || port > 65535 ||
			 memchr(name.ptr, '\0', name.len)))
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_DNS, lookup_text(text, name, port));
	if (code)
		return rt_net_error(code);
	rt_net_wait(&done, rt_net_ask(RT_NET_DNS, port, c.connect_ms, name, NO_VIEW));
	if (done.fd >= 0)
		close(done.fd);
	if (!done.code && done.value > ADDRESSES_MAX)
		done.code = RT_NET_INTERNAL;
	if (done.code)
		return rt_net_error(done.code);
	b = rt_net_ok(4 + done.len, &at);
	rt_net_put32(at, done.value);
	rt_copy(at + 4, done.payload, done.len);
	return b;
}

/* ---- readers ---- */

struct net_reader {
	rt_u32 handle;
	struct net_caps caps;
};

static struct net_reader *reader_at(rt_u32 reader)
{
	return rt_table_at(&rt_state.net_readers, sizeof(struct net_reader), reader);
}

static rt_iface new_reader(rt_u32 handle, rt_view caps, rt_u32 vtable)
{
	rt_u32 r = rt_table_add(&rt_state.net_readers, sizeof(struct net_reader));
	struct net_reader *reader = reader_at(r);

	reader->handle = rt_net_caps(&reader->caps, caps) ? 0 : handle;
	return (rt_iface){r, vtable};
}

rt_iface rt_os_net_stream_reader_v1(rt_u32 handle, rt_view caps)
{
	return new_reader(handle, caps, RT_VTABLE_STREAM);
}

rt_iface rt_os_net_udp_reader_v1(rt_u32 handle, rt_view caps)
{
	return new_reader(handle, caps, RT_VTABLE_UDP);
}

/* Timeouts and errors look like the end, and close the stream. */
static rt_bytes take_stream(const struct net_reader *r, rt_u32 max)
{
	struct net_handle *h = rt_net_handle(r->handle, NET_TCP);
	rt_bytes b = {NULL, 0};
	long n;

	if (!h || !max)
		return b;
	if (max > r->caps.max_read)
		max = r->caps.max_read;
	b.ptr = rt_mem_alloc(max, false);
	n = read_some(h, b.ptr, max, r->caps.io_ms);
	if (n > 0) {
		b.len = (rt_u32)n;
		return b;
	}
	rt_mem_free(b.ptr);
	if (n < 0)
		rt_net_handle_close(h);
	return (rt_bytes){NULL, 0};
}

#define UDP_DOC_MIN 40u

static rt_bytes take_datagram(const struct net_reader *r, rt_u32 max)
{
	rt_u8 caps[24] = {1};

	if (max < UDP_DOC_MIN)
		return rt_net_error(RT_NET_TOO_LARGE);
	rt_net_put32(caps + 8, r->caps.io_ms);
	rt_net_put32(caps + 12, r->caps.max_read);
	return rt_os_net_udp_recvfrom_v1(r->handle, max - UDP_DOC_MIN, (rt_view){caps, 24});
}

bool rt_net_vtable(rt_u32 vtable)
{
	return vtable == RT_VTABLE_STREAM || vtable == RT_VTABLE_UDP;
}

rt_bytes rt_net_reader_take(rt_u32 reader, rt_u32 vtable, rt_u32 max)
{
	const struct net_reader *r = reader_at(reader);

	if (!r)
		rt_trap("io.reader invalid handle", NULL);
	return vtable == RT_VTABLE_UDP ? take_datagram(r, max) : take_stream(r, max);
}

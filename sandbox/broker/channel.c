/* SPDX-License-Identifier: MIT */
/*
 * Reads the guest's frames. While something waits to be sent, nothing is read: a guest that does
 * not listen can make the broker neither work nor remember.
 */
#include "sandbox/broker/channel.h"

#include "sandbox/broker/frame.h"
#include "sandbox/broker/http.h"
#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/send.h"
#include "sandbox/broker/stream.h"
#include "sandbox/broker/tls.h"
#include "sandbox/broker/udp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* The guest is not ours: a wrong frame is an attempt, and it is the last one. */
static void violation(struct broker_server *s, const char *what)
{
	struct broker_entry e = {
	    .op = BROKER_OP_CHANNEL, .verdict = BROKER_VIOLATION, .entry = UINT32_MAX};

	(void)snprintf(e.note, sizeof(e.note), "%s", what);
	(void)broker_log_add(s, &e);
	s->broken = s->done = true;
}

static void close_number(struct broker_server *s, const struct broker_request *r)
{
	/* a number that is not open is no offence: the guest's table outlives a failure */
	if (!broker_tls_close(s, r->frame.a))
		(void)broker_udp_close(s, r->frame.a);
}

static void dispatch(struct broker_server *s, const struct broker_request *r)
{
	switch ((enum rt_net_kind)r->frame.kind) {
	case RT_NET_HTTP:
		broker_http_begin(s, r);
		break;
	case RT_NET_MORE:
		broker_http_more(s, r);
		break;
	case RT_NET_DNS:
		broker_stream_lookup(s, r);
		break;
	case RT_NET_CONNECT:
	case RT_NET_TLS:
		broker_stream_connect(s, r);
		break;
	case RT_NET_LISTEN:
		broker_stream_listen(s, r);
		break;
	case RT_NET_UDP_BIND:
		broker_udp_bind(s, r);
		break;
	case RT_NET_UDP_SEND:
		broker_udp_send(s, r);
		break;
	case RT_NET_UDP_RECV:
		broker_udp_receive(s, r);
		break;
	case RT_NET_CLOSE:
		close_number(s, r);
		break;
	case RT_NET_STATUS:
		broker_tls_status(s, r);
		break;
	case RT_NET_HEAD:
	case RT_NET_WHOLE:
	case RT_NET_HEADERS:
	case RT_NET_BODY:
	case RT_NET_DONE:
		break; /* broker_frame_check refuses them */
	}
}

/* An end and a frame of no bytes look alike. */
static bool guest_is_gone(const struct broker_server *s)
{
	struct pollfd p = {.fd = s->channel.fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) != 0;
}

/* One frame. @return false when there is none. */
static bool receive_frame(struct broker_server *s)
{
	struct iovec part = {s->frame, sizeof(s->frame)};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	struct broker_request r;
	const char *fault;
	ssize_t n;

	do /* no room for control data: descriptors that are sent along are closed by the kernel */
		n = recvmsg(s->channel.fd, &msg, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0 || (n == 0 && guest_is_gone(s))) {
		s->done = true;
		return false;
	}
	if (msg.msg_flags & MSG_CTRUNC)
		fault = "a descriptor was sent along";
	else if (msg.msg_flags & MSG_TRUNC)
		fault = "a frame is too long";
	else
		fault = broker_frame_check(&r, s->frame, (size_t)n);
	if (fault != NULL)
		violation(s, fault);
	else
		dispatch(s, &r);
	return !s->done;
}

static void channel_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	(void)w;
	if (!broker_send_idle(s)) {
		if (broker_send_queued(s)) {
			broker_watch(s, &s->channel, EPOLLIN);
			broker_http_resume(s);
		}
	} else {
		while (broker_send_idle(s) && receive_frame(s))
			continue;
	}
	if ((events & (EPOLLHUP | EPOLLERR)) && !broker_send_idle(s))
		s->done = true;
}

void broker_channel_start(struct broker_server *s)
{
	int size = 1 << 20;

	s->channel.fd = BROKER_FD_CHANNEL;
	s->channel.ready = channel_ready;
	s->out_end = &s->out;
	/* fewer switches for large bodies; the default works too */
	(void)setsockopt(s->channel.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	broker_watch(s, &s->channel, EPOLLIN);
}

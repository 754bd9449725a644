/* SPDX-License-Identifier: MIT */
/*
 * The broker's side of the conversation. While something waits to be sent, nothing is read: a
 * guest that does not listen can make the broker neither work nor remember.
 */
#include "sandbox/broker/priv.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

bool channel_clear(const struct server *s)
{
	return s->out == NULL;
}

/* @return false when the socket is full. */
static bool send_now(struct server *s, struct iovec *parts, size_t count, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = count};
	ssize_t n;

	if (fd >= 0) {
		struct cmsghdr *c = &control.align;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	do
		n = sendmsg(s->channel.fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0)
		s->done = true; /* the guest is gone */
	return true;
}

static void queue(
    struct server *s, const struct rt_net_frame *frame, const void *payload, size_t len, int fd)
{
	struct pending *p = base_alloc(sizeof(*p) + sizeof(*frame) + len);

	p->next = NULL;
	p->fd = fd >= 0 ? dup(fd) : -1;
	p->len = sizeof(*frame) + len;
	memcpy(p->bytes, frame, sizeof(*frame));
	if (len > 0)
		memcpy(p->bytes + sizeof(*frame), payload, len);
	*s->out_end = p;
	s->out_end = &p->next;
	server_watch(s, &s->channel, EPOLLOUT);
}

void channel_send(
    struct server *s, const struct rt_net_frame *frame, const void *payload, size_t len, int fd)
{
	struct iovec parts[2] = {
	    {(void *)(uintptr_t)frame, sizeof(*frame)}, {(void *)(uintptr_t)payload, len}};

	if (s->done)
		return;
	if (s->out != NULL || !send_now(s, parts, 2, fd))
		queue(s, frame, payload, len, fd);
}

void channel_code(struct server *s, uint32_t id, uint32_t code)
{
	const struct rt_net_frame frame = {RT_NET_DONE, id, code, 0};

	channel_send(s, &frame, NULL, 0, -1);
}

static void flush(struct server *s)
{
	while (s->out != NULL && !s->done) {
		struct pending *p = s->out;
		struct iovec part = {p->bytes, p->len};

		if (!send_now(s, &part, 1, p->fd))
			return;
		base_close_fd(&p->fd);
		s->out = p->next;
		free(p);
	}
	if (s->out != NULL)
		return;
	s->out_end = &s->out;
	server_watch(s, &s->channel, EPOLLIN);
	http_resume(s);
}

/* The guest is not ours: a wrong frame is an attempt, and it is the last one. */
static void violation(struct server *s, const char *what)
{
	struct broker_entry e = {
	    .op = BROKER_OP_CHANNEL, .verdict = BROKER_VIOLATION, .entry = UINT32_MAX};

	(void)snprintf(e.note, sizeof(e.note), "%s", what);
	(void)log_add(s, &e);
	s->broken = s->done = true;
}

static void close_number(struct server *s, const struct request *r)
{
	/* a number that is not open is no offence: the guest's table outlives a failure */
	if (!tls_close(s, r->frame.a))
		(void)udp_close(s, r->frame.a);
}

static void dispatch(struct server *s, const struct request *r)
{
	switch ((enum rt_net_kind)r->frame.kind) {
	case RT_NET_HTTP:
		http_begin(s, r);
		break;
	case RT_NET_MORE:
		http_more(s, r);
		break;
	case RT_NET_DNS:
		stream_lookup(s, r);
		break;
	case RT_NET_CONNECT:
	case RT_NET_TLS:
		stream_connect(s, r);
		break;
	case RT_NET_LISTEN:
		stream_listen(s, r);
		break;
	case RT_NET_UDP_BIND:
		udp_bind(s, r);
		break;
	case RT_NET_UDP_SEND:
		udp_send(s, r);
		break;
	case RT_NET_UDP_RECV:
		udp_receive(s, r);
		break;
	case RT_NET_CLOSE:
		close_number(s, r);
		break;
	case RT_NET_STATUS:
		tls_status(s, r);
		break;
	case RT_NET_HEAD:
	case RT_NET_WHOLE:
	case RT_NET_HEADERS:
	case RT_NET_BODY:
	case RT_NET_DONE:
		break; /* frame_check refuses them */
	}
}

/* An end and a frame of no bytes look alike. */
static bool guest_is_gone(const struct server *s)
{
	struct pollfd p = {.fd = s->channel.fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) != 0;
}

/* One frame. @return false when there is none. */
static bool receive(struct server *s)
{
	struct iovec part = {s->frame, sizeof(s->frame)};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	struct request r;
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
		fault = frame_check(&r, s->frame, (size_t)n);
	if (fault != NULL)
		violation(s, fault);
	else
		dispatch(s, &r);
	return !s->done;
}

static void ready(struct server *s, struct watch *w, uint32_t events)
{
	(void)w;
	if (s->out != NULL)
		flush(s);
	else
		while (channel_clear(s) && receive(s))
			continue;
	if ((events & (EPOLLHUP | EPOLLERR)) && s->out != NULL)
		s->done = true;
}

void channel_start(struct server *s)
{
	int size = 1 << 20;

	s->channel.fd = BROKER_FD_CHANNEL;
	s->channel.ready = ready;
	s->out_end = &s->out;
	/* fewer switches for large bodies; the default works too */
	(void)setsockopt(s->channel.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	server_watch(s, &s->channel, EPOLLIN);
}

/* SPDX-License-Identifier: MIT */
/*
 * Sends frames to the guest. A guest that does not read makes them wait in a queue; the rest of the
 * broker stops working for it meanwhile (channel.c, http_answer.c), so that the queue stays short.
 */
#include "sandbox/broker/send.h"

#include "sandbox/broker/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/** A frame that did not fit into the socket. */
struct broker_pending {
	struct broker_pending *next;
	int fd; /* to send along, owned; -1 = none */
	size_t len;
	unsigned char bytes[];
};

bool broker_send_idle(const struct broker_server *s)
{
	return s->out == NULL;
}

/* @return false when the socket is full. */
static bool send_now(struct broker_server *s, struct iovec *parts, size_t count, int fd)
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

static void send_later(struct broker_server *s, const struct rt_net_frame *frame,
    const void *payload, size_t len, int fd)
{
	struct broker_pending *p = base_alloc(sizeof(*p) + sizeof(*frame) + len);

	p->next = NULL;
	p->fd = fd >= 0 ? dup(fd) : -1;
	p->len = sizeof(*frame) + len;
	memcpy(p->bytes, frame, sizeof(*frame));
	if (len > 0)
		memcpy(p->bytes + sizeof(*frame), payload, len);
	*s->out_end = p;
	s->out_end = &p->next;
	broker_watch(s, &s->channel, EPOLLOUT);
}

void broker_send(struct broker_server *s, const struct rt_net_frame *frame, const void *payload,
    size_t len, int fd)
{
	struct iovec parts[2] = {
	    {(void *)(uintptr_t)frame, sizeof(*frame)}, {(void *)(uintptr_t)payload, len}};

	if (s->done)
		return;
	if (s->out != NULL || !send_now(s, parts, 2, fd))
		send_later(s, frame, payload, len, fd);
}

void broker_send_code(struct broker_server *s, uint32_t id, uint32_t code)
{
	const struct rt_net_frame frame = {RT_NET_DONE, id, code, 0};

	broker_send(s, &frame, NULL, 0, -1);
}

bool broker_send_queued(struct broker_server *s)
{
	while (s->out != NULL && !s->done) {
		struct broker_pending *p = s->out;
		struct iovec part = {p->bytes, p->len};

		if (!send_now(s, &part, 1, p->fd))
			return false;
		base_close_fd(&p->fd);
		s->out = p->next;
		free(p);
	}
	if (s->out != NULL)
		return false;
	s->out_end = &s->out;
	return true;
}

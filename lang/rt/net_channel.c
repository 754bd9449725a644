/* SPDX-License-Identifier: MIT */
/* The guest's side of the conversation with the broker: one request at a time. */
#include "lang/rt/net_channel.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/effect.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

rt_u32 rt_net_open(enum rt_op op, rt_view subject)
{
	rt_state.op = op;
	if (!rt_allowed(RT_GATE_NET)) {
		rt_deny(RT_EV_NET, RT_WHY_DISABLED, 0, subject);
		return RT_NET_DENIED;
	}
	return RT_NET_OK;
}

rt_u32 rt_net_next_id(void)
{
	if (++rt_state.net_id == 0)
		rt_state.net_id = 1;
	return rt_state.net_id;
}

bool rt_net_send(const struct rt_net_frame *frame, rt_view first, rt_view second)
{
	struct iovec parts[3] = {{(void *)frame, sizeof(*frame)},
	    {(void *)(uintptr_t)first.ptr, first.len}, {(void *)(uintptr_t)second.ptr, second.len}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 3};
	ssize_t n;

	do
		n = sendmsg(RT_FD_NET, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)(sizeof(*frame) + first.len + second.len);
}

rt_u32 rt_net_ask(rt_u32 kind, rt_u32 a, rt_u32 b, rt_view first, rt_view second)
{
	struct rt_net_frame frame = {kind, rt_net_next_id(), a, b};

	return rt_net_send(&frame, first, second) ? frame.id : 0;
}

/* The one descriptor that may come along; the kernel has made it close-on-exec. */
static int descriptor_of(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

long rt_net_receive(struct rt_net_frame *frame, rt_u8 *to, rt_u32 room, int *fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec parts[2] = {{frame, sizeof(*frame)}, {to, room}};
	struct msghdr msg = {.msg_iov = parts,
	    .msg_iovlen = 2,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(RT_FD_NET, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		*fd = descriptor_of(&msg);
	if (n < (ssize_t)sizeof(*frame) || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
		return -1;
	}
	return n - (long)sizeof(*frame);
}

void rt_net_wait(struct net_done *out, rt_u32 id)
{
	struct rt_net_frame frame = {0};
	long n;

	out->code = RT_NET_INTERNAL;
	out->value = out->len = 0;
	out->fd = -1;
	while (id) {
		n = rt_net_receive(&frame, out->payload, sizeof(out->payload), &out->fd);
		if (n < 0)
			return;
		if (frame.id == id && frame.kind == RT_NET_DONE)
			break;
		if (out->fd >= 0)
			close(out->fd);
	}
	if (!id)
		return;
	out->code = frame.a <= RT_NET_INTERNAL ? frame.a : RT_NET_INTERNAL;
	out->value = frame.b;
	out->len = (rt_u32)n;
}

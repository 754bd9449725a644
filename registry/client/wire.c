/* SPDX-License-Identifier: MIT */
/*
 * Frames between x07-pkg and x07-fetch. A datagram is: kind, id (u32), eight u64, then eight times
 * a u16 length, that many bytes and a NUL; native byte order, both ends are one machine. Anything
 * else is refused: the helper reads from the network and may be taken over.
 */
#include "registry/client/wire.h"

#include "base/attr.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void fetch_frame_init(struct fetch_frame *f, uint32_t kind, uint32_t id)
{
	f->kind = kind;
	f->id = id;
	memset(f->numbers, 0, sizeof(f->numbers));
	memset(f->texts, 0, sizeof(f->texts));
	for (size_t i = 0; i < FETCH_FRAME_FDS; i++)
		f->fds[i] = -1;
}

void fetch_frame_close(struct fetch_frame *f)
{
	for (size_t i = 0; i < FETCH_FRAME_FDS; i++) {
		if (f->fds[i] >= 0)
			(void)close(f->fds[i]);
		f->fds[i] = -1;
	}
}

struct packer {
	char data[FETCH_FRAME_MAX];
	size_t len;
	bool full;
};

static void pack(struct packer *p, const void *data, size_t len)
{
	if (len > sizeof(p->data) - p->len) {
		p->full = true;
		return;
	}
	if (len > 0)
		memcpy(p->data + p->len, data, len);
	p->len += len;
}

static void pack_text(struct packer *p, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;
	uint16_t short_len = (uint16_t)len;

	if (len > UINT16_MAX) {
		p->full = true;
		return;
	}
	pack(p, &short_len, sizeof(short_len));
	pack(p, text != NULL ? text : "", len + 1);
}

static void put_fds(struct msghdr *msg, const struct fetch_frame *f)
{
	int fds[FETCH_FRAME_FDS];
	size_t count = 0;
	struct cmsghdr *c;

	while (count < FETCH_FRAME_FDS && f->fds[count] >= 0) {
		fds[count] = f->fds[count];
		count++;
	}
	if (count == 0) {
		msg->msg_control = NULL;
		msg->msg_controllen = 0;
		return;
	}
	msg->msg_controllen = CMSG_SPACE(count * sizeof(int));
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(c), fds, count * sizeof(int));
}

int fetch_frame_send(int sock, const struct fetch_frame *f, bool wait, struct err *err)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(FETCH_FRAME_FDS * sizeof(int))] = {0};
	struct packer p;
	struct iovec iov = {.iov_base = p.data};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof(control)};
	ssize_t n;

	p.len = 0;
	p.full = false;
	pack(&p, &f->kind, sizeof(f->kind));
	pack(&p, &f->id, sizeof(f->id));
	pack(&p, f->numbers, sizeof(f->numbers));
	for (size_t i = 0; i < FETCH_FRAME_TEXTS; i++)
		pack_text(&p, f->texts[i]);
	if (p.full)
		return err_set(
		    err, ERR_LIMIT, "the request is longer than %d bytes", FETCH_FRAME_MAX);
	iov.iov_len = p.len;
	put_fds(&msg, f);
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS))
		return 0;
	if (n < 0)
		return err_sys(err, ERR_IO, "x07-fetch");
	return 1;
}

/* Descriptors that came along; more than fit are closed by the kernel (MSG_CTRUNC). */
static void take_fds(struct fetch_frame *f, struct msghdr *msg)
{
	size_t at = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count && at < FETCH_FRAME_FDS; i++)
			memcpy(&f->fds[at++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
	}
}

static bool unpack(struct fetch_frame *f, size_t len)
{
	size_t at = sizeof(f->kind) + sizeof(f->id) + sizeof(f->numbers);

	if (len < at)
		return false;
	memcpy(&f->kind, f->data, sizeof(f->kind));
	memcpy(&f->id, f->data + sizeof(f->kind), sizeof(f->id));
	memcpy(f->numbers, f->data + sizeof(f->kind) + sizeof(f->id), sizeof(f->numbers));
	for (size_t i = 0; i < FETCH_FRAME_TEXTS; i++) {
		uint16_t text = 0;

		if (len - at < sizeof(text))
			return false;
		memcpy(&text, f->data + at, sizeof(text));
		at += sizeof(text);
		if (len - at < (size_t)text + 1 || f->data[at + text] != '\0' ||
		    memchr(f->data + at, '\0', text) != NULL)
			return false;
		f->texts[i] = f->data + at;
		at += (size_t)text + 1;
	}
	return at == len;
}

int fetch_frame_receive(struct fetch_frame *f, int sock, bool *closed, struct err *err)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(FETCH_FRAME_FDS * sizeof(int))] = {0};
	struct iovec iov = {.iov_base = f->data, .iov_len = sizeof(f->data)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof(control)};
	ssize_t n;

	fetch_frame_init(f, 0, 0);
	*closed = false;
	do
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0) {
		*closed = true;
		return 0;
	}
	take_fds(f, &msg);
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || !unpack(f, (size_t)n)) {
		fetch_frame_close(f);
		return err_set(err, ERR_FORMAT, "x07-fetch: a frame that is none");
	}
	return 1;
}

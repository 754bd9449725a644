/* SPDX-License-Identifier: MIT */
/* See talk.h. */
#include "tests/net/talk.h"

#include "policy/net.h"
#include "tests/support/support.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000

void talk_start_policy(struct talk *t, const struct policy_net *net)
{
	const struct broker_config config = {
	    .net = net, .ca_bundle = sandbox_broker_ca_bundle(), .mem_bytes = TALK_MEM_BYTES};
	const char *build = getenv("X07_BUILD_DIR");
	AUTO_FREE char *path = NULL;
	struct err err = {0};

	ck_assert_ptr_nonnull(build);
	ck_assert_int_gt(asprintf(&path, "%s/lib/x07/x07-broker", build), 0);
	*t = (struct talk){.broker = SANDBOX_BROKER_NONE};
	ck_rc(sandbox_broker_open(&t->broker, &err), 0, &err);
	ck_rc(sandbox_broker_start(&t->broker, path, &config, &err), 0, &err);
}

void talk_start(struct talk *t, const char *const *hosts)
{
	static struct policy_host_spec spec[32];
	struct policy_host host[32];
	struct policy_net net = {.enabled = true,
	    .allow_dns = true,
	    .allow_tcp = true,
	    .allow_udp = true,
	    .hosts = host};
	struct err err = {0};

	for (; hosts != NULL && hosts[net.host_count] != NULL; net.host_count++) {
		struct policy_host_spec *s = &spec[net.host_count];

		ck_assert_uint_lt(net.host_count, 32);
		ck_rc(policy_host_spec_parse(s, hosts[net.host_count], false, &err), 0, &err);
		host[net.host_count] = (struct policy_host){
		    .host = s->host, .ports = s->ports, .port_count = s->port_count};
	}
	talk_start_policy(t, hosts != NULL ? &net : NULL);
}

struct broker_log *talk_finish(struct talk *t)
{
	struct broker_log *log = NULL;
	struct rusage use = {0};
	struct err err = {0};

	ck_rc(sandbox_broker_finish(&t->broker, &log, &err), 0, &err);
	sandbox_broker_clear(&t->broker);
	ck_assert_ptr_nonnull(log);
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &use), 0);
	ck_assert_int_lt(use.ru_maxrss, TALK_PEAK_BYTES / 1024);
	return log;
}

uint32_t talk_send(
    struct talk *t, uint32_t kind, uint32_t a, uint32_t b, const void *payload, size_t len)
{
	struct rt_net_frame frame = {kind, ++t->last_id, a, b};
	struct iovec parts[2] = {{&frame, sizeof(frame)}, {(void *)(uintptr_t)payload, len}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	(void)sendmsg(t->broker.guest, &msg, MSG_NOSIGNAL); /* a broker that is gone shows later */
	return frame.id;
}

void talk_reply_clear(struct talk_reply *r)
{
	buf_clear(&r->headers);
	buf_clear(&r->body);
	base_close_fd(&r->fd);
	r->fd = -1;
}

static int descriptor_of(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* One frame. @return bytes of its payload, -1 when the conversation is over. */
static ssize_t receive(struct talk *t, struct rt_net_frame *frame, unsigned char *to, int *fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec parts[2] = {{frame, sizeof(*frame)}, {to, RT_NET_PAYLOAD_MAX}};
	struct msghdr msg = {.msg_iov = parts,
	    .msg_iovlen = 2,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	struct pollfd p = {.fd = t->broker.guest, .events = POLLIN};
	ssize_t n;

	ck_assert_msg(poll(&p, 1, PATIENCE_MS) == 1, "the broker says nothing");
	n = recvmsg(t->broker.guest, &msg, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return -1;
	ck_assert_int_ge(n, (ssize_t)sizeof(*frame));
	*fd = descriptor_of(&msg);
	return n - (ssize_t)sizeof(*frame);
}

static uint32_t get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* @return false at the end of the request. */
static bool take(
    struct talk_reply *r, const struct rt_net_frame *f, const unsigned char *payload, size_t len)
{
	switch (f->kind) {
	case RT_NET_HEAD:
		ck_assert_uint_eq(len, 8);
		r->status = f->a;
		r->header_count = f->b;
		r->value = get32(payload);
		return true;
	case RT_NET_HEADERS:
		buf_add(&r->headers, payload, len);
		return true;
	case RT_NET_BODY:
		buf_add(&r->body, payload, len);
		return true;
	case RT_NET_WHOLE:
		ck_assert_uint_ge(len, 8);
		ck_assert_uint_eq(8 + (size_t)get32(payload) + get32(payload + 4), len);
		r->status = f->a;
		r->header_count = f->b;
		r->code = RT_NET_OK;
		buf_add(&r->headers, payload + 8, get32(payload));
		buf_add(&r->body, payload + 8 + get32(payload), get32(payload + 4));
		return false;
	default:
		ck_assert_uint_eq(f->kind, RT_NET_DONE);
		/* what the head announced is what came */
		if (r->status != 0 && f->a == RT_NET_OK)
			ck_assert_uint_eq(r->value, r->headers.len);
		r->code = f->a;
		r->value = f->b;
		buf_add(&r->body, payload, len);
		return false;
	}
}

void talk_wait(struct talk *t, struct talk_reply *out, uint32_t id)
{
	unsigned char *payload = base_alloc(RT_NET_PAYLOAD_MAX);
	struct rt_net_frame frame = {0};
	bool more = true;

	*out = (struct talk_reply){
	    .fd = -1, .headers = buf_init(64u << 20), .body = buf_init(256u << 20)};
	while (more) {
		int fd = -1;
		ssize_t n = receive(t, &frame, payload, &fd);

		if (n < 0) {
			out->ended = true;
			break;
		}
		if (frame.id != id) {
			base_close_fd(&fd);
			continue;
		}
		if (fd >= 0)
			out->fd = fd;
		more = take(out, &frame, payload, (size_t)n);
	}
	free(payload);
}

void talk_ask(struct talk *t, struct talk_reply *out, uint32_t kind, uint32_t a, uint32_t b,
    const struct buf *payload)
{
	talk_wait(t, out, talk_send(t, kind, a, b, payload->data, payload->len));
}

static void put_text(struct buf *out, const char *text)
{
	buf_put_u32le(out, (uint32_t)strlen(text));
	buf_puts(out, text);
}

void talk_http_doc(struct buf *out, const struct talk_http *q)
{
	unsigned version = q->version != 0 ? q->version : 2;

	buf_putc(out, (char)version);
	buf_putc(out, (char)(q->method != 0 ? q->method : 1));
	put_text(out, q->url);
	buf_put_u32le(out, q->name != NULL);
	if (q->name != NULL) {
		put_text(out, q->name);
		put_text(out, q->value);
	}
	put_text(out, q->body != NULL ? q->body : "");
	if (version < 2)
		return;
	buf_put_u32le(out, q->flags);
	buf_put_u32le(out, q->timeout_s);
	buf_put_u32le(out, q->max_redirects);
	buf_put_u32le(out, q->max_header_bytes);
	buf_put_u32le(out, q->max_headers);
}

void talk_http(struct talk *t, struct talk_reply *out, const struct talk_http *q)
{
	CLEANUP(buf_clear) struct buf doc = buf_init(1u << 20);

	talk_http_doc(&doc, q);
	talk_ask(
	    t, out, RT_NET_HTTP, (uint32_t)doc.len, q->max_body != 0 ? q->max_body : 65536, &doc);
}

void talk_addr(struct buf *out, const char *host, uint32_t port)
{
	unsigned char ip[32];

	buf_put_u32le(out, 1);
	if (inet_pton(AF_INET, host, ip) == 1) {
		buf_put_u32le(out, RT_NET_IPV4);
		buf_put_u32le(out, port);
		buf_add(out, ip, 4);
	} else if (inet_pton(AF_INET6, host, ip) == 1) {
		buf_put_u32le(out, RT_NET_IPV6);
		buf_put_u32le(out, port);
		buf_add(out, ip, 16);
	} else {
		buf_put_u32le(out, RT_NET_NAME);
		buf_put_u32le(out, port);
		put_text(out, host);
	}
}

const struct broker_entry *talk_entry(
    const struct broker_log *log, enum broker_op op, enum broker_verdict verdict)
{
	for (uint32_t i = 0; i < log->used; i++) {
		if (log->entry[i].op == op && log->entry[i].verdict == verdict)
			return &log->entry[i];
	}
	for (uint32_t i = 0; i < log->used; i++)
		(void)fprintf(stderr, "log: %s verdict %u %s:%u code %u %s %s\n",
		    sandbox_broker_op_name(log->entry[i].op), log->entry[i].verdict,
		    log->entry[i].host, log->entry[i].port, log->entry[i].code,
		    log->entry[i].address, log->entry[i].note);
	ck_abort_msg("no entry of %s with verdict %u", sandbox_broker_op_name(op), verdict);
	return NULL;
}

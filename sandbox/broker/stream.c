/* SPDX-License-Identifier: MIT */
/*
 * TCP: look-ups, connections and listening sockets. A connection is made here and handed over;
 * the guest may read and write it, and its system call filter lets it do nothing else with it.
 * Two addresses are tried at once when the first is slow. Source: spec net 6.4, RFC 8305.
 */
#include "sandbox/broker/priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define STAGGER_MS 250
#define BACKLOG 128

struct dial;

/* One attempt at one address. */
struct attempt {
	struct watch watch;
	struct attempt *next;
	struct dial *dial;
	struct policy_address address;
};

/* A connection in the making. */
struct dial {
	struct op op;
	struct request request; /* its payload is gone */
	struct lookup *lookup;
	struct addresses list;
	uint32_t tried;
	struct attempt *attempts;
	int64_t give_up_ns;
	int error;
};

static void forget(struct server *s, struct dial *d, struct attempt *a)
{
	for (struct attempt **at = &d->attempts; *at != NULL; at = &(*at)->next) {
		if (*at == a) {
			*at = a->next;
			break;
		}
	}
	server_retire(s, &a->watch);
}

static void dial_drop(struct server *s, struct op *op)
{
	struct dial *d = (struct dial *)op;

	if (d->lookup != NULL)
		resolve_cancel(s, d->lookup);
	d->lookup = NULL;
	while (d->attempts != NULL)
		forget(s, d, d->attempts);
}

static void fail(struct server *s, struct dial *d, uint32_t code, const char *note)
{
	log_end(s, &d->request.to, "", code, d->op.started_ns, note);
	channel_code(s, d->op.id, code);
	op_end(s, &d->op);
}

static void succeed(struct server *s, struct dial *d, struct attempt *a)
{
	const struct rt_net_frame done = {RT_NET_DONE, d->op.id, RT_NET_OK, 0};
	char text[BROKER_ADDRESS_TEXT];
	struct request r = d->request;
	int64_t started = d->op.started_ns;
	int fd = a->watch.fd;

	address_text(text, &a->address);
	server_watch(s, &a->watch, 0);
	a->watch.fd = -1;
	r.frame.id = d->op.id;
	op_end(s, &d->op);
	if (r.to.op == BROKER_OP_TLS) {
		tls_begin(s, fd, &r, text, started);
		return;
	}
	log_end(s, &r.to, text, RT_NET_OK, started, "");
	channel_send(s, &done, NULL, 0, fd);
	close(fd);
}

static void dial_more(struct server *s, struct dial *d);

static void attempt_ready(struct server *s, struct watch *w, uint32_t events)
{
	struct attempt *a = (struct attempt *)w;
	struct dial *d = a->dial;
	socklen_t len = sizeof(d->error);
	int error = 0;

	(void)events;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error == 0) {
		succeed(s, d, a);
		return;
	}
	d->error = error;
	forget(s, d, a);
	dial_more(s, d);
}

static bool start_attempt(struct server *s, struct dial *d, const struct policy_address *address)
{
	struct sockaddr_storage to;
	socklen_t len = address_sockaddr(&to, address, d->request.to.port);
	struct attempt *a = base_calloc(1, sizeof(*a));
	int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	a->watch.fd = fd;
	a->watch.ready = attempt_ready;
	a->dial = d;
	a->address = *address;
	a->next = d->attempts;
	d->attempts = a;
	if (fd < 0 || (connect(fd, (struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS)) {
		d->error = errno;
		forget(s, d, a);
		return false;
	}
	server_watch(s, &a->watch, EPOLLOUT);
	return true;
}

/* The next address, if there is one; the end, if nothing is under way. */
static void dial_more(struct server *s, struct dial *d)
{
	int64_t soon = server_now() + STAGGER_MS * NS_PER_MS;

	while (d->tried < d->list.count) {
		if (start_attempt(s, d, &d->list.at[d->tried++])) {
			d->op.deadline_ns =
			    d->tried < d->list.count && soon < d->give_up_ns ? soon : d->give_up_ns;
			return;
		}
	}
	d->op.deadline_ns = d->give_up_ns;
	if (d->attempts == NULL)
		fail(s, d, d->error == ETIMEDOUT ? RT_NET_TIMEOUT : RT_NET_NO_CONNECTION,
		    d->error != 0 ? strerrordesc_np(d->error) : "");
}

static void dial_timeout(struct server *s, struct op *op)
{
	struct dial *d = (struct dial *)op;

	if (server_now() >= d->give_up_ns)
		fail(s, d, RT_NET_TIMEOUT, "timeout");
	else
		dial_more(s, d);
}

static void have_addresses(
    struct server *s, void *arg, const struct addresses *list, const char *why)
{
	struct dial *d = arg;

	d->lookup = NULL;
	d->list = *list;
	if (why != NULL) {
		fail(s, d, RT_NET_NO_NAME, why);
		return;
	}
	if (decide_addresses(s, &d->request.to, POLICY_TCP, &d->list) != RT_NET_OK) {
		channel_code(s, d->op.id, RT_NET_DENIED);
		op_end(s, &d->op);
		return;
	}
	dial_more(s, d);
}

/* Operands before policy (spec net 6.4); under a policy verification cannot be switched off. */
static uint32_t check_connect(struct server *s, struct request *q)
{
	if (q->frame.kind == RT_NET_TLS && q->tls_verify && q->tls_name[0] == '\0' && q->literal)
		return RT_NET_INVALID;
	if (s->config.net != NULL)
		q->tls_verify = true;
	return decide_name(s, &q->to, POLICY_TCP);
}

void stream_connect(struct server *s, const struct request *r)
{
	struct request q = *r;
	struct dial *d;
	struct lookup *lookup;
	uint32_t code;
	uint32_t ms = r->frame.a < RT_NET_TIMEOUT_MAX_MS ? r->frame.a : RT_NET_TIMEOUT_MAX_MS;

	q.to.op = r->frame.kind == RT_NET_TLS ? BROKER_OP_TLS : BROKER_OP_TCP;
	code = check_connect(s, &q);
	if (code != RT_NET_OK) {
		channel_code(s, r->frame.id, code);
		return;
	}
	d = base_calloc(1, sizeof(*d));
	d->op.watch.fd = -1;
	d->op.id = r->frame.id;
	d->op.started_ns = server_now();
	d->op.timeout = dial_timeout;
	d->op.drop = dial_drop;
	d->request = q;
	d->give_up_ns = d->op.started_ns + (int64_t)ms * NS_PER_MS;
	d->op.deadline_ns = d->give_up_ns;
	if (!op_start(s, &d->op)) {
		free(d);
		channel_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup = resolve_start(s, q.to.host, d->give_up_ns, have_addresses, d);
	if (lookup != NULL)
		d->lookup = lookup;
}

/* ---- listening ---- */

static int open_listener(const struct request *r, struct policy_address *bound, uint16_t *port)
{
	struct sockaddr_storage at;
	socklen_t len = address_sockaddr(&at, &r->address, r->to.port);
	AUTO_CLOSE int fd =
	    socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	len = sizeof(at);
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 || !address_of(bound, port, &at))
		return -1;
	return take_fd(&fd);
}

void stream_listen(struct server *s, const struct request *r)
{
	struct rt_net_frame done = {RT_NET_DONE, r->frame.id, RT_NET_OK, 0};
	struct destination to = r->to;
	struct policy_address bound;
	unsigned char addr[28];
	int64_t started = server_now();
	uint16_t port = 0;
	uint32_t code;
	int fd;

	to.op = BROKER_OP_LISTEN;
	code = decide_name(s, &to, POLICY_TCP);
	if (code != RT_NET_OK) {
		channel_code(s, r->frame.id, code);
		return;
	}
	fd = open_listener(r, &bound, &port);
	if (fd < 0) {
		log_end(s, &to, "", RT_NET_NO_CONNECTION, started, strerrordesc_np(errno));
		channel_code(s, r->frame.id, RT_NET_NO_CONNECTION);
		return;
	}
	log_end(s, &to, to.host, RT_NET_OK, started, "");
	channel_send(s, &done, addr, frame_addr(addr, &bound, port), fd);
	close(fd);
}

/* ---- look-ups for the program ---- */

struct question {
	struct op op;
	struct destination to;
	struct lookup *lookup;
};

static void question_drop(struct server *s, struct op *op)
{
	struct question *q = (struct question *)op;

	if (q->lookup != NULL)
		resolve_cancel(s, q->lookup);
	q->lookup = NULL;
}

static void send_addresses(
    struct server *s, uint32_t id, uint16_t port, const struct addresses *list)
{
	const struct rt_net_frame done = {RT_NET_DONE, id, RT_NET_OK, list->count};
	CLEANUP(buf_clear) struct buf doc = buf_init(4096);
	unsigned char addr[28];

	for (uint32_t i = 0; i < list->count; i++) {
		size_t len = frame_addr(addr, &list->at[i], port);

		buf_put_u32le(&doc, (uint32_t)len);
		buf_add(&doc, addr, len);
	}
	channel_send(s, &done, doc.data, doc.len, -1);
}

static void answer_question(
    struct server *s, void *arg, const struct addresses *list, const char *why)
{
	struct question *q = arg;
	struct addresses kept = *list;
	uint32_t code = why != NULL ? RT_NET_NO_NAME : RT_NET_OK;

	q->lookup = NULL;
	if (why == NULL)
		code = decide_addresses(s, &q->to, POLICY_TCP, &kept);
	if (code != RT_NET_DENIED)
		log_end(s, &q->to, "", code, q->op.started_ns, why != NULL ? why : "");
	if (code == RT_NET_OK)
		send_addresses(s, q->op.id, q->to.port, &kept);
	else
		channel_code(s, q->op.id, code);
	op_end(s, &q->op);
}

/* A look-up needs neither TCP nor UDP, only the name in the list. Source: spec net 6.4. */
static uint32_t decide_lookup(struct server *s, struct destination *to)
{
	struct policy_net any;
	const struct policy_net *net = s->config.net;
	uint32_t code;

	if (net == NULL)
		return decide_name(s, to, POLICY_TCP);
	any = *net;
	any.allow_tcp = true;
	s->config.net = &any;
	code = decide_name(s, to, POLICY_TCP);
	s->config.net = net;
	return code;
}

void stream_lookup(struct server *s, const struct request *r)
{
	struct question *q;
	struct lookup *lookup;
	struct destination to = r->to;
	uint32_t code;

	to.op = BROKER_OP_DNS;
	code = decide_lookup(s, &to);
	if (code != RT_NET_OK) {
		channel_code(s, r->frame.id, code);
		return;
	}
	q = base_calloc(1, sizeof(*q));
	q->op.watch.fd = -1;
	q->op.id = r->frame.id;
	q->op.started_ns = server_now();
	q->op.drop = question_drop;
	q->to = to;
	if (!op_start(s, &q->op)) {
		free(q);
		channel_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup = resolve_start(
	    s, to.host, q->op.started_ns + RESOLVE_MS * NS_PER_MS, answer_question, q);
	if (lookup != NULL)
		q->lookup = lookup;
}

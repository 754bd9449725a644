/* SPDX-License-Identifier: MIT */
/*
 * TCP: look-ups, connections and listening sockets. A connection is made here and handed to the
 * guest, which may read and write it; its system call filter lets it do nothing else with the
 * descriptor. Two addresses are tried at once when the first is slow. Source: RFC 8305.
 */
#include "sandbox/broker/stream.h"

#include "sandbox/broker/address.h"
#include "sandbox/broker/decide.h"
#include "sandbox/broker/frame.h"
#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/send.h"
#include "sandbox/broker/tls.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define STAGGER_MS 250
#define BACKLOG 128

struct dial;

/* One attempt at one address. */
struct attempt {
	struct broker_watch watch;
	struct attempt *next;
	struct dial *dial;
	struct policy_address address;
};

/* A connection in the making. */
struct dial {
	struct broker_task task;
	struct broker_request request; /* its pointers lead nowhere by now */
	struct broker_lookup *lookup;
	struct broker_addresses list;
	uint32_t tried;
	struct attempt *attempts;
	int64_t give_up_ns;
	int error;
};

static void attempt_forget(struct broker_server *s, struct dial *d, struct attempt *a)
{
	for (struct attempt **at = &d->attempts; *at != NULL; at = &(*at)->next) {
		if (*at == a) {
			*at = a->next;
			break;
		}
	}
	broker_retire(s, &a->watch);
}

static void dial_drop(struct broker_server *s, struct broker_task *task)
{
	struct dial *d = (struct dial *)task;

	if (d->lookup != NULL)
		broker_resolve_cancel(s, d->lookup);
	d->lookup = NULL;
	while (d->attempts != NULL)
		attempt_forget(s, d, d->attempts);
}

static void dial_fail(struct broker_server *s, struct dial *d, uint32_t code, const char *note)
{
	broker_log_end(s, &d->request.to, "", code, d->task.started_ns, note);
	broker_send_code(s, d->task.id, code);
	broker_task_end(s, &d->task);
}

static void dial_succeed(struct broker_server *s, struct dial *d, struct attempt *a)
{
	const struct rt_net_frame done = {RT_NET_DONE, d->task.id, RT_NET_OK, 0};
	char text[BROKER_ADDRESS_TEXT];
	struct broker_request r = d->request;
	int64_t started = d->task.started_ns;
	int fd = a->watch.fd;

	broker_address_text(text, &a->address);
	broker_watch(s, &a->watch, 0);
	a->watch.fd = -1;
	r.frame.id = d->task.id;
	broker_task_end(s, &d->task);
	if (r.to.op == BROKER_OP_TLS) {
		broker_tls_begin(s, fd, &r, text, started);
		return;
	}
	broker_log_end(s, &r.to, text, RT_NET_OK, started, "");
	broker_send(s, &done, NULL, 0, fd);
	close(fd);
}

static void dial_more(struct broker_server *s, struct dial *d);

static void attempt_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct attempt *a = (struct attempt *)w;
	struct dial *d = a->dial;
	socklen_t len = sizeof(d->error);
	int error = 0;

	(void)events;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error == 0) {
		dial_succeed(s, d, a);
		return;
	}
	d->error = error;
	attempt_forget(s, d, a);
	dial_more(s, d);
}

static bool attempt_start(
    struct broker_server *s, struct dial *d, const struct policy_address *address)
{
	struct sockaddr_storage to;
	socklen_t len = broker_address_to_socket(&to, address, d->request.to.port);
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
		attempt_forget(s, d, a);
		return false;
	}
	broker_watch(s, &a->watch, EPOLLOUT);
	return true;
}

/* Try the next address, if there is one; end the task if no attempt is under way. */
static void dial_more(struct broker_server *s, struct dial *d)
{
	int64_t soon = broker_now() + STAGGER_MS * BROKER_NS_PER_MS;

	while (d->tried < d->list.count) {
		if (attempt_start(s, d, &d->list.at[d->tried++])) {
			d->task.deadline_ns =
			    d->tried < d->list.count && soon < d->give_up_ns ? soon : d->give_up_ns;
			return;
		}
	}
	d->task.deadline_ns = d->give_up_ns;
	if (d->attempts == NULL)
		dial_fail(s, d, d->error == ETIMEDOUT ? RT_NET_TIMEOUT : RT_NET_NO_CONNECTION,
		    d->error != 0 ? strerrordesc_np(d->error) : "");
}

static void dial_timeout(struct broker_server *s, struct broker_task *task)
{
	struct dial *d = (struct dial *)task;

	if (broker_now() >= d->give_up_ns)
		dial_fail(s, d, RT_NET_TIMEOUT, "timeout");
	else
		dial_more(s, d);
}

static void have_addresses(
    struct broker_server *s, void *arg, const struct broker_addresses *list, const char *why)
{
	struct dial *d = arg;

	d->lookup = NULL;
	d->list = *list;
	if (why != NULL) {
		dial_fail(s, d, RT_NET_NO_NAME, why);
		return;
	}
	if (broker_decide_addresses(s, &d->request.to, POLICY_TCP, &d->list) != RT_NET_OK) {
		broker_send_code(s, d->task.id, RT_NET_DENIED);
		broker_task_end(s, &d->task);
		return;
	}
	dial_more(s, d);
}

/* Bad operands come before any question of policy; under a policy the certificate is always
 * verified. Source: docs/format/net-heads.md. */
static uint32_t check_connect(struct broker_server *s, struct broker_request *q)
{
	if (q->frame.kind == RT_NET_TLS && q->tls_verify && q->tls_name[0] == '\0' && q->literal)
		return RT_NET_INVALID;
	if (s->config.net != NULL)
		q->tls_verify = true;
	return broker_decide_name(s, &q->to, POLICY_TCP);
}

void broker_stream_connect(struct broker_server *s, const struct broker_request *r)
{
	struct broker_request q = *r;
	struct dial *d;
	struct broker_lookup *lookup;
	uint32_t code;
	uint32_t ms = r->frame.a < RT_NET_TIMEOUT_MAX_MS ? r->frame.a : RT_NET_TIMEOUT_MAX_MS;

	q.to.op = r->frame.kind == RT_NET_TLS ? BROKER_OP_TLS : BROKER_OP_TCP;
	code = check_connect(s, &q);
	if (code != RT_NET_OK) {
		broker_send_code(s, r->frame.id, code);
		return;
	}
	d = base_calloc(1, sizeof(*d));
	d->task.watch.fd = -1;
	d->task.id = r->frame.id;
	d->task.started_ns = broker_now();
	d->task.timeout = dial_timeout;
	d->task.drop = dial_drop;
	d->request = q;
	d->give_up_ns = d->task.started_ns + (int64_t)ms * BROKER_NS_PER_MS;
	d->task.deadline_ns = d->give_up_ns;
	if (!broker_task_start(s, &d->task)) {
		free(d);
		broker_send_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup = broker_resolve_start(s, q.to.host, d->give_up_ns, have_addresses, d);
	if (lookup != NULL)
		d->lookup = lookup;
}

/* ---- listening ---- */

static int open_listener(
    const struct broker_request *r, struct policy_address *bound, uint16_t *port)
{
	struct sockaddr_storage at;
	socklen_t len = broker_address_to_socket(&at, &r->address, r->to.port);
	AUTO_CLOSE int fd =
	    socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	len = sizeof(at);
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 ||
	    !broker_address_of_socket(bound, port, &at))
		return -1;
	return take_fd(&fd);
}

void broker_stream_listen(struct broker_server *s, const struct broker_request *r)
{
	struct rt_net_frame done = {RT_NET_DONE, r->frame.id, RT_NET_OK, 0};
	struct broker_destination to = r->to;
	struct policy_address bound;
	unsigned char addr[BROKER_FRAME_ADDR_MAX];
	int64_t started = broker_now();
	uint16_t port = 0;
	uint32_t code;
	int fd;

	to.op = BROKER_OP_LISTEN;
	code = broker_decide_name(s, &to, POLICY_TCP);
	if (code != RT_NET_OK) {
		broker_send_code(s, r->frame.id, code);
		return;
	}
	fd = open_listener(r, &bound, &port);
	if (fd < 0) {
		broker_log_end(s, &to, "", RT_NET_NO_CONNECTION, started, strerrordesc_np(errno));
		broker_send_code(s, r->frame.id, RT_NET_NO_CONNECTION);
		return;
	}
	broker_log_end(s, &to, to.host, RT_NET_OK, started, "");
	broker_send(s, &done, addr, broker_frame_addr(addr, &bound, port), fd);
	close(fd);
}

/* ---- look-ups for the program ---- */

struct question {
	struct broker_task task;
	struct broker_destination to;
	struct broker_lookup *lookup;
};

static void question_drop(struct broker_server *s, struct broker_task *task)
{
	struct question *q = (struct question *)task;

	if (q->lookup != NULL)
		broker_resolve_cancel(s, q->lookup);
	q->lookup = NULL;
}

static void send_addresses(
    struct broker_server *s, uint32_t id, uint16_t port, const struct broker_addresses *list)
{
	const struct rt_net_frame done = {RT_NET_DONE, id, RT_NET_OK, list->count};
	CLEANUP(buf_clear) struct buf doc = buf_init(4096);
	unsigned char addr[BROKER_FRAME_ADDR_MAX];

	for (uint32_t i = 0; i < list->count; i++) {
		size_t len = broker_frame_addr(addr, &list->at[i], port);

		buf_put_u32le(&doc, (uint32_t)len);
		buf_add(&doc, addr, len);
	}
	broker_send(s, &done, doc.data, doc.len, -1);
}

static void answer_question(
    struct broker_server *s, void *arg, const struct broker_addresses *list, const char *why)
{
	struct question *q = arg;
	struct broker_addresses kept = *list;
	uint32_t code = why != NULL ? RT_NET_NO_NAME : RT_NET_OK;

	q->lookup = NULL;
	if (why == NULL)
		code = broker_decide_addresses(s, &q->to, POLICY_TCP, &kept);
	if (code != RT_NET_DENIED)
		broker_log_end(s, &q->to, "", code, q->task.started_ns, why != NULL ? why : "");
	if (code == RT_NET_OK)
		send_addresses(s, q->task.id, q->to.port, &kept);
	else
		broker_send_code(s, q->task.id, code);
	broker_task_end(s, &q->task);
}

/* The policy need allow neither TCP nor UDP for a look-up: the name must be in its list. */
static uint32_t decide_lookup(struct broker_server *s, struct broker_destination *to)
{
	struct policy_net any;
	const struct policy_net *net = s->config.net;
	uint32_t code;

	if (net == NULL)
		return broker_decide_name(s, to, POLICY_TCP);
	any = *net;
	any.allow_tcp = true;
	s->config.net = &any;
	code = broker_decide_name(s, to, POLICY_TCP);
	s->config.net = net;
	return code;
}

void broker_stream_lookup(struct broker_server *s, const struct broker_request *r)
{
	struct question *q;
	struct broker_lookup *lookup;
	struct broker_destination to = r->to;
	uint32_t code;

	to.op = BROKER_OP_DNS;
	code = decide_lookup(s, &to);
	if (code != RT_NET_OK) {
		broker_send_code(s, r->frame.id, code);
		return;
	}
	q = base_calloc(1, sizeof(*q));
	q->task.watch.fd = -1;
	q->task.id = r->frame.id;
	q->task.started_ns = broker_now();
	q->task.drop = question_drop;
	q->to = to;
	if (!broker_task_start(s, &q->task)) {
		free(q);
		broker_send_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup = broker_resolve_start(s, to.host,
	    q->task.started_ns + BROKER_RESOLVE_MS * BROKER_NS_PER_MS, answer_question, q);
	if (lookup != NULL)
		q->lookup = lookup;
}

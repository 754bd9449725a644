/* SPDX-License-Identifier: MIT */
/*
 * UDP: every datagram passes here, because a descriptor could be aimed at any address. Each
 * destination is decided like that of a connection. Source: spec net 3.9, 6.4.
 */
#include "sandbox/broker/priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define DATAGRAM_MAX 65507u
_Static_assert(4 + 28 + DATAGRAM_MAX <= RT_NET_PAYLOAD_MAX, "a datagram fits into a frame");

struct udp_socket {
	struct watch watch;
	struct udp_socket *next;
	uint32_t number;
	struct op *waiting; /* the receive that runs */
	int family;
	struct destination bound;
};

/* A receive that waits. */
struct receive {
	struct op op;
	struct udp_socket *socket;
};

/* A datagram whose destination is being looked up. */
struct sending {
	struct op op;
	uint32_t number;
	struct destination to;
	struct lookup *lookup;
	size_t len;
	unsigned char bytes[];
};

static struct udp_socket *find(const struct server *s, uint32_t number)
{
	for (struct udp_socket *u = s->sockets; u != NULL; u = u->next) {
		if (number != 0 && u->number == number)
			return u;
	}
	return NULL;
}

/* ---- receiving ---- */

/* @return false when nothing is there. */
static bool deliver(struct server *s, struct udp_socket *u, uint32_t id)
{
	const struct rt_net_frame done = {RT_NET_DONE, id, RT_NET_OK, 0};
	AUTO_FREE unsigned char *doc = base_alloc(4 + 28 + DATAGRAM_MAX);
	AUTO_FREE unsigned char *data = base_alloc(DATAGRAM_MAX);
	struct sockaddr_storage from = {0};
	socklen_t from_len = sizeof(from);
	struct policy_address a = {.len = 4};
	struct destination to = u->bound;
	char text[BROKER_ADDRESS_TEXT];
	uint16_t port = 0;
	size_t addr;
	ssize_t n = recvfrom(
	    u->watch.fd, data, DATAGRAM_MAX, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

	if (n < 0)
		return false;
	(void)address_of(&a, &port, &from);
	addr = frame_addr(doc + 4, &a, port);
	doc[0] = (unsigned char)addr;
	doc[1] = doc[2] = doc[3] = 0;
	memcpy(doc + 4 + addr, data, (size_t)n);
	address_text(text, &a);
	to.op = BROKER_OP_UDP;
	to.port = port;
	memcpy(to.host, text, strlen(text) + 1);
	{
		struct broker_entry e = {.op = BROKER_OP_UDP, .port = port, .entry = UINT32_MAX};
		struct broker_entry *kept;

		memcpy(e.host, to.host, sizeof(e.host));
		memcpy(e.address, text, sizeof(e.address));
		kept = log_add(s, &e);
		if (kept != NULL)
			kept->bytes_in += (uint64_t)n;
	}
	channel_send(s, &done, doc, 4 + addr + (size_t)n, -1);
	return true;
}

static void receive_drop(struct server *s, struct op *op)
{
	struct receive *r = (struct receive *)op;

	r->socket->waiting = NULL;
	server_watch(s, &r->socket->watch, 0);
}

static void receive_timeout(struct server *s, struct op *op)
{
	channel_code(s, op->id, RT_NET_TIMEOUT);
	op_end(s, op);
}

static void socket_ready(struct server *s, struct watch *w, uint32_t events)
{
	struct udp_socket *u = (struct udp_socket *)w;

	(void)events;
	if (u->waiting == NULL)
		server_watch(s, w, 0);
	else if (deliver(s, u, u->waiting->id))
		op_end(s, u->waiting);
}

void udp_receive(struct server *s, const struct request *r)
{
	struct udp_socket *u = find(s, r->frame.a);
	struct receive *q;
	uint32_t ms = r->frame.b < RT_NET_TIMEOUT_MAX_MS ? r->frame.b : RT_NET_TIMEOUT_MAX_MS;

	if (u == NULL || u->waiting != NULL) {
		channel_code(s, r->frame.id, RT_NET_INVALID);
		return;
	}
	if (deliver(s, u, r->frame.id))
		return;
	q = base_calloc(1, sizeof(*q));
	q->op.watch.fd = -1;
	q->op.id = r->frame.id;
	q->op.deadline_ns = server_now() + (int64_t)ms * NS_PER_MS;
	q->op.timeout = receive_timeout;
	q->op.drop = receive_drop;
	q->socket = u;
	if (!op_start(s, &q->op)) {
		free(q);
		channel_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	u->waiting = &q->op;
	server_watch(s, &u->watch, EPOLLIN);
}

/* ---- sending ---- */

static void send_drop(struct server *s, struct op *op)
{
	struct sending *q = (struct sending *)op;

	if (q->lookup != NULL)
		resolve_cancel(s, q->lookup);
	q->lookup = NULL;
}

static bool same_family(const struct policy_address *a, int family)
{
	return a->len == (family == AF_INET ? 4 : 16);
}

static uint32_t send_to(struct server *s, struct sending *q, const struct addresses *list)
{
	const struct udp_socket *u = find(s, q->number);
	struct sockaddr_storage to;
	char text[BROKER_ADDRESS_TEXT];
	uint32_t i = 0;
	socklen_t len;

	while (u != NULL && i < list->count && !same_family(&list->at[i], u->family))
		i++;
	if (u == NULL || i == list->count)
		return RT_NET_NO_CONNECTION;
	len = address_sockaddr(&to, &list->at[i], q->to.port);
	address_text(text, &list->at[i]);
	if (sendto(u->watch.fd, q->bytes, q->len, MSG_NOSIGNAL | MSG_DONTWAIT,
		(struct sockaddr *)&to, len) < 0) {
		log_end(s, &q->to, text, RT_NET_NO_CONNECTION, q->op.started_ns,
		    strerrordesc_np(errno));
		return errno == EMSGSIZE ? RT_NET_TOO_LARGE : RT_NET_NO_CONNECTION;
	}
	{
		struct broker_entry e = {
		    .op = BROKER_OP_UDP, .port = q->to.port, .entry = q->to.entry};
		struct broker_entry *kept;

		memcpy(e.host, q->to.host, sizeof(e.host));
		memcpy(e.address, text, sizeof(e.address));
		kept = log_add(s, &e);
		if (kept != NULL)
			kept->bytes_out += q->len;
	}
	return RT_NET_OK;
}

static void have_addresses(
    struct server *s, void *arg, const struct addresses *list, const char *why)
{
	struct sending *q = arg;
	struct addresses kept = *list;
	struct rt_net_frame done = {RT_NET_DONE, q->op.id, RT_NET_OK, (uint32_t)q->len};

	q->lookup = NULL;
	if (why != NULL) {
		log_end(s, &q->to, "", RT_NET_NO_NAME, q->op.started_ns, why);
		done.a = RT_NET_NO_NAME;
	}
	if (done.a == RT_NET_OK)
		done.a = decide_addresses(s, &q->to, POLICY_UDP, &kept);
	if (done.a == RT_NET_OK)
		done.a = send_to(s, q, &kept);
	channel_send(s, &done, NULL, 0, -1);
	op_end(s, &q->op);
}

void udp_send(struct server *s, const struct request *r)
{
	struct destination to = r->to;
	struct lookup *lookup;
	struct sending *q;
	uint32_t code;

	to.op = BROKER_OP_UDP;
	code = find(s, r->frame.a) == NULL  ? RT_NET_INVALID
	       : r->rest_len > DATAGRAM_MAX ? RT_NET_TOO_LARGE
					    : decide_name(s, &to, POLICY_UDP);
	if (code != RT_NET_OK) {
		channel_code(s, r->frame.id, code);
		return;
	}
	q = base_calloc(1, sizeof(*q) + r->rest_len);
	q->op.watch.fd = -1;
	q->op.id = r->frame.id;
	q->op.started_ns = server_now();
	q->op.drop = send_drop;
	q->number = r->frame.a;
	q->to = to;
	q->len = r->rest_len;
	memcpy(q->bytes, r->rest, r->rest_len);
	if (!op_start(s, &q->op)) {
		free(q);
		channel_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup =
	    resolve_start(s, to.host, q->op.started_ns + RESOLVE_MS * NS_PER_MS, have_addresses, q);
	if (lookup != NULL)
		q->lookup = lookup;
}

/* ---- binding ---- */

static int open_socket(const struct request *r, struct policy_address *bound, uint16_t *port)
{
	struct sockaddr_storage at;
	socklen_t len = address_sockaddr(&at, &r->address, r->to.port);
	AUTO_CLOSE int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0)
		return -1;
	len = sizeof(at);
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 || !address_of(bound, port, &at))
		return -1;
	return take_fd(&fd);
}

void udp_bind(struct server *s, const struct request *r)
{
	struct rt_net_frame done = {RT_NET_DONE, r->frame.id, RT_NET_OK, 0};
	struct destination to = r->to;
	struct policy_address bound;
	struct udp_socket *u;
	unsigned char addr[28];
	int64_t started = server_now();
	uint16_t port = 0;
	uint32_t code;
	int fd = -1;

	to.op = BROKER_OP_UDP_BIND;
	code = s->stream_count >= SERVER_STREAMS_MAX ? RT_NET_INTERNAL
						     : decide_name(s, &to, POLICY_UDP);
	if (code == RT_NET_OK) {
		fd = open_socket(r, &bound, &port);
		if (fd < 0)
			code = RT_NET_NO_CONNECTION;
		log_end(s, &to, fd < 0 ? "" : to.host, code, started,
		    fd < 0 ? strerrordesc_np(errno) : "");
	}
	if (code != RT_NET_OK) {
		channel_code(s, r->frame.id, code);
		return;
	}
	u = base_calloc(1, sizeof(*u));
	u->watch.fd = fd;
	u->watch.ready = socket_ready;
	u->family = r->address.len == 4 ? AF_INET : AF_INET6;
	u->bound = to;
	u->number = done.b = ++s->last_number;
	u->next = s->sockets;
	s->sockets = u;
	s->stream_count++;
	channel_send(s, &done, addr, frame_addr(addr, &bound, port), -1);
}

bool udp_close(struct server *s, uint32_t number)
{
	struct udp_socket *u = find(s, number);

	if (u == NULL)
		return false;
	if (u->waiting != NULL) {
		channel_code(s, u->waiting->id, RT_NET_INVALID);
		op_end(s, u->waiting);
	}
	for (struct udp_socket **at = &s->sockets; *at != NULL; at = &(*at)->next) {
		if (*at == u) {
			*at = u->next;
			break;
		}
	}
	s->stream_count--;
	server_retire(s, &u->watch);
	return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * UDP. Every datagram passes through the broker, because the guest could send to any address if it
 * had the descriptor. Each destination is decided like that of a connection. Source:
 * docs/format/net-heads.md.
 */
#include "sandbox/broker/udp.h"

#include "sandbox/broker/address.h"
#include "sandbox/broker/decide.h"
#include "sandbox/broker/frame.h"
#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_MAX 65507u
_Static_assert(
    4 + BROKER_FRAME_ADDR_MAX + DATAGRAM_MAX <= RT_NET_PAYLOAD_MAX, "a datagram fits into a frame");

struct broker_udp_socket {
	struct broker_watch watch;
	struct broker_udp_socket *next;
	uint32_t number;
	struct broker_task *waiting; /* the receive that waits; NULL = none */
	int family;
};

/* A receive that waits. */
struct receive {
	struct broker_task task;
	struct broker_udp_socket *socket;
};

/* A datagram whose destination is being looked up. */
struct sending {
	struct broker_task task;
	uint32_t number;
	struct broker_destination to;
	struct broker_lookup *lookup;
	size_t len;
	unsigned char bytes[];
};

/* @return the entry, or NULL when the log is full. */
static struct broker_entry *log_datagram(
    struct broker_server *s, const struct broker_destination *to, const char *address)
{
	struct broker_entry e = {.op = BROKER_OP_UDP, .port = to->port, .entry = to->entry};

	memcpy(e.host, to->host, sizeof(e.host));
	memcpy(e.address, address, BROKER_ADDRESS_TEXT);
	return broker_log_add(s, &e);
}

static struct broker_udp_socket *socket_find(const struct broker_server *s, uint32_t number)
{
	for (struct broker_udp_socket *u = s->sockets; u != NULL; u = u->next) {
		if (number != 0 && u->number == number)
			return u;
	}
	return NULL;
}

/* ---- receiving ---- */

/* @return false when nothing is there. */
static bool socket_deliver(struct broker_server *s, struct broker_udp_socket *u, uint32_t id)
{
	const struct rt_net_frame done = {RT_NET_DONE, id, RT_NET_OK, 0};
	AUTO_FREE unsigned char *doc = base_alloc(4 + BROKER_FRAME_ADDR_MAX + DATAGRAM_MAX);
	AUTO_FREE unsigned char *data = base_alloc(DATAGRAM_MAX);
	struct sockaddr_storage from = {0};
	socklen_t from_len = sizeof(from);
	struct policy_address a = {.len = 4};
	struct broker_destination to = {.entry = UINT32_MAX};
	struct broker_entry *kept;
	char text[BROKER_ADDRESS_TEXT] = "";
	size_t addr;
	ssize_t n = recvfrom(
	    u->watch.fd, data, DATAGRAM_MAX, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

	if (n < 0)
		return false;
	(void)broker_address_of_socket(&a, &to.port, &from);
	addr = broker_frame_addr(doc + 4, &a, to.port);
	doc[0] = (unsigned char)addr;
	doc[1] = doc[2] = doc[3] = 0;
	memcpy(doc + 4 + addr, data, (size_t)n);
	broker_address_text(text, &a);
	memcpy(to.host, text, strlen(text) + 1);
	kept = log_datagram(s, &to, text);
	if (kept != NULL)
		kept->bytes_in += (uint64_t)n;
	broker_send(s, &done, doc, 4 + addr + (size_t)n, -1);
	return true;
}

static void receive_drop(struct broker_server *s, struct broker_task *task)
{
	struct receive *r = (struct receive *)task;

	r->socket->waiting = NULL;
	broker_watch(s, &r->socket->watch, 0);
}

static void receive_timeout(struct broker_server *s, struct broker_task *task)
{
	broker_send_code(s, task->id, RT_NET_TIMEOUT);
	broker_task_end(s, task);
}

static void socket_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct broker_udp_socket *u = (struct broker_udp_socket *)w;

	(void)events;
	if (u->waiting == NULL)
		broker_watch(s, w, 0);
	else if (socket_deliver(s, u, u->waiting->id))
		broker_task_end(s, u->waiting);
}

void broker_udp_receive(struct broker_server *s, const struct broker_request *r)
{
	struct broker_udp_socket *u = socket_find(s, r->frame.a);
	struct receive *q;
	uint32_t ms = r->frame.b < RT_NET_TIMEOUT_MAX_MS ? r->frame.b : RT_NET_TIMEOUT_MAX_MS;

	if (u == NULL || u->waiting != NULL) {
		broker_send_code(s, r->frame.id, RT_NET_INVALID);
		return;
	}
	if (socket_deliver(s, u, r->frame.id))
		return;
	q = base_calloc(1, sizeof(*q));
	q->task.watch.fd = -1;
	q->task.id = r->frame.id;
	q->task.deadline_ns = broker_now() + (int64_t)ms * BROKER_NS_PER_MS;
	q->task.timeout = receive_timeout;
	q->task.drop = receive_drop;
	q->socket = u;
	if (!broker_task_start(s, &q->task)) {
		free(q);
		broker_send_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	u->waiting = &q->task;
	broker_watch(s, &u->watch, EPOLLIN);
}

/* ---- sending ---- */

static void send_drop(struct broker_server *s, struct broker_task *task)
{
	struct sending *q = (struct sending *)task;

	if (q->lookup != NULL)
		broker_resolve_cancel(s, q->lookup);
	q->lookup = NULL;
}

static bool same_family(const struct policy_address *a, int family)
{
	return a->len == (family == AF_INET ? 4 : 16);
}

static uint32_t send_to(
    struct broker_server *s, struct sending *q, const struct broker_addresses *list)
{
	const struct broker_udp_socket *u = socket_find(s, q->number);
	struct sockaddr_storage to;
	struct broker_entry *kept;
	char text[BROKER_ADDRESS_TEXT] = "";
	uint32_t i = 0;
	socklen_t len;

	while (u != NULL && i < list->count && !same_family(&list->at[i], u->family))
		i++;
	if (u == NULL || i == list->count)
		return RT_NET_NO_CONNECTION;
	len = broker_address_to_socket(&to, &list->at[i], q->to.port);
	broker_address_text(text, &list->at[i]);
	if (sendto(u->watch.fd, q->bytes, q->len, MSG_NOSIGNAL | MSG_DONTWAIT,
		(struct sockaddr *)&to, len) < 0) {
		int error = errno;

		broker_log_end(s, &q->to, text, RT_NET_NO_CONNECTION, q->task.started_ns,
		    strerrordesc_np(error));
		return error == EMSGSIZE ? RT_NET_TOO_LARGE : RT_NET_NO_CONNECTION;
	}
	kept = log_datagram(s, &q->to, text);
	if (kept != NULL)
		kept->bytes_out += q->len;
	return RT_NET_OK;
}

static void have_addresses(
    struct broker_server *s, void *arg, const struct broker_addresses *list, const char *why)
{
	struct sending *q = arg;
	struct broker_addresses kept = *list;
	struct rt_net_frame done = {RT_NET_DONE, q->task.id, RT_NET_OK, (uint32_t)q->len};

	q->lookup = NULL;
	if (why != NULL) {
		broker_log_end(s, &q->to, "", RT_NET_NO_NAME, q->task.started_ns, why);
		done.a = RT_NET_NO_NAME;
	}
	if (done.a == RT_NET_OK)
		done.a = broker_decide_addresses(s, &q->to, POLICY_UDP, &kept);
	if (done.a == RT_NET_OK)
		done.a = send_to(s, q, &kept);
	broker_send(s, &done, NULL, 0, -1);
	broker_task_end(s, &q->task);
}

void broker_udp_send(struct broker_server *s, const struct broker_request *r)
{
	struct broker_destination to = r->to;
	struct broker_lookup *lookup;
	struct sending *q;
	uint32_t code;

	to.op = BROKER_OP_UDP;
	code = socket_find(s, r->frame.a) == NULL ? RT_NET_INVALID
	       : r->rest_len > DATAGRAM_MAX       ? RT_NET_TOO_LARGE
						  : broker_decide_name(s, &to, POLICY_UDP);
	if (code != RT_NET_OK) {
		broker_send_code(s, r->frame.id, code);
		return;
	}
	q = base_calloc(1, sizeof(*q) + r->rest_len);
	q->task.watch.fd = -1;
	q->task.id = r->frame.id;
	q->task.started_ns = broker_now();
	q->task.drop = send_drop;
	q->number = r->frame.a;
	q->to = to;
	q->len = r->rest_len;
	memcpy(q->bytes, r->rest, r->rest_len);
	if (!broker_task_start(s, &q->task)) {
		free(q);
		broker_send_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	lookup = broker_resolve_start(s, to.host,
	    q->task.started_ns + BROKER_RESOLVE_MS * BROKER_NS_PER_MS, have_addresses, q);
	if (lookup != NULL)
		q->lookup = lookup;
}

/* ---- binding ---- */

static int open_socket(const struct broker_request *r, struct policy_address *bound, uint16_t *port)
{
	struct sockaddr_storage at;
	socklen_t len = broker_address_to_socket(&at, &r->address, r->to.port);
	AUTO_CLOSE int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0)
		return -1;
	len = sizeof(at);
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 ||
	    !broker_address_of_socket(bound, port, &at))
		return -1;
	return take_fd(&fd);
}

void broker_udp_bind(struct broker_server *s, const struct broker_request *r)
{
	struct rt_net_frame done = {RT_NET_DONE, r->frame.id, RT_NET_OK, 0};
	struct broker_destination to = r->to;
	struct policy_address bound;
	struct broker_udp_socket *u;
	unsigned char addr[BROKER_FRAME_ADDR_MAX];
	int64_t started = broker_now();
	uint16_t port = 0;
	uint32_t code;
	int fd = -1;

	to.op = BROKER_OP_UDP_BIND;
	code = s->stream_count >= BROKER_STREAMS_MAX ? RT_NET_INTERNAL
						     : broker_decide_name(s, &to, POLICY_UDP);
	if (code == RT_NET_OK) {
		fd = open_socket(r, &bound, &port);
		if (fd < 0)
			code = RT_NET_NO_CONNECTION;
		broker_log_end(s, &to, fd < 0 ? "" : to.host, code, started,
		    fd < 0 ? strerrordesc_np(errno) : "");
	}
	if (code != RT_NET_OK) {
		broker_send_code(s, r->frame.id, code);
		return;
	}
	u = base_calloc(1, sizeof(*u));
	u->watch.fd = fd;
	u->watch.ready = socket_ready;
	u->family = r->address.len == 4 ? AF_INET : AF_INET6;
	u->number = done.b = ++s->last_number;
	u->next = s->sockets;
	s->sockets = u;
	s->stream_count++;
	broker_send(s, &done, addr, broker_frame_addr(addr, &bound, port), -1);
}

bool broker_udp_close(struct broker_server *s, uint32_t number)
{
	struct broker_udp_socket *u = socket_find(s, number);

	if (u == NULL)
		return false;
	if (u->waiting != NULL) {
		broker_send_code(s, u->waiting->id, RT_NET_INVALID);
		broker_task_end(s, u->waiting);
	}
	for (struct broker_udp_socket **at = &s->sockets; *at != NULL; at = &(*at)->next) {
		if (*at == u) {
			*at = u->next;
			break;
		}
	}
	s->stream_count--;
	broker_retire(s, &u->watch);
	return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * Inside the broker process: one thread, one epoll set. Every operation of the guest is an object
 * with a descriptor to watch and a time when it must be over.
 */
#ifndef SANDBOX_BROKER_PRIV_H
#define SANDBOX_BROKER_PRIV_H

#include "base/arena.h"
#include "base/buf.h"
#include "lang/rt/net_wire.h"
#include "sandbox/broker.h"
#include "sandbox/broker_config.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#define SERVER_OPS_MAX 64       /* operations that run at once */
#define SERVER_STREAMS_MAX 1024 /* TLS streams, UDP sockets */
#define ADDRESSES_MAX 64
#define RESOLVE_MS 10000
#define NS_PER_MS 1000000LL

struct server;

/** Something in the epoll set. Freed through server_retire only. */
struct watch {
	void (*ready)(struct server *s, struct watch *w, uint32_t events);
	int fd; /* -1 = not in the set */
	bool dead;
	struct watch *next_dead;
};

/** Addresses of a name, most wanted first. */
struct addresses {
	uint32_t count;
	struct policy_address at[ADDRESSES_MAX];
};

/** A destination on its way from text to addresses that may be reached. */
struct destination {
	char host[POLICY_HOST_MAX + 1];
	uint16_t port;
	uint8_t op; /* enum broker_op */
	uint32_t entry;
};

/** A frame that did not fit into the socket. */
struct pending {
	struct pending *next;
	int fd; /* to send along, or -1 */
	size_t len;
	unsigned char bytes[];
};

struct op;
struct lookup;
struct http;

struct server {
	int epoll;
	struct watch channel;
	struct arena arena;
	struct broker_config config;
	struct broker_log *log;
	bool done, broken; /* the guest is gone; it broke the protocol */
	struct pending *out, **out_end;
	struct watch *dead;
	struct op *ops; /* running operations */
	unsigned op_count;
	struct resolver *resolver;
	struct lookup *resolving; /* that is being started */
	struct http *http;
	uint64_t held; /* bytes of request documents */
	struct tls_stream *streams;
	struct udp_socket *sockets;
	uint32_t stream_count, last_number;
	void *tls_context;
	unsigned char frame[sizeof(struct rt_net_frame) + RT_NET_PAYLOAD_MAX + 1];
	unsigned char scratch[RT_NET_PAYLOAD_MAX]; /* a payload in the making */
};

/** A request that takes time. First member of its kinds. */
struct op {
	struct watch watch;
	struct op *next;
	uint32_t id;
	bool counted;                    /* against SERVER_OPS_MAX */
	int64_t started_ns, deadline_ns; /* 0 = none */
	void (*timeout)(struct server *s, struct op *op);
	void (*drop)(struct server *s, struct op *op); /* frees what it owns */
};

/* ---- broker_loop.c ---- */

int64_t server_now(void);
/** Put a descriptor into the set, or change what it waits for (0 = out of the set). */
void server_watch(struct server *s, struct watch *w, uint32_t events);
/** Take out of the set, close its descriptor, free when nobody looks at it any more. */
void server_retire(struct server *s, struct watch *w);
/** Enter an operation. False when too many run: the caller answers and frees it. */
bool op_start(struct server *s, struct op *op);
/** Enter a part of an operation that is counted already. */
void op_join(struct server *s, struct op *op);
/** It goes on, but is no operation any more. @return false when it was none. */
bool op_leave(struct server *s, struct op *op);
/** Leave: drop is called, the memory freed. */
void op_end(struct server *s, struct op *op);
void server_loop(struct server *s);

/* ---- broker_channel.c ---- */

/** Send or queue a frame. @p fd is sent along, not taken. */
void channel_send(
    struct server *s, const struct rt_net_frame *frame, const void *payload, size_t len, int fd);
/** End request @p id with a code alone. */
void channel_code(struct server *s, uint32_t id, uint32_t code);
/** Nothing is waiting to be sent. */
bool channel_clear(const struct server *s);
void channel_start(struct server *s);

/* ---- broker_frame.c: what the guest may say ---- */

/** A request, checked: lengths are in range, addresses well-formed. */
struct request {
	struct rt_net_frame frame;
	const unsigned char *payload; /* borrowed */
	size_t len;
	struct destination to; /* of the address, if the kind has one; "" = no name that can be */
	bool literal;
	struct policy_address address; /* when literal */
	const unsigned char *rest;     /* behind the address */
	size_t rest_len;
	bool tls_verify;                    /* TLS */
	char tls_name[RT_NET_NAME_MAX + 1]; /* TLS: "" = that of the address */
};

/** @return NULL, or what is wrong with the frame. Static storage. */
const char *frame_check(struct request *out, const void *bytes, size_t len);
/** NetAddrV1 of an address. @return bytes written: 16 or 28. */
size_t frame_addr(unsigned char out[28], const struct policy_address *a, uint16_t port);

/* ---- broker_decide.c ---- */

/** May the program ask for this at all? Records a refusal. @return RT_NET_OK or a code; without a
 *  policy only RT_NET_NO_NAME for a host that is no name. */
uint32_t decide_name(struct server *s, struct destination *to, enum policy_transport transport);
/**
 * Keep the addresses that may be reached for a destination that decide_name allowed.
 * @return RT_NET_OK when one is left; a refusal is recorded.
 */
uint32_t decide_addresses(struct server *s, const struct destination *to,
    enum policy_transport transport, struct addresses *list);
/** Count an operation. @p entry borrowed: op, verdict, host, ... without counts. */
struct broker_entry *log_add(struct server *s, const struct broker_entry *entry);
/** Count an operation that ended, with its time. */
void log_end(struct server *s, const struct destination *to, const char *address, uint32_t code,
    int64_t started_ns, const char *note);
void address_text(char out[BROKER_ADDRESS_TEXT], const struct policy_address *a);
socklen_t address_sockaddr(
    struct sockaddr_storage *out, const struct policy_address *a, uint16_t port);
bool address_of(struct policy_address *out, uint16_t *port, const struct sockaddr_storage *from);

/* ---- broker_resolve.c ---- */

typedef void resolved(struct server *s, void *arg, const struct addresses *list, const char *why);
/**
 * Look up a name; @p done is called once, perhaps at once, unless resolve_cancel comes first.
 * @param deadline_ns  when to give up at the latest.
 * @return the look-up while it runs, NULL when @p done was called.
 */
struct lookup *resolve_start(
    struct server *s, const char *host, int64_t deadline_ns, resolved *done, void *arg);
void resolve_cancel(struct server *s, struct lookup *l);
bool resolver_open(struct server *s);

/* ---- the kinds of requests ---- */

void http_begin(struct server *s, const struct request *r);
void http_more(struct server *s, const struct request *r);
/** The channel has room again. */
void http_resume(struct server *s);
bool http_open(struct server *s);
/** Milliseconds until libcurl wants to be called; -1 = no wish. */
int64_t http_deadline(const struct server *s);
void http_tick(struct server *s);
void http_close(struct server *s);

void stream_connect(struct server *s, const struct request *r);
void stream_listen(struct server *s, const struct request *r);
void stream_lookup(struct server *s, const struct request *r);

/** A connection is there: shake hands, then pass plain bytes on. Takes @p fd. */
void tls_begin(
    struct server *s, int fd, const struct request *r, const char *address, int64_t started_ns);
/** The guest is gone: forget what it cannot read. @return true while bytes of it may be unsent. */
bool tls_flushing(struct server *s);
void tls_end_all(struct server *s);
void tls_status(struct server *s, const struct request *r);
bool tls_close(struct server *s, uint32_t number);

void udp_bind(struct server *s, const struct request *r);
void udp_send(struct server *s, const struct request *r);
void udp_receive(struct server *s, const struct request *r);
bool udp_close(struct server *s, uint32_t number);

/* ---- broker_confine.c ---- */

/** Give up everything but talking to the network. @return NULL, or what could not be done. */
const char *confine(const struct broker_config *config);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The types that the files of the broker share. The process has one thread and one epoll set.
 * Everything that the guest asked for is an object with a descriptor to watch and a time at which
 * it must be over.
 */
#ifndef SANDBOX_BROKER_TYPES_H
#define SANDBOX_BROKER_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "lang/rt/net_wire.h"
#include "sandbox/broker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BROKER_TASKS_MAX 64     /* tasks that run at once */
#define BROKER_STREAMS_MAX 1024 /* TLS streams and UDP sockets together */
#define BROKER_ADDRESSES_MAX 64 /* of one name */
#define BROKER_RESOLVE_MS 10000 /* the longest look-up */
#define BROKER_NS_PER_MS 1000000LL

struct broker_server;

/** Something in the epoll set. Only broker_retire frees it. */
struct broker_watch {
	/** A descriptor of the set has something to say. @p events is a set of EPOLL* bits. */
	void (*ready)(struct broker_server *s, struct broker_watch *w, uint32_t events);
	int fd; /* -1 when nothing is in the set */
	bool dead;
	struct broker_watch *next_dead;
};

/** The addresses of a name; the most wanted one comes first. */
struct broker_addresses {
	uint32_t count;
	struct policy_address at[BROKER_ADDRESSES_MAX];
};

/** A destination on its way from text to addresses that may be reached. */
struct broker_destination {
	char host[POLICY_HOST_MAX + 1]; /* "" when the text can be no host name */
	uint16_t port;
	uint8_t op;     /* enum broker_op */
	uint32_t entry; /* of the policy's list; UINT32_MAX when no entry allowed it */
};

/** A request of the guest that takes time. It is the first member of each kind of task. */
struct broker_task {
	struct broker_watch watch;
	struct broker_task *next;
	uint32_t id;         /* of the request that it will answer */
	bool counted;        /* it counts against BROKER_TASKS_MAX */
	int64_t started_ns;  /* on the clock of broker_now */
	int64_t deadline_ns; /* when `timeout` is called; 0 = never */
	void (*timeout)(struct broker_server *s, struct broker_task *task);
	/** Frees what the task owns, but not the task. May be NULL. */
	void (*drop)(struct broker_server *s, struct broker_task *task);
};

/** A request whose lengths are in range and whose addresses are well-formed. */
struct broker_request {
	struct rt_net_frame frame;
	const unsigned char *payload; /* borrowed */
	size_t len;
	struct broker_destination to; /* of the address, if this kind of request has one */
	bool literal;                 /* the address is a number and stands in `address` */
	struct policy_address address;
	const unsigned char *rest; /* what follows the address; borrowed */
	size_t rest_len;
	bool tls_verify;                    /* TLS: the certificate is verified */
	char tls_name[RT_NET_NAME_MAX + 1]; /* TLS: "" stands for the name of the address */
};

struct broker_http;
struct broker_lookup;
struct broker_pending;
struct broker_resolver;
struct broker_tls_stream;
struct broker_udp_socket;

/** The broker's whole state. Each file works on the members under its name. */
struct broker_server {
	struct broker_config config;
	struct arena arena; /* holds the configuration */

	/* loop.c */
	int epoll;
	bool done;   /* the conversation is over */
	bool broken; /* it is over because the guest broke the protocol */
	struct broker_watch *dead;
	struct broker_task *tasks; /* those that run */
	unsigned task_count;

	/* send.c, channel.c */
	struct broker_watch channel;
	struct broker_pending *out, **out_end; /* frames that wait to be sent */
	unsigned char frame[sizeof(struct rt_net_frame) + RT_NET_PAYLOAD_MAX + 1];

	/* log.c */
	struct broker_log *log; /* shared with x07 */

	/* resolve.c */
	struct broker_resolver *resolver;
	struct broker_lookup *resolving; /* the look-up that is just being started */

	/* http.c, http_answer.c */
	struct broker_http *http;
	uint64_t held;                             /* bytes of all request documents */
	unsigned char scratch[RT_NET_PAYLOAD_MAX]; /* a payload in the making */

	/* tls.c, udp.c */
	struct broker_tls_stream *streams;
	struct broker_udp_socket *sockets;
	uint32_t stream_count; /* of both kinds */
	uint32_t last_number;  /* that the guest was given for one of them */
	void *tls_context;
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The network broker as x07 sees it: a process of its own (lib/x07/x07-broker) that holds the
 * policy's network section and the other end of the guest's socket. x07 gives it plain data, and
 * reads what it recorded when the run is over.
 * Source: docs/decisions/network-broker.md.
 */
#ifndef SANDBOX_BROKER_H
#define SANDBOX_BROKER_H

#include "base/err.h"
#include "policy/net.h"

#include <sys/types.h>

/* Descriptors of the broker. */
#define BROKER_FD_CHANNEL 3 /* SOCK_SEQPACKET pair with the guest */
#define BROKER_FD_CONFIG 4  /* sealed memory file: sandbox_broker_config_write */
#define BROKER_FD_LOG 5     /* shared memory file: struct broker_log */

#define BROKER_CONFIG_MAX (1u << 20)

/** What the broker is told. */
struct broker_config {
	const struct policy_net *net; /* borrowed; NULL: no policy, everything is allowed */
	const char *ca_bundle;        /* borrowed; "" = none found */
	uint64_t mem_bytes;           /* of the broker; 0 = its default */
};

/** How an operation ended. */
enum broker_verdict {
	BROKER_ALLOWED,
	BROKER_DENIED_POLICY,  /* policy_net_decide said no: `policy` holds the verdict */
	BROKER_DENIED_ADDRESS, /* an allowed name led to an address of this host or its networks */
	BROKER_DENIED_SCHEME,  /* a URL that is neither http nor https */
	BROKER_NO_NAME,        /* the name did not resolve; `note` says why */
	BROKER_VIOLATION,      /* the guest broke the protocol: it has no network any more */
	BROKER_ENDED,          /* the broker died before the guest did; `note` says how */
	BROKER_VERDICT_COUNT
};

/* X(id, name): `op` of an entry. */
#define BROKER_OPS(X)                                                                              \
	X(HTTP, "http")                                                                            \
	X(DNS, "dns")                                                                              \
	X(TCP, "tcp")                                                                              \
	X(TLS, "tls")                                                                              \
	X(LISTEN, "listen")                                                                        \
	X(UDP_BIND, "udp.bind")                                                                    \
	X(UDP, "udp")                                                                              \
	X(CHANNEL, "channel")
/** What the program asked for. */
enum broker_op {
#define BROKER_OP(id, name) BROKER_OP_##id,
	BROKER_OPS(BROKER_OP)
#undef BROKER_OP
	    BROKER_OP_COUNT
};

#define BROKER_LOG_ENTRIES 1024u
#define BROKER_ADDRESS_TEXT 48
#define BROKER_NOTE_TEXT 96

/** One kind of operation, counted. Texts are NUL-terminated. */
struct broker_entry {
	uint8_t op, verdict, policy; /* enum broker_op, broker_verdict, policy_verdict */
	uint8_t http;                /* 10, 11, 20; 0 = no HTTP answer */
	uint16_t port;
	uint16_t tls;   /* 0x0304 = TLS 1.3; 0 = none */
	uint32_t code;  /* given to the program, 0 = success */
	uint32_t entry; /* of net.allow_hosts that allowed it; UINT32_MAX = none */
	char host[POLICY_HOST_MAX + 1];
	char address[BROKER_ADDRESS_TEXT]; /* "" = none was reached */
	char note[BROKER_NOTE_TEXT];       /* what failed, in words; may be "" */
	uint64_t count, bytes_in, bytes_out;
	uint64_t total_us, most_us;
	uint64_t reused; /* requests on a connection that was there already */
};

/** Filled while the run goes on, read when it is over. A file of zeros is the empty log. */
struct broker_log {
	uint32_t used;
	uint32_t ready;       /* 1: confined and serving */
	uint64_t lost;        /* operations without an entry */
	uint64_t lost_denied; /* of them refused */
	struct broker_entry entry[BROKER_LOG_ENTRIES];
};

/** x07's hold on a broker that runs, or is prepared to. Plain values; sandbox_broker_clear. */
struct sandbox_broker {
	int guest;   /* the guest's end, -1 when handed over */
	int channel; /* the broker's end, -1 once it runs */
	int log;     /* -1 = no broker */
	pid_t pid;   /* 0 = not started */
	int pidfd;
};

/** Nothing open. */
#define SANDBOX_BROKER_NONE ((struct sandbox_broker){-1, -1, -1, 0, -1})

/** Make the pair and the log, so that the sandbox can be built. */
MUST_CHECK int sandbox_broker_open(struct sandbox_broker *out, struct err *err);

/**
 * Start the broker.
 * @param path    of the executable.
 * @return 0, or ERR_SANDBOX. That it could not confine itself shows in sandbox_broker_finish.
 */
MUST_CHECK int sandbox_broker_start(struct sandbox_broker *b, const char *path,
    const struct broker_config *config, struct err *err);

/**
 * The guest is dead: wait for the broker's last words, at most a second, and read the log.
 * @param out  owned by the caller (base_free_ptr); NULL when no broker was started.
 * @return 0; ERR_SANDBOX when it was started and never got ready.
 */
MUST_CHECK int sandbox_broker_finish(
    struct sandbox_broker *b, struct broker_log **out, struct err *err);

/** End the broker, if it still runs, and close everything. */
void sandbox_broker_clear(struct sandbox_broker *b);

/** The system's CA bundle: X07_CA_BUNDLE, or the usual places; "" when there is none. Static. */
const char *sandbox_broker_ca_bundle(void);

/** The name of an operation, as in reports: "http", "tcp". Static storage. */
const char *sandbox_broker_op_name(unsigned op);

#endif

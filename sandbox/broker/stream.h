/* SPDX-License-Identifier: MIT */
/* Connections, listening sockets and look-ups of the guest. */
#ifndef SANDBOX_BROKER_STREAM_H
#define SANDBOX_BROKER_STREAM_H

#include "sandbox/broker/types.h"

/** RT_NET_CONNECT and RT_NET_TLS: connect, and for TLS go on in tls.c. */
void broker_stream_connect(struct broker_server *s, const struct broker_request *r);

/** RT_NET_LISTEN: answer with a listening socket. */
void broker_stream_listen(struct broker_server *s, const struct broker_request *r);

/** RT_NET_DNS: answer with the addresses of a name. */
void broker_stream_lookup(struct broker_server *s, const struct broker_request *r);

#endif

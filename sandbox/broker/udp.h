/* SPDX-License-Identifier: MIT */
/* UDP sockets of the guest. */
#ifndef SANDBOX_BROKER_UDP_H
#define SANDBOX_BROKER_UDP_H

#include "sandbox/broker/types.h"

/** RT_NET_UDP_BIND: open a socket and answer with its number. */
void broker_udp_bind(struct broker_server *s, const struct broker_request *r);

/** RT_NET_UDP_SEND: send one datagram. */
void broker_udp_send(struct broker_server *s, const struct broker_request *r);

/** RT_NET_UDP_RECV: answer with the next datagram, or with a timeout. */
void broker_udp_receive(struct broker_server *s, const struct broker_request *r);

/** The guest closes the socket with this number. @return false when there is none. */
bool broker_udp_close(struct broker_server *s, uint32_t number);

#endif

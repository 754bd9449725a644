/* SPDX-License-Identifier: MIT */
/* TLS streams of the guest. */
#ifndef SANDBOX_BROKER_TLS_H
#define SANDBOX_BROKER_TLS_H

#include "sandbox/broker/types.h"

/**
 * A connection is there: shake hands, then pass plain bytes on.
 * @param fd       moved.
 * @param address  that it leads to, as text.
 */
void broker_tls_begin(struct broker_server *s, int fd, const struct broker_request *r,
    const char *address, int64_t started_ns);

/** RT_NET_STATUS: answer how a stream ended. */
void broker_tls_status(struct broker_server *s, const struct broker_request *r);

/** The guest closes the stream with this number. @return false when there is none. */
bool broker_tls_close(struct broker_server *s, uint32_t number);

/** The guest is gone: forget what it cannot read. @return true while bytes of it may be unsent. */
bool broker_tls_flushing(struct broker_server *s);

/** End every stream. */
void broker_tls_end_all(struct broker_server *s);

#endif

/* SPDX-License-Identifier: MIT */
/* HTTP requests of the guest. */
#ifndef SANDBOX_BROKER_HTTP_H
#define SANDBOX_BROKER_HTTP_H

#include "sandbox/broker/types.h"

/** Prepare libcurl. @return false when it refuses. */
bool broker_http_open(struct broker_server *s);

/** RT_NET_HTTP: the first part of a request document. */
void broker_http_begin(struct broker_server *s, const struct broker_request *r);

/** RT_NET_MORE: the next part of one. */
void broker_http_more(struct broker_server *s, const struct broker_request *r);

/** The channel has room again: go on with the answers that waited for it. */
void broker_http_resume(struct broker_server *s);

/** When broker_http_tick must be called at the latest, on the clock of broker_now; 0 = never. */
int64_t broker_http_deadline(const struct broker_server *s);

/** Let libcurl look at its clocks, if it is time. */
void broker_http_tick(struct broker_server *s);

/** End every request and give libcurl's memory back. */
void broker_http_close(struct broker_server *s);

#endif

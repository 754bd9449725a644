/* SPDX-License-Identifier: MIT */
/* One libcurl handle for one hop of a request. */
#ifndef SANDBOX_BROKER_HTTP_EASY_H
#define SANDBOX_BROKER_HTTP_EASY_H

#include "sandbox/broker/http_types.h"

/** Set the handle up for this hop. @return false when libcurl refuses. */
bool broker_easy_setup(struct broker_server *s, struct broker_transfer *t);

/** The code (RT_NET_*) for what libcurl says. */
uint32_t broker_easy_code(CURLcode rc);

/** Count this hop in the log. @param note  what failed, in words; may be "". */
void broker_easy_log(
    struct broker_server *s, struct broker_transfer *t, uint32_t code, const char *note);

#endif

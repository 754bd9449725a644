/* SPDX-License-Identifier: MIT */
/* The answer of an HTTP request on its way to the guest. */
#ifndef SANDBOX_BROKER_HTTP_ANSWER_H
#define SANDBOX_BROKER_HTTP_ANSWER_H

#include "sandbox/broker/http_types.h"

/** Let libcurl hand the head and the body of the answer to this file. */
void broker_answer_callbacks(struct broker_transfer *t);

/** Send what has come so far: the head, unless it was sent before, and the body kept. */
void broker_answer_flush(struct broker_server *s, struct broker_transfer *t);

/** Send the answer and its end in one frame. @return false when it is too long, or partly sent. */
bool broker_answer_whole(struct broker_server *s, struct broker_transfer *t);

#endif

/* SPDX-License-Identifier: MIT */
/* The broker's configuration as bytes: written by x07, read once by the broker. */
#ifndef SANDBOX_BROKER_CONFIG_H
#define SANDBOX_BROKER_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "sandbox/broker.h"

/** Append the bytes of a configuration. */
void sandbox_broker_config_write(struct buf *out, const struct broker_config *config);

/**
 * Read what sandbox_broker_config_write wrote.
 *
 * @param out    strings and lists live in @p arena; `net` is NULL when there is no policy.
 * @return false when it is anything else.
 */
bool sandbox_broker_config_read(
    struct broker_config *out, struct arena *arena, const void *data, size_t len);

#endif

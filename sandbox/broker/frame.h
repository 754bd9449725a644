/* SPDX-License-Identifier: MIT */
/* The form of frames: what the guest may say at all. Source: lang/rt/net_wire.h. */
#ifndef SANDBOX_BROKER_FRAME_H
#define SANDBOX_BROKER_FRAME_H

#include "sandbox/broker/types.h"

#define BROKER_FRAME_ADDR_MAX 28

/**
 * Take a frame apart.
 * @param out  points into @p bytes.
 * @return NULL, or what is wrong with the frame. Static storage.
 */
const char *broker_frame_check(struct broker_request *out, const void *bytes, size_t len);

/** Write the NetAddrV1 of an address. @return the bytes written: 16 or 28. */
size_t broker_frame_addr(
    unsigned char out[BROKER_FRAME_ADDR_MAX], const struct policy_address *a, uint16_t port);

#endif

/* SPDX-License-Identifier: MIT */
/* Each destination is decided twice: as the program wrote it, and as the addresses it led to. */
#ifndef SANDBOX_BROKER_DECIDE_H
#define SANDBOX_BROKER_DECIDE_H

#include "sandbox/broker/types.h"

/**
 * May the program ask for this at all? A refusal is recorded.
 * @param to  its `entry` is filled.
 * @return RT_NET_OK or a code. Without a policy the only failure is RT_NET_NO_NAME, for a text that
 *         can be no host name.
 */
uint32_t broker_decide_name(
    struct broker_server *s, struct broker_destination *to, enum policy_transport transport);

/**
 * Keep those addresses that may be reached for a destination that broker_decide_name allowed.
 * Each refusal is recorded.
 * @return RT_NET_OK when an address is left, otherwise RT_NET_DENIED.
 */
uint32_t broker_decide_addresses(struct broker_server *s, const struct broker_destination *to,
    enum policy_transport transport, struct broker_addresses *list);

#endif

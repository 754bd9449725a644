/* SPDX-License-Identifier: MIT */
/* Addresses of this host and of the networks it stands in. */
#ifndef POLICY_NET_LOCAL_H
#define POLICY_NET_LOCAL_H

#include "policy/address.h"

/**
 * An address of this host or of the networks it stands in: loopback, private, link-local, shared,
 * reserved, multicast, also inside an IPv6 address. An allowed name does not authorise it.
 */
bool policy_address_is_local(const struct policy_address *a);

/** Whether an address means this machine itself. */
bool policy_address_is_loopback(const struct policy_address *a);

#endif

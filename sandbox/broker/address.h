/* SPDX-License-Identifier: MIT */
/* The three forms of an address: as the policy compares it, as the kernel takes it, as text. */
#ifndef SANDBOX_BROKER_ADDRESS_H
#define SANDBOX_BROKER_ADDRESS_H

#include "sandbox/broker/types.h"

#include <sys/socket.h>

/** Write an address as text. */
void broker_address_text(char out[BROKER_ADDRESS_TEXT], const struct policy_address *a);

/** Write an address as the kernel takes it. @return its length in bytes. */
socklen_t broker_address_to_socket(
    struct sockaddr_storage *out, const struct policy_address *a, uint16_t port);

/** Read an address of the kernel. @return false when it is neither IPv4 nor IPv6. */
bool broker_address_of_socket(
    struct policy_address *out, uint16_t *port, const struct sockaddr_storage *from);

#endif

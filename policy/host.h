/* SPDX-License-Identifier: MIT */
/* What a destination of a policy may be called. */
#ifndef POLICY_HOST_H
#define POLICY_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define POLICY_HOST_MAX 255

/**
 * A host as it is compared: ASCII lower case, no brackets, addresses in their shortest form.
 * @return false when it does not fit.
 */
bool policy_host_normal(char out[POLICY_HOST_MAX + 1], const char *host, size_t len);

/**
 * What is wrong with a host of a policy or a flag; NULL when nothing is. Right are names of the
 * DNS in ASCII, addresses (brackets allowed), networks `a/bits` and ranges `a-b`.
 * @param help  what is allowed; may be set whatever the result is. Static storage.
 */
const char *policy_host_fault(const char *text, size_t len, const char **help);

#endif

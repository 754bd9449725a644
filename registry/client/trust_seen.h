/* SPDX-License-Identifier: MIT */
/* What the user has seen of a registry before, in a file of the user's folder. */
#ifndef REGISTRY_CLIENT_TRUST_SEEN_H
#define REGISTRY_CLIENT_TRUST_SEEN_H

#include "registry/client/settings.h"
#include "registry/trust.h"

/**
 * What is known of the registry.
 * @param out  left alone when nothing was seen.
 * @return 0; ERR_PKG with X07PKG_TRUST_INVALID for a damaged file.
 */
MUST_CHECK int client_trust_load(
    struct registry_trust *out, const struct client_settings *s, struct err *err);
/** Remember it, unless another process has seen more. @return 0, or ERR_PKG with X07PKG_IO. */
MUST_CHECK int client_trust_save(
    const struct client_settings *s, const struct registry_trust *trust, struct err *err);

#endif

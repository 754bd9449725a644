/* SPDX-License-Identifier: MIT */
/* One question to a registry: its address, who may see the token, and what a fault means. */
#ifndef REGISTRY_CLIENT_REQUEST_PRIV_H
#define REGISTRY_CLIENT_REQUEST_PRIV_H

#include "registry/client/fetch.h"
#include "registry/client/settings.h"

/** Who is asked, and as whom. Plain value. */
struct client_peer {
	const struct client_settings *s; /* borrowed */
	const char *token;               /* borrowed; NULL = none */
};

/**
 * The address of something.
 * @param rel  relative to the index root, or absolute already.
 * @return owned.
 */
char *client_request_url(const struct client_peer *peer, const char *rel);

/**
 * Fill a request; the token goes along where it may.
 * @param rel, url  borrowed until the answer is there: what client_request_url got and gave.
 */
void client_request_fill(struct fetch_request *out, const struct client_peer *peer, const char *rel,
    const char *url, uint64_t max);

/**
 * Fill @p err from an answer with a fault.
 * @param what  was asked for: "config.json".
 * @return ERR_PKG with @p code, or with OFFLINE_INDEX when the network is off.
 */
int client_request_fault(struct err *err, const struct client_peer *peer, const struct code *code,
    const char *what, const struct fetch_response *response);

#endif

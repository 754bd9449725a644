/* SPDX-License-Identifier: MIT */
/* What somebody who waits for a registry wants to know. */
#ifndef REGISTRY_CLIENT_WATCH_H
#define REGISTRY_CLIENT_WATCH_H

#include "registry/client/fetch.h"

/** A listener. Plain value; `{0}` hears nothing. */
struct client_watch {
	void (*phase)(void *ctx, const char *phase); /* "downloading", static storage; NULL */
	void (*progress)(void *ctx, const struct fetch_progress *at); /* NULL = nobody looks */
	void *ctx;                                                    /* borrowed */
};

#endif

/* SPDX-License-Identifier: MIT */
/* Starting and ending one helper process of the registry client. */
#ifndef REGISTRY_CLIENT_SPAWN_PRIV_H
#define REGISTRY_CLIENT_SPAWN_PRIV_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/** A running x07-fetch. `pid` 0 = not started. */
struct fetch_helper {
	pid_t pid;
	int sock;
};

/**
 * Start x07-fetch with one end of a socket pair as descriptor 3 and an environment of a few named
 * variables: proxies, certificates, nothing else of the caller's.
 *
 * @param path  of the program; NULL = where it is installed, relative to this program.
 * @param mode  "http" or "git".
 * @return 0, ERR_NOT_FOUND (no such program) or ERR_IO.
 */
MUST_CHECK int fetch_helper_start(
    struct fetch_helper *out, const char *path, const char *mode, struct err *err);
/** Kill and reap it; does nothing when it was not started. */
void fetch_helper_stop(struct fetch_helper *h);

#endif

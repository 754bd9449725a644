/* SPDX-License-Identifier: MIT */
/* The two modes of x07-fetch (registry/fetch/main.c). Both end when the other side closes the
 * socket. */
#ifndef REGISTRY_FETCH_HELPER_H
#define REGISTRY_FETCH_HELPER_H

#include "base/err.h"

#define FETCH_HELPER_SOCKET 3

/** Serve https requests with libcurl. @return 0 at the end; ERR_FORMAT, ERR_IO, ERR_INTERNAL. */
MUST_CHECK int fetch_http_serve(int sock, struct err *err);
/** Serve git requests with libgit2, one after the other. @return as fetch_http_serve. */
MUST_CHECK int fetch_git_serve(int sock, struct err *err);

#endif

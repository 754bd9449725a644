/* SPDX-License-Identifier: MIT */
/* The mode "http" of x07-fetch (registry/fetch/main.c). */
#ifndef REGISTRY_FETCH_HTTP_H
#define REGISTRY_FETCH_HTTP_H

#include "base/err.h"

/** Serve https requests with libcurl. @return 0 at the end; ERR_FORMAT, ERR_IO, ERR_INTERNAL. */
MUST_CHECK int fetch_http_serve(int sock, struct err *err);

#endif

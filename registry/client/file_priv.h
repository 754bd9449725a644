/* SPDX-License-Identifier: MIT */
/* Requests that a local file answers. */
#ifndef REGISTRY_CLIENT_FILE_PRIV_H
#define REGISTRY_CLIENT_FILE_PRIV_H

#include "registry/client/fetch.h"

/**
 * Answer a request of a `file:` URL.
 * @param out   its fault, message, bytes, sha256 and body are written.
 * @param path  of the file, decoded.
 */
void fetch_local_file(
    struct fetch_response *out, const struct fetch_request *request, const char *path);

/** Append what is left of @p fd; ERR_LIMIT over the maximum of @p out, ERR_IO. */
MUST_CHECK int fetch_read_all(struct buf *out, int fd, struct err *err);

#endif

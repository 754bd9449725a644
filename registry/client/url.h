/* SPDX-License-Identifier: MIT */
/* Addresses: which of them this client follows, and what they mean. Source: RFC 3986. */
#ifndef REGISTRY_CLIENT_URL_H
#define REGISTRY_CLIENT_URL_H

#include <stdbool.h>

#define FETCH_URL_MAX 2048 /* bytes of an address */

/**
 * True when this client follows the address: https to anywhere, http to this machine only, file
 * with an absolute path. No user name, no control characters, blanks or backslashes.
 */
bool fetch_url_is_allowed(const char *url);

/**
 * True when @p from, an address that was asked, may send this client to @p to: https stays https,
 * plain http stays on this machine or becomes https, neither leads to files of this machine.
 */
bool fetch_url_may_lead(const char *from, const char *to);

/** True when both have the same scheme, host and port: where a token may go. */
bool fetch_url_same_origin(const char *a, const char *b);

/** The path of a `file:` URL, percent-decoded, absolute, owned; NULL when it is none. */
char *fetch_url_file_path(const char *url);

/** The `file:` URL of an absolute path, owned; NULL when it would be too long. */
char *fetch_url_of_path(const char *path);

/**
 * An address that a registry gives: absolute, or relative to @p base, which ends in a slash
 * ("../dl/" of "https://host/index/" is "https://host/dl/"). Owned; NULL when it leads above the
 * root, or has ".." elsewhere than at its start.
 */
char *fetch_url_join(const char *base, const char *rest);

#endif

/* SPDX-License-Identifier: MIT */
/* The user's tokens: one for each registry, in a file that nobody else may read. */
#ifndef REGISTRY_CLIENT_TOKEN_H
#define REGISTRY_CLIENT_TOKEN_H

#include "registry/client/settings.h"

/**
 * The token for the registry.
 * @param out  owned; left alone when there is none.
 * @return 0; ERR_PKG with X07PKG_LOGIN_FAILED for a file that is damaged or that others can read.
 */
MUST_CHECK int client_token_load(char **out, const struct client_settings *s, struct err *err);
/**
 * Remember a token; the file is readable by the user alone.
 * @param path  where it is now, owned; written on success only.
 * @return 0, or ERR_PKG with X07PKG_LOGIN_FAILED.
 */
MUST_CHECK int client_token_save(
    char **path, const struct client_settings *s, const char *token, struct err *err);

#endif

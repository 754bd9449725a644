/* SPDX-License-Identifier: MIT */
/* What a served registry remembers: digests of tokens, and who owns what. */
#ifndef REGISTRY_SERVE_STATE_H
#define REGISTRY_SERVE_STATE_H

#include "base/json.h"
#include "registry/serve/types.h"

/** Look a token up. @return 0, or the status to answer with: 401. */
int serve_authenticate(
    struct serve_account *out, struct serve_api *api, const char *authorization, struct err *err);

/** Owner of a package: "" when it has none yet. */
MUST_CHECK int serve_owner_get(
    char out[65], struct serve_api *api, const char *package, struct err *err);

/** @param handle  NULL: it belongs to nobody any longer. */
MUST_CHECK int serve_owner_set(
    struct serve_api *api, const char *package, const char *handle, struct err *err);

/** A token that was just made. Plain value. */
struct serve_new_token {
	char token[80]; /* the text to hand over */
	char id[33];
};

/**
 * Make a token for @p handle with these scopes, and remember its digest.
 * @return 0; ERR_USAGE (X07REG_SCOPE_INVALID) for a bad handle or no scope; ERR_IO, ERR_PKG.
 */
MUST_CHECK int serve_token_make(struct serve_new_token *out, const char *data, const char *handle,
    const char *label, unsigned scopes, struct err *err);

/**
 * Make a token and remember its digest in `state/tokens.json`, which only its owner may read.
 *
 * @param token   the text to hand over; shown once. "x07t_" and 64 digits.
 * @param handle  who it is for: owner of what is published with it; 1..64 of [a-z0-9_.-].
 * @param scopes  "publish,owner.manage,token.manage,admin": one or more.
 * @return 0, ERR_USAGE, ERR_IO, ERR_FORMAT (the file is none).
 */
MUST_CHECK int serve_token_add(char token[80], const char *data, const char *handle,
    const char *label, const char *scopes, struct err *err);

/** Forget a token. ERR_NOT_FOUND when the account has none of that id. */
MUST_CHECK int serve_token_revoke(
    struct serve_api *api, const struct serve_account *who, const char *id, struct err *err);

/** Write `[{id, handle, label, scopes}]` of the account's tokens, all for an administrator. */
MUST_CHECK int serve_token_list(
    struct jsonw *w, struct serve_api *api, const struct serve_account *who, struct err *err);

/** Bits of "publish,admin"; 0 when a word is none. */
unsigned serve_scopes_parse(const char *text);

/** Random hexadecimal digits, NUL-terminated. */
MUST_CHECK int serve_random_hex(char *out, size_t digits, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Between the connections (serve.c), the routes (serve_api.c, serve_write.c) and what is remembered
 * (serve_state.c).
 */
#ifndef REGISTRY_SERVE_PRIV_H
#define REGISTRY_SERVE_PRIV_H

#include "base/buf.h"
#include "base/json.h"
#include "registry/serve/request.h"
#include "registry/serve/serve.h"

#define SERVE_BODY_MAX ((size_t)64 << 20)
#define SERVE_JSON_MAX ((size_t)64 << 10)

/** Scopes of a token, as bits. */
enum serve_scope {
	SERVE_SCOPE_PUBLISH = 1,
	SERVE_SCOPE_OWNER = 2,
	SERVE_SCOPE_TOKEN = 4,
	SERVE_SCOPE_ADMIN = 8
};

/** Who asks. */
struct serve_account {
	char id[33];
	char handle[65];
	unsigned scopes;
};

/** A served folder. */
struct serve_api {
	const struct serve_options *o;
	int data_fd; /* owned; locked */
};

/** An answer. Zero-initialise; serve_answer_clear. */
struct serve_answer {
	int status;
	const char *type;   /* static */
	char etag[72];      /* with its quotes; "" = none */
	const char *cache;  /* static; NULL = no-store */
	char location[128]; /* "" = none */
	char request_id[33];
	struct buf body;
	int file_fd; /* owned; the body instead of `body`; -1 = none */
	uint64_t file_bytes;
};

void serve_answer_clear(struct serve_answer *a);
/** Answer with a code: `{code, message, request_id}`. */
void serve_fail(struct serve_answer *a, int status, const char *code, const char *message);
/** As serve_fail, from a failure of ours. */
void serve_fail_err(struct serve_answer *a, const struct err *err);
/** Answer with a JSON body that a writer made. */
void serve_json(struct serve_answer *a, int status);

/** Handle one request; @p body_fd holds its body, at its start. Never fails. */
void serve_handle(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a);
/** The part of it that changes something; false when the path is none of its own. */
bool serve_handle_post(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a);

/** Build the index anew. */
MUST_CHECK int serve_rebuild(struct serve_api *api, struct err *err);
/** Split "/v1/packages/NAME/VERSION/what" into its segments; false when there are more. */
bool serve_split(char *path, const char *prefix, char *segments[4], size_t *count);

/** Look a token up. @return 0, or the status to answer with: 401. */
int serve_authenticate(
    struct serve_account *out, struct serve_api *api, const char *authorization, struct err *err);
/** Owner of a package: "" when it has none yet. */
MUST_CHECK int serve_owner_get(
    char out[65], struct serve_api *api, const char *package, struct err *err);
/** @param handle  NULL: it belongs to nobody any longer. */
MUST_CHECK int serve_owner_set(
    struct serve_api *api, const char *package, const char *handle, struct err *err);
/** Make a token; @p id receives its id. */
struct serve_new_token {
	char token[80]; /* the text to hand over */
	char id[33];
};
MUST_CHECK int serve_token_make(struct serve_new_token *out, const char *data, const char *handle,
    const char *label, unsigned scopes, struct err *err);
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

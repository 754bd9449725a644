/* SPDX-License-Identifier: MIT */
/* One question to a registry (request_priv.h). */
#include "registry/client/request_priv.h"

#include "registry/client/url.h"
#include "registry/codes.h"

#include <string.h>

static bool is_absolute(const char *rel)
{
	return strstr(rel, "://") != NULL;
}

char *client_request_url(const struct client_peer *peer, const char *rel)
{
	CLEANUP(buf_clear) struct buf url = buf_init((size_t)4 * FETCH_URL_MAX);

	if (!is_absolute(rel))
		buf_puts(&url, peer->s->base);
	buf_puts(&url, rel);
	return buf_take(&url);
}

void client_request_fill(struct fetch_request *out, const struct client_peer *peer, const char *rel,
    const char *url, uint64_t max)
{
	const struct client_settings *s = peer->s;
	bool git = s->kind == CLIENT_INDEX_GIT && !is_absolute(rel);

	*out = (struct fetch_request){.kind = git ? FETCH_GIT_FILE : FETCH_GET,
	    .url = git ? s->base : url,
	    .git_ref = s->git_ref,
	    .git_path = rel,
	    .max_bytes = max,
	    .token = peer->token,
	    .body_fd = -1,
	    .dest_fd = -1,
	    .compressed = true};
	if (peer->token != NULL && (git || !fetch_url_same_origin(s->base, url)))
		out->token = NULL;
}

int client_request_fault(struct err *err, const struct client_peer *peer, const struct code *code,
    const char *what, const struct fetch_response *response)
{
	if (response->fault == FETCH_OFFLINE)
		return err_code(err, ERR_PKG, REGISTRY_CODE(OFFLINE_INDEX),
		    "offline: %s of %s is not cached", what, peer->s->index_url);
	return err_code(err, ERR_PKG, code, "%s of %s: %s (%s)", what, peer->s->index_url,
	    response->message, fetch_fault_id(response->fault));
}

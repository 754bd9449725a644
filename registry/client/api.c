/* SPDX-License-Identifier: MIT */
/* The API of a registry (api.h). */
#include "registry/client/api.h"

#include "registry/client/open_priv.h"
#include "registry/client/request_priv.h"
#include "registry/client/texts_priv.h"
#include "registry/client/url.h"
#include "registry/codes.h"
#include "registry/index.h"

int client_api(struct fetch_response *out, struct client_index *index,
    const struct client_api_call *call, struct err *err)
{
	const struct client_source *source = client_source_of(index);
	const struct registry_config *config = NULL;
	CLEANUP(buf_clear) struct buf rel = buf_init(FETCH_URL_MAX);
	AUTO_FREE char *url = NULL;
	struct fetch_request request;
	struct err inner = {0};
	int rc = client_config(&config, index, err);

	if (rc < 0)
		return rc;
	if (config->api == NULL)
		return err_code(err, ERR_PKG, REGISTRY_CODE(API_URL),
		    "registry %s has no API: its config.json names none",
		    source->peer.s->index_url);
	buf_puts(&rel, config->api);
	buf_puts(&rel, call->path);
	url = client_request_url(&source->peer, buf_str(&rel));
	client_request_fill(&request, &source->peer, buf_str(&rel), url, REGISTRY_INDEX_FILE_MAX);
	if (call->post) {
		request.kind = FETCH_POST;
		request.body_fd = call->body_fd;
		request.content_type = call->content_type;
	}
	rc = fetch_run(out, source->fetcher, &request, 1, &inner);
	return rc < 0 ? client_request_fault(err, &source->peer, call->code, call->path, out) : 0;
}

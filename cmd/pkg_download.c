/* SPDX-License-Identifier: MIT */
/* Archives and the API of a registry. */
#include "cmd/pkg_index_priv.h"
#include "registry/pack.h"

#include <string.h>

static int download_fault(struct err *err, const struct pkg_index *x,
    const struct pkg_download *item, const struct fetch_response *r)
{
	if (r->fault == FETCH_OFFLINE)
		return err_user(err, ERR_PKG, "X07PKG_OFFLINE_MISSING_DEP",
		    "offline: package %s@%s is neither installed nor in the store", item->name,
		    item->version);
	if (r->fault == FETCH_DIGEST)
		return err_user(err, ERR_PKG, "X07PKG_DOWNLOAD_FAILED",
		    "package %s@%s: the archive of %s is not the one of the index: expected sha256 "
		    "%s, got %s",
		    item->name, item->version, x->s->index_url, item->sha256, r->sha256);
	return err_user(err, ERR_PKG,
	    r->fault == FETCH_WRITE ? "X07PKG_IO" : "X07PKG_DOWNLOAD_FAILED",
	    "package %s@%s: %s (%s)", item->name, item->version, r->message,
	    fetch_fault_id(r->fault));
}

static void make_requests(struct fetch_request *requests, char **rels, char **urls,
    const struct pkg_index *x, const struct pkg_download *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct buf rel = buf_init(FETCH_URL_MAX);

		buf_puts(&rel, x->config.dl);
		registry_download_path(&rel, items[i].name, items[i].version);
		rels[i] = buf_take(&rel);
		urls[i] = index_url(x, rels[i]);
		index_request(&requests[i], x, rels[i], urls[i], REGISTRY_ARCHIVE_MAX);
		requests[i].sha256 = items[i].sha256;
		requests[i].dest_fd = items[i].dest_fd;
		requests[i].compressed = false;
	}
}

int pkg_index_download(struct pkg_index *index, const struct pkg_download *items, uint32_t count,
    void (*done)(void *ctx, size_t i), void *ctx, struct err *err)
{
	AUTO_FREE struct fetch_request *requests = base_calloc(count + 1, sizeof(*requests));
	AUTO_FREE struct fetch_response *answers = base_calloc(count + 1, sizeof(*answers));
	AUTO_FREE char **rels = base_calloc(count + 1, sizeof(*rels));
	AUTO_FREE char **urls = base_calloc(count + 1, sizeof(*urls));
	const struct registry_config *config = NULL;
	struct err inner = {0};
	int rc = pkg_index_config(&config, index, err);

	if (rc < 0)
		return rc;
	make_requests(requests, rels, urls, index, items, count);
	progress_phase(index->progress, "downloading");
	index->archive_done = done;
	index->archive_ctx = ctx;
	rc = fetch_run(answers, index->fetcher, requests, count, &inner);
	index->archive_done = NULL;
	if (rc < 0)
		*err = inner;
	for (uint32_t i = 0; i < count; i++) {
		if (rc < 0 && answers[i].fault != FETCH_OK) {
			rc = download_fault(err, index, &items[i], &answers[i]);
			break;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		fetch_response_clear(&answers[i]);
		base_free_ptr(&rels[i]);
		base_free_ptr(&urls[i]);
	}
	return rc;
}

int pkg_index_api(struct fetch_response *out, struct pkg_index *index,
    const struct pkg_api_call *call, struct err *err)
{
	const struct registry_config *config = NULL;
	CLEANUP(buf_clear) struct buf rel = buf_init(FETCH_URL_MAX);
	AUTO_FREE char *url = NULL;
	struct fetch_request request;
	struct err inner = {0};
	int rc = pkg_index_config(&config, index, err);

	if (rc < 0)
		return rc;
	if (config->api == NULL)
		return err_user(err, ERR_PKG, "X07PKG_API_URL",
		    "registry %s has no API: its config.json names none", index->s->index_url);
	buf_puts(&rel, config->api);
	buf_puts(&rel, call->path);
	url = index_url(index, rel.data);
	index_request(&request, index, rel.data, url, REGISTRY_INDEX_FILE_MAX);
	if (call->post) {
		request.kind = FETCH_POST;
		request.body_fd = call->body_fd;
		request.content_type = call->content_type;
	}
	rc = fetch_run(out, index->fetcher, &request, 1, &inner);
	if (rc < 0)
		return index_fault(err, index, call->code, call->path, out);
	return 0;
}

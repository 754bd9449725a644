/* SPDX-License-Identifier: MIT */
/* Archives and the API of a registry. */
#include "registry/client/priv.h"
#include "registry/pack.h"

#include <string.h>

static int download_fault(struct err *err, const struct client_index *x,
    const struct client_download *item, const struct fetch_response *r)
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

uint32_t index_downloads_waiting(const struct client_index *x)
{
	return x->has_config && !x->downloads.sent ? x->downloads.count : 0;
}

void index_downloads_send(struct fetch_request *requests, struct client_index *x, uint32_t first)
{
	struct index_downloads *d = &x->downloads;

	d->rels = base_calloc((size_t)d->count + 1, sizeof(*d->rels));
	d->urls = base_calloc((size_t)d->count + 1, sizeof(*d->urls));
	d->answers = base_calloc((size_t)d->count + 1, sizeof(*d->answers));
	for (uint32_t i = 0; i < d->count; i++) {
		struct buf rel = buf_init(FETCH_URL_MAX);

		buf_puts(&rel, x->config.dl);
		registry_download_path(&rel, d->items[i].name, d->items[i].version);
		d->rels[i] = buf_take(&rel);
		d->urls[i] = index_url(x, d->rels[i]);
		index_request(&requests[i], x, d->rels[i], d->urls[i], REGISTRY_ARCHIVE_MAX);
		requests[i].sha256 = d->items[i].sha256;
		requests[i].dest_fd = d->items[i].dest_fd;
		requests[i].compressed = false;
	}
	d->first = first;
	d->sent = true;
	client_say_phase(x, "downloading");
}

void index_downloads_take(struct client_index *x, const struct fetch_response *answers)
{
	memcpy(x->downloads.answers, answers, x->downloads.count * sizeof(*answers));
	/* What is fetched from here on has other places. */
	x->downloads.done = NULL;
}

void client_download_start(struct client_index *index, const struct client_download *items,
    uint32_t count, void (*done)(void *ctx, size_t i), void *ctx)
{
	client_download_drop(index);
	index->downloads =
	    (struct index_downloads){.items = items, .count = count, .done = done, .ctx = ctx};
}

void client_download_drop(struct client_index *index)
{
	struct index_downloads *d = &index->downloads;

	for (uint32_t i = 0; d->sent && i < d->count; i++) {
		fetch_response_clear(&d->answers[i]);
		base_free_ptr(&d->rels[i]);
		base_free_ptr(&d->urls[i]);
	}
	base_free_ptr(&d->rels);
	base_free_ptr(&d->urls);
	base_free_ptr(&d->answers);
	*d = (struct index_downloads){0};
}

/* Nothing else was fetched that they could go along with. */
static int send_alone(struct client_index *x, struct err *err)
{
	uint32_t count = x->downloads.count;
	AUTO_FREE struct fetch_request *requests =
	    base_calloc((size_t)count + 1, sizeof(*requests));
	AUTO_FREE struct fetch_response *answers = base_calloc((size_t)count + 1, sizeof(*answers));
	int rc;

	index_downloads_send(requests, x, 0);
	rc = fetch_run(answers, x->fetcher, requests, count, err);
	index_downloads_take(x, answers);
	/* Faults of single archives are told with their package. */
	return rc == ERR_LIMIT ? rc : 0;
}

int client_download_finish(struct client_index *index, struct err *err)
{
	const struct registry_config *config = NULL;
	struct index_downloads *d = &index->downloads;
	int rc = client_config(&config, index, err);

	if (rc == 0 && !d->sent)
		rc = send_alone(index, err);
	for (uint32_t i = 0; rc == 0 && i < d->count; i++) {
		if (d->answers[i].fault != FETCH_OK)
			rc = download_fault(err, index, &d->items[i], &d->answers[i]);
	}
	client_download_drop(index);
	return rc;
}

int client_api(struct fetch_response *out, struct client_index *index,
    const struct client_api_call *call, struct err *err)
{
	const struct registry_config *config = NULL;
	CLEANUP(buf_clear) struct buf rel = buf_init(FETCH_URL_MAX);
	AUTO_FREE char *url = NULL;
	struct fetch_request request;
	struct err inner = {0};
	int rc = client_config(&config, index, err);

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

/* SPDX-License-Identifier: MIT */
/* Archives on their way (download_priv.h). */
#include "registry/client/download_priv.h"

#include "registry/client/url.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/pack.h"

static int fault_of(struct err *err, const struct client_peer *peer,
    const struct client_download *item, const struct fetch_response *r)
{
	if (r->fault == FETCH_OFFLINE)
		return err_code(err, ERR_PKG, REGISTRY_CODE(OFFLINE_MISSING_DEP),
		    "offline: package %s@%s is neither installed nor in the store", item->name,
		    item->version);
	if (r->fault == FETCH_DIGEST)
		return err_code(err, ERR_PKG, REGISTRY_CODE(DOWNLOAD_FAILED),
		    "package %s@%s: the archive of %s is not the one of the index: expected sha256 "
		    "%s, got %s",
		    item->name, item->version, peer->s->index_url, item->sha256, r->sha256);
	return err_code(err, ERR_PKG,
	    r->fault == FETCH_WRITE ? REGISTRY_CODE(IO) : REGISTRY_CODE(DOWNLOAD_FAILED),
	    "package %s@%s: %s (%s)", item->name, item->version, r->message,
	    fetch_fault_id(r->fault));
}

void client_downloads_begin(struct client_downloads *d, const struct client_download *items,
    uint32_t count, void (*done)(void *ctx, size_t i), void *ctx)
{
	*d = (struct client_downloads){.items = items,
	    .count = count,
	    .batch = {.count = count, .phase = "downloading", .done = done, .ctx = ctx}};
}

void client_downloads_board(
    struct client_downloads *d, struct client_source *source, const char *dl)
{
	if (d->count == 0 || d->requests != NULL)
		return;
	d->rels = base_calloc(d->count, sizeof(*d->rels));
	d->urls = base_calloc(d->count, sizeof(*d->urls));
	d->requests = base_calloc(d->count, sizeof(*d->requests));
	d->answers = base_calloc(d->count, sizeof(*d->answers));
	for (uint32_t i = 0; i < d->count; i++) {
		struct buf rel = buf_init(FETCH_URL_MAX);
		struct fetch_request *request = &d->requests[i];

		buf_puts(&rel, dl);
		registry_download_path(&rel, d->items[i].name, d->items[i].version);
		d->rels[i] = buf_take(&rel);
		d->urls[i] = client_request_url(&source->peer, d->rels[i]);
		client_request_fill(
		    request, &source->peer, d->rels[i], d->urls[i], REGISTRY_ARCHIVE_MAX);
		request->sha256 = d->items[i].sha256;
		request->dest_fd = d->items[i].dest_fd;
		request->compressed = false;
	}
	d->batch.requests = d->requests;
	d->batch.answers = d->answers;
	source->along = &d->batch;
}

int client_downloads_judge(
    const struct client_downloads *d, const struct client_peer *peer, struct err *err)
{
	for (uint32_t i = 0; d->batch.answered && i < d->count; i++) {
		if (d->answers[i].fault != FETCH_OK)
			return fault_of(err, peer, &d->items[i], &d->answers[i]);
	}
	return 0;
}

void client_downloads_clear(struct client_downloads *d, struct client_source *source)
{
	if (source->along == &d->batch)
		source->along = NULL;
	for (uint32_t i = 0; d->requests != NULL && i < d->count; i++) {
		fetch_response_clear(&d->answers[i]);
		base_free_ptr(&d->rels[i]);
		base_free_ptr(&d->urls[i]);
	}
	base_free_ptr(&d->rels);
	base_free_ptr(&d->urls);
	base_free_ptr(&d->requests);
	base_free_ptr(&d->answers);
	*d = (struct client_downloads){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * Texts of a registry: fetched together, or cached and still good. What is cached and unchanged is
 * not fetched, what a snapshot vouches for is not even asked about.
 */
#include "registry/client/texts_priv.h"

#include "registry/client/cache.h"

#include <string.h>

static void on_progress(void *ctx, const struct fetch_progress *at)
{
	const struct client_source *source = ctx;

	if (source->watch.progress != NULL)
		source->watch.progress(source->watch.ctx, at);
}

static void on_done(void *ctx, size_t i, const struct fetch_response *response)
{
	const struct client_source *source = ctx;
	const struct client_batch *batch = source->along;

	if (source->along_flies && batch->done != NULL && i >= source->along_first &&
	    response->fault == FETCH_OK)
		batch->done(batch->ctx, i - source->along_first);
}

void client_source_init(struct client_source *source, const struct client_settings *s,
    const char *git_cache, const struct client_watch *watch)
{
	*source = (struct client_source){.peer = {.s = s},
	    .watch = watch != NULL ? *watch : (struct client_watch){0},
	    .fetch = {.offline = s->offline,
		.parallel = FETCH_PARALLEL_MAX,
		.git_cache = git_cache,
		.progress = on_progress,
		.done = on_done,
		.ctx = source}};
	source->fetcher = fetch_new(&source->fetch);
}

void client_source_clear(struct client_source *source)
{
	fetch_free(source->fetcher);
	source->fetcher = NULL;
	client_texts_free(source->early, source->early_count);
	source->early = NULL;
}

bool client_source_is_remote(const struct client_source *source)
{
	return source->peer.s->kind != CLIENT_INDEX_FILE;
}

static void text_clear(struct client_text *t)
{
	buf_clear(&t->cached);
	fetch_response_clear(&t->response);
	base_free_ptr(&t->rel);
	base_free_ptr(&t->url);
}

void client_texts_free(struct client_text *texts, uint32_t count)
{
	for (uint32_t i = 0; texts != NULL && i < count; i++)
		text_clear(&texts[i]);
	base_free_ptr(&texts);
}

struct str client_text_str(const struct client_text *text)
{
	const struct buf *b = text->use_cached ? &text->cached : &text->response.body;

	return (struct str){buf_str(b), (uint32_t)b->len};
}

struct buf client_text_take(struct client_text *text)
{
	return text->use_cached ? TAKE(text->cached) : TAKE(text->response.body);
}

bool client_text_matches(const struct client_text *text)
{
	struct str said = client_text_str(text);
	char sha[SHA256_HEX_SIZE];

	if (text->want[0] == '\0')
		return true;
	sha256_text(sha, said.ptr, said.len);
	return strcmp(sha, text->want) == 0;
}

/* Whether what is cached will do without asking. */
static bool cached_will_do(const struct client_source *source, struct client_text *t)
{
	char sha[SHA256_HEX_SIZE];

	if (!client_source_is_remote(source))
		return false;
	t->cached = buf_init(t->max);
	t->has_cached = client_cache_read(&t->cached, t->etag, source->cache, t->rel);
	if (!t->has_cached)
		return false;
	if (source->peer.s->offline)
		return true;
	if (t->want[0] == '\0')
		return false;
	sha256_text(sha, buf_str(&t->cached), t->cached.len);
	return strcmp(sha, t->want) == 0;
}

/* The answer that came with config.json; its fault, too, is an answer. */
static bool take_early(struct client_source *source, struct client_text *t)
{
	for (uint32_t k = 0; k < source->early_count; k++) {
		struct client_text *e =
		    &source->early[(source->early_at + k) % source->early_count];

		if (e->url == NULL || strcmp(e->rel, t->rel) != 0)
			continue;
		/* They are asked for in the same order as a rule. */
		source->early_at = (uint32_t)(e - source->early) + 1;
		t->ok = e->ok;
		t->use_cached = e->use_cached;
		t->has_cached = e->has_cached;
		t->cached = TAKE(e->cached);
		t->response = TAKE(e->response);
		t->url = TAKE(e->url);
		return true;
	}
	return false;
}

/* @return false when nothing has to be asked. */
static bool want_request(
    struct fetch_request *out, struct client_source *source, struct client_text *t)
{
	if (take_early(source, t))
		return false;
	if (cached_will_do(source, t)) {
		t->use_cached = t->ok = true;
		return false;
	}
	if (t->unless_cached && t->has_cached)
		return false;
	t->url = client_request_url(&source->peer, t->rel);
	client_request_fill(out, &source->peer, t->rel, t->url, t->max);
	if (t->has_cached && !source->refresh && t->etag[0] != '\0')
		out->etag = t->etag;
	return true;
}

static void settle(const struct client_source *source, struct client_text *t)
{
	struct fetch_response *r = &t->response;

	if (r->fault == FETCH_OK && r->not_modified && t->has_cached)
		t->use_cached = true;
	else if (r->fault == FETCH_OK && client_source_is_remote(source))
		client_cache_write(source->cache, t->rel, r->etag, buf_str(&r->body), r->body.len);
	t->ok = r->fault == FETCH_OK;
}

static void board(struct client_source *source, struct fetch_request *requests, uint32_t first)
{
	const struct client_batch *batch = source->along;

	memcpy(requests + first, batch->requests, batch->count * sizeof(*requests));
	source->along_first = first;
	source->along_flies = true;
	if (source->watch.phase != NULL)
		source->watch.phase(source->watch.ctx, batch->phase);
}

/* What is fetched from here on has nothing to do with the batch. */
static void alight(struct client_source *source, const struct fetch_response *answers)
{
	struct client_batch *batch = source->along;

	memcpy(batch->answers, answers + source->along_first, batch->count * sizeof(*answers));
	batch->answered = true;
	source->along = NULL;
	source->along_flies = false;
}

int client_texts_fetch(
    struct client_source *source, struct client_text *texts, uint32_t count, struct err *err)
{
	uint32_t along = source->along != NULL ? source->along->count : 0;
	size_t size = (size_t)count + along + 1;
	AUTO_FREE struct fetch_request *requests = base_calloc(size, sizeof(*requests));
	AUTO_FREE struct fetch_response *answers = base_calloc(size, sizeof(*answers));
	AUTO_FREE uint32_t *which = base_calloc(size, sizeof(*which));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		if (want_request(&requests[n], source, &texts[i]))
			which[n++] = i;
	}
	if (n == 0 && count > 0)
		return 0;
	if (along > 0)
		board(source, requests, n);
	/* Faults are looked at one by one: what is absent may not be needed. */
	rc = fetch_run(answers, source->fetcher, requests, (size_t)n + along, err);
	if (along > 0)
		alight(source, answers);
	for (uint32_t k = 0; k < n; k++) {
		texts[which[k]].response = answers[k];
		settle(source, &texts[which[k]]);
	}
	return rc == ERR_LIMIT ? rc : 0;
}

int client_texts_flush(struct client_source *source, struct err *err)
{
	return source->along != NULL ? client_texts_fetch(source, NULL, 0, err) : 0;
}

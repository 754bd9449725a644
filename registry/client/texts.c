/* SPDX-License-Identifier: MIT */
/*
 * Texts of a registry: fetched together, or cached and still good. What is cached and unchanged is
 * not fetched, what a snapshot vouches for is not even asked about.
 */
#include "registry/client/priv.h"

#include <string.h>

char *index_url(const struct client_index *x, const char *rel)
{
	CLEANUP(buf_clear) struct buf url = buf_init((size_t)4 * FETCH_URL_MAX);

	if (strstr(rel, "://") == NULL)
		buf_puts(&url, x->s->base);
	buf_puts(&url, rel);
	return buf_take(&url);
}

void index_request(struct fetch_request *out, const struct client_index *x, const char *rel,
    const char *url, uint64_t max)
{
	bool git = x->s->kind == CLIENT_INDEX_GIT && strstr(rel, "://") == NULL;

	*out = (struct fetch_request){.kind = git ? FETCH_GIT_FILE : FETCH_GET,
	    .url = git ? x->s->base : url,
	    .git_ref = x->s->git_ref,
	    .git_path = rel,
	    .max_bytes = max,
	    .token = x->token,
	    .body_fd = -1,
	    .dest_fd = -1,
	    .compressed = true};
	if (x->token != NULL && (git || !fetch_url_same_origin(x->s->base, url)))
		out->token = NULL;
}

int index_fault(struct err *err, const struct client_index *x, const char *code, const char *what,
    const struct fetch_response *r)
{
	if (r->fault == FETCH_OFFLINE)
		return err_user(err, ERR_PKG, "X07PKG_OFFLINE_INDEX",
		    "offline: %s of %s is not cached", what, x->s->index_url);
	return err_user(err, ERR_PKG, code, "%s of %s: %s (%s)", what, x->s->index_url, r->message,
	    fetch_fault_id(r->fault));
}

static void text_clear(struct index_text *t)
{
	buf_clear(&t->cached);
	fetch_response_clear(&t->response);
	base_free_ptr(&t->rel);
	base_free_ptr(&t->url);
}

void index_texts_free(struct index_text *texts, uint32_t count)
{
	for (uint32_t i = 0; texts != NULL && i < count; i++)
		text_clear(&texts[i]);
	base_free_ptr(&texts);
}

struct str index_text_of(const struct index_text *t)
{
	const struct buf *b = t->use_cached ? &t->cached : &t->response.body;

	return (struct str){b->data != NULL ? b->data : "", (uint32_t)b->len};
}

/* Whether what is cached will do without asking. */
static bool cached_will_do(const struct client_index *x, struct index_text *t)
{
	char sha[SHA256_HEX_SIZE];

	if (!client_is_remote(x))
		return false;
	t->cached = buf_init(t->max);
	t->has_cached = client_cache_read(&t->cached, t->etag, x->cache, t->rel);
	if (!t->has_cached)
		return false;
	if (x->s->offline)
		return true;
	if (t->want[0] == '\0')
		return false;
	sha256_text(sha, t->cached.data != NULL ? t->cached.data : "", t->cached.len);
	return strcmp(sha, t->want) == 0;
}

/* The answer that came with config.json; its fault, too, is an answer. */
static bool take_early(struct client_index *x, struct index_text *t)
{
	for (uint32_t k = 0; k < x->early_count; k++) {
		struct index_text *e = &x->early[(x->early_at + k) % x->early_count];

		if (e->url == NULL || strcmp(e->rel, t->rel) != 0)
			continue;
		/* They are asked for in the same order as a rule. */
		x->early_at = (uint32_t)(e - x->early) + 1;
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

static void settle(const struct client_index *x, struct index_text *t)
{
	struct fetch_response *r = &t->response;

	if (r->fault == FETCH_OK && r->not_modified && t->has_cached)
		t->use_cached = true;
	else if (r->fault == FETCH_OK && client_is_remote(x))
		client_cache_write(x->cache, t->rel, r->etag,
		    r->body.data != NULL ? r->body.data : "", r->body.len);
	t->ok = r->fault == FETCH_OK;
}

int index_fetch_texts(
    struct client_index *x, struct index_text *texts, uint32_t count, struct err *err)
{
	uint32_t archives = index_downloads_waiting(x);
	size_t size = (size_t)count + archives + 1;
	AUTO_FREE struct fetch_request *requests = base_calloc(size, sizeof(*requests));
	AUTO_FREE struct fetch_response *answers = base_calloc(size, sizeof(*answers));
	AUTO_FREE uint32_t *which = base_calloc(size, sizeof(*which));
	uint32_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct index_text *t = &texts[i];

		if (take_early(x, t))
			continue;
		if (cached_will_do(x, t)) {
			t->use_cached = t->ok = true;
			continue;
		}
		if (t->unless_cached && t->has_cached)
			continue;
		t->url = index_url(x, t->rel);
		index_request(&requests[n], x, t->rel, t->url, t->max);
		if (t->has_cached && !x->refresh && t->etag[0] != '\0')
			requests[n].etag = t->etag;
		which[n++] = i;
	}
	if (n == 0)
		return 0;
	if (archives > 0)
		index_downloads_send(requests + n, x, n);
	/* Faults are looked at one by one: an absent file may be none. */
	rc = fetch_run(answers, x->fetcher, requests, (size_t)n + archives, err);
	if (archives > 0)
		index_downloads_take(x, answers + n);
	for (uint32_t k = 0; k < n; k++) {
		texts[which[k]].response = answers[k];
		settle(x, &texts[which[k]]);
	}
	return rc == ERR_LIMIT ? rc : 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The open registry (open.h): the order in which its parts are asked and believed. Opening is done
 * once, with the first question.
 */
#include "registry/client/open.h"

#include "base/path.h"
#include "registry/client/belief_priv.h"
#include "registry/client/download_priv.h"
#include "registry/client/lines_priv.h"
#include "registry/client/open_priv.h"
#include "registry/client/token.h"
#include "registry/codes.h"
#include "registry/config.h"
#include "registry/index.h"
#include "registry/snapshot.h"

#include <string.h>

#define CACHE_NAME_SIZE 33 /* digits of a digest that name the cache of a registry */

struct client_index {
	char *cache, *git_cache, *token; /* owned; what is borrowed below */
	struct registry_trust recorded;
	struct client_source source;
	struct client_belief belief;
	struct client_lines lines;
	struct client_downloads downloads;
	bool opened;
	int open_rc;
	struct err open_err;
};

struct client_index *client_open(const struct client_settings *s,
    const struct registry_trust *recorded, const struct client_watch *watch)
{
	struct client_index *x = base_calloc(1, sizeof(*x));
	AUTO_FREE char *cache = client_home_path(s, "index");
	char sha[SHA256_HEX_SIZE];

	if (recorded != NULL)
		x->recorded = *recorded;
	sha256_text(sha, s->base, strlen(s->base));
	sha[CACHE_NAME_SIZE - 1] = '\0';
	x->cache = path_join(cache, sha);
	x->git_cache = client_home_path(s, "git");
	client_source_init(&x->source, s, x->git_cache, watch);
	x->source.cache = x->cache;
	return x;
}

void client_close(struct client_index **index)
{
	struct client_index *x = *index;

	if (x == NULL)
		return;
	client_downloads_clear(&x->downloads, &x->source);
	client_source_clear(&x->source);
	client_belief_clear(&x->belief);
	client_lines_clear(&x->lines);
	base_free_ptr(&x->token);
	base_free_ptr(&x->cache);
	base_free_ptr(&x->git_cache);
	base_free_ptr(index);
}

struct client_source *client_source_of(struct client_index *index)
{
	return &index->source;
}

const struct registry_trust *client_trust(const struct client_index *index)
{
	return &index->belief.trust;
}

void client_refresh(struct client_index *index)
{
	index->source.refresh = true;
}

bool client_is_remote(const struct client_index *index)
{
	return client_source_is_remote(&index->source);
}

#define SMALL_PACKAGES 1000

bool client_is_small(const struct client_index *index)
{
	const struct client_belief *b = &index->belief;

	if (!client_is_remote(index))
		return true;
	return !index->source.peer.s->offline && b->has_snapshot &&
	       b->snapshot.packages <= SMALL_PACKAGES;
}

static int use_registry(struct client_index *x, const struct client_text *texts, struct err *err)
{
	int rc = client_belief_config(&x->belief, &x->source.peer, &texts[0], err);

	if (x->belief.has_config)
		client_downloads_board(&x->downloads, &x->source, x->belief.config.dl);
	if (rc < 0)
		return rc;
	rc = client_belief_snapshot(&x->belief, &x->source.peer, &texts[1], err);
	return rc < 0 ? rc : client_belief_save(&x->belief, x->source.peer.s, err);
}

/*
 * Index files are asked for before a snapshot can tell their digests, which is compared later.
 * What is cached waits for the snapshot where there has been one: it saves the question.
 */
static int open_registry(
    struct client_index *x, const char *const *names, uint32_t count, struct err *err)
{
	const struct client_settings *s = x->source.peer.s;
	struct client_text *texts;
	uint32_t n;
	int rc = client_belief_begin(&x->belief, s, &x->recorded, err);

	if (rc == 0)
		rc = client_token_load(&x->token, s, err);
	if (rc < 0)
		return rc;
	x->source.peer.token = x->token;
	texts = base_calloc(2 + (size_t)count, sizeof(*texts));
	texts[0].rel = base_strdup("config.json");
	texts[0].max = REGISTRY_CONFIG_MAX;
	texts[1].rel = base_strdup(REGISTRY_SNAPSHOT_NAME);
	texts[1].max = REGISTRY_SNAPSHOT_MAX;
	n = 2 + client_lines_early(texts + 2, names, count, x->belief.trust.snapshot_version != 0);
	rc = client_texts_fetch(&x->source, texts, n, err);
	if (rc == 0)
		rc = use_registry(x, texts, err);
	x->source.early = texts;
	x->source.early_count = n;
	return rc;
}

/* The index files of these packages are asked for together with config.json. */
static int open_once(
    struct client_index *x, const char *const *names, uint32_t count, struct err *err)
{
	const struct client_watch *watch = &x->source.watch;

	if (!x->opened) {
		if (watch->phase != NULL)
			watch->phase(watch->ctx, "reading the index");
		x->open_rc = open_registry(x, names, count, &x->open_err);
		x->opened = true;
	}
	if (x->open_rc < 0)
		*err = x->open_err;
	return x->open_rc;
}

int client_config(const struct registry_config **out, struct client_index *index, struct err *err)
{
	int rc = open_once(index, NULL, 0, err);

	if (rc == 0)
		*out = &index->belief.config;
	return rc;
}

int client_catalog(struct buf *out, struct client_index *index, struct err *err)
{
	struct client_text *t;
	int rc = open_once(index, NULL, 0, err);

	if (rc < 0)
		return rc;
	t = base_calloc(1, sizeof(*t));
	t->rel = base_strdup("catalog.json");
	t->max = CLIENT_CATALOG_MAX;
	rc = client_texts_fetch(&index->source, t, 1, err);
	if (rc == 0 && !t->ok && t->response.fault == FETCH_NOT_FOUND)
		rc = err_code(err, ERR_NOT_FOUND, REGISTRY_CODE(INDEX_FETCH),
		    "%s has no catalog.json", index->source.peer.s->index_url);
	else if (rc == 0 && !t->ok)
		rc = client_request_fault(
		    err, &index->source.peer, REGISTRY_CODE(INDEX_FETCH), t->rel, &t->response);
	if (rc == 0)
		*out = client_text_take(t);
	client_texts_free(t, 1);
	return rc;
}

int client_prefetch(
    struct client_index *index, const char *const *names, uint32_t count, struct err *err)
{
	AUTO_FREE const char **missing = base_calloc((size_t)count + 1, sizeof(*missing));
	const struct client_belief *b = &index->belief;
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		bool again = client_lines_find(&index->lines, names[i]) != NULL;

		for (uint32_t k = 0; !again && k < n; k++)
			again = strcmp(missing[k], names[i]) == 0;
		if (!again)
			missing[n++] = names[i];
	}
	rc = open_once(index, missing, n, err);
	if (rc < 0 || n == 0)
		return rc;
	return client_lines_load(
	    &index->lines, &index->source, b->has_snapshot ? &b->snapshot : NULL, missing, n, err);
}

int client_get(const struct registry_index **out, struct client_index *index, const char *name,
    struct err *err)
{
	const struct client_item *item = NULL;
	int rc = client_prefetch(index, &name, 1, err);

	if (rc < 0)
		return rc;
	item = client_lines_find(&index->lines, name);
	if (item == NULL || item->state == CLIENT_ITEM_ABSENT)
		return err_code(err, ERR_NOT_FOUND, REGISTRY_CODE(INDEX_NO_MATCH),
		    "no package %s in %s", name, client_settings_called(index->source.peer.s));
	if (item->state == CLIENT_ITEM_FAILED) {
		*err = item->err;
		return item->err.code;
	}
	*out = &item->index;
	return 0;
}

int client_version(const struct registry_version **out, struct client_index *index,
    const char *name, const char *version, struct err *err)
{
	const struct registry_index *file = NULL;
	const struct registry_version *v = NULL;
	int rc = client_get(&file, index, name, err);

	if (rc == 0)
		rc = registry_index_find(&v, file, version, err);
	if (rc == 0)
		rc = registry_trust_check(client_trust(index), v, err);
	if (rc == 0)
		*out = v;
	return rc;
}

void client_download_start(struct client_index *index, const struct client_download *items,
    uint32_t count, void (*done)(void *ctx, size_t i), void *ctx)
{
	client_downloads_clear(&index->downloads, &index->source);
	client_downloads_begin(&index->downloads, items, count, done, ctx);
	if (index->belief.has_config)
		client_downloads_board(&index->downloads, &index->source, index->belief.config.dl);
}

int client_download_finish(struct client_index *index, struct err *err)
{
	int rc = open_once(index, NULL, 0, err);

	if (rc == 0)
		rc = client_texts_flush(&index->source, err);
	if (rc == 0)
		rc = client_downloads_judge(&index->downloads, &index->source.peer, err);
	client_downloads_clear(&index->downloads, &index->source);
	return rc;
}

void client_download_drop(struct client_index *index)
{
	client_downloads_clear(&index->downloads, &index->source);
}

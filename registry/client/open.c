/* SPDX-License-Identifier: MIT */
/*
 * The open registry: config.json, snapshot, catalog. Texts: registry/client/texts.c; index files:
 * registry/client/lines.c; archives: registry/client/download.c.
 */
#include "base/path.h"
#include "registry/client/priv.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void on_progress(void *ctx, const struct fetch_progress *at)
{
	struct client_index *x = ctx;

	if (x->watch.progress != NULL)
		x->watch.progress(x->watch.ctx, at);
}

static void on_done(void *ctx, size_t i, const struct fetch_response *response)
{
	struct client_index *x = ctx;

	if (x->downloads.sent && x->downloads.done != NULL && i >= x->downloads.first &&
	    response->fault == FETCH_OK)
		x->downloads.done(x->downloads.ctx, i - x->downloads.first);
}

struct client_index *client_open(const struct client_settings *s,
    const struct registry_trust *recorded, const struct client_watch *watch)
{
	struct client_index *x = base_calloc(1, sizeof(*x));
	AUTO_FREE char *cache = client_home_path(s, "index");
	AUTO_FREE char *git = client_home_path(s, "git");
	char sha[SHA256_HEX_SIZE];

	x->s = s;
	x->watch = watch != NULL ? *watch : (struct client_watch){0};
	if (recorded != NULL)
		x->recorded = *recorded;
	sha256_text(sha, s->base, strlen(s->base));
	sha[32] = '\0';
	x->cache = path_join(cache, sha);
	x->git_cache = TAKE(git);
	x->fetch = (struct fetch_options){.offline = s->offline,
	    .parallel = FETCH_PARALLEL_MAX,
	    .git_cache = x->git_cache,
	    .progress = on_progress,
	    .done = on_done,
	    .ctx = x};
	x->fetcher = fetch_new(&x->fetch);
	return x;
}

void client_close(struct client_index **index)
{
	struct client_index *x = *index;

	if (x == NULL)
		return;
	fetch_free(x->fetcher);
	client_download_drop(x);
	index_texts_free(x->early, x->early_count);
	if (x->has_config)
		registry_config_clear(&x->config);
	if (x->has_snapshot)
		registry_snapshot_clear(&x->snapshot);
	for (size_t i = 0; i < x->count; i++) {
		if (x->items[i].state == INDEX_LOADED)
			registry_index_clear(&x->items[i].index);
		base_free_ptr(&x->items[i].name);
	}
	base_free_ptr(&x->items);
	base_free_ptr(&x->token);
	base_free_ptr(&x->cache);
	base_free_ptr(&x->git_cache);
	base_free_ptr(index);
}

const struct registry_trust *client_trust(const struct client_index *index)
{
	return &index->trust;
}

void client_refresh(struct client_index *index)
{
	index->refresh = true;
}

bool client_is_remote(const struct client_index *index)
{
	return index->s->kind != CLIENT_INDEX_FILE;
}

#define SMALL_PACKAGES 1000

bool client_is_small(const struct client_index *index)
{
	if (!client_is_remote(index))
		return true;
	return !index->s->offline && index->has_snapshot &&
	       index->snapshot.packages <= SMALL_PACKAGES;
}

/* ---- config.json and snapshot.json ---- */

static int64_t now_s(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

/* Keys: the configuration's, else what was seen before, else what the lock recorded. */
static int known_trust(struct client_index *x, struct err *err)
{
	int rc = client_trust_load(&x->trust, x->s, err);

	if (rc < 0)
		return rc;
	x->stored = x->trust;
	if (x->trust.key_count == 0 && x->recorded.key_count > 0) {
		memcpy(x->trust.keys, x->recorded.keys, sizeof(x->trust.keys));
		x->trust.key_count = x->recorded.key_count;
		x->trust.required = true;
	}
	if (x->s->key_count > 0) {
		memcpy(x->trust.keys, x->s->keys, sizeof(x->s->keys));
		x->trust.key_count = x->s->key_count;
		x->trust.configured = true;
	}
	x->trust.required = x->trust.required || x->s->require_signatures;
	return 0;
}

/* Addresses that a registry gives lead to no weaker place than its own, or to our files. */
static int check_lead(
    const struct client_index *x, const char *what, const char *to, struct err *err)
{
	if (to == NULL || strstr(to, "://") == NULL || fetch_url_may_lead(x->s->base, to))
		return 0;
	return err_user(err, ERR_PKG, "X07PKG_INDEX_CONFIG",
	    "config.json of %s: `%s` leads to %.200s, which is not followed from there",
	    x->s->index_url, what, to);
}

/* A registry with other keys is somebody else's, until its owner says otherwise. */
static int other_keys(const struct client_index *x, struct err *err)
{
	struct err inner = *err;

	if (strcmp(err->user_code, "X07PKG_SIGNATURE_KEY_MISSING") != 0 &&
	    strcmp(err->user_code, "X07PKG_KEY_CHANGED") != 0)
		return err_wrap(err, "%s", x->s->index_url);
	return err_user(err, ERR_PKG, inner.user_code,
	    "%s: %s; if its owner confirms the new key, name it in `trusted_keys` of "
	    "x07.config.json",
	    x->s->index_url, inner.message);
}

static int use_config(struct client_index *x, const struct index_text *t, struct err *err)
{
	struct str text = index_text_of(t);
	int rc;

	if (!t->ok)
		return index_fault(err, x, "X07PKG_INDEX_CONFIG", "config.json", &t->response);
	rc = registry_config_parse(&x->config, text.ptr, text.len, err);
	if (rc < 0)
		return err_wrap(err, "%s", x->s->index_url);
	x->has_config = true;
	rc = check_lead(x, "dl", x->config.dl, err);
	if (rc == 0)
		rc = check_lead(x, "api", x->config.api, err);
	if (rc < 0)
		return rc;
	x->before = x->trust;
	rc = registry_trust_update(&x->trust, &x->trust, &x->config, NULL, err);
	return rc < 0 ? other_keys(x, err) : 0;
}

/*
 * While a new key takes over, and through caches, the config.json of after may come with the
 * snapshot of before. A key that was trusted until now may still sign that, and is kept for it.
 */
static int check_snapshot(struct client_index *x, struct err *err)
{
	/* What ships with the tool is as old as the tool: it does not expire. */
	int64_t now = x->s->embedded ? x->snapshot.issued_s : now_s();
	struct registry_trust before = x->before;
	struct err ignored = {0};
	int rc = registry_snapshot_check(&x->trust, &x->snapshot, now, err);

	if (rc == 0 || before.key_count == 0 ||
	    strcmp(err->user_code, "X07PKG_SNAPSHOT_INVALID") != 0 ||
	    registry_snapshot_check(&before, &x->snapshot, now, &ignored) < 0)
		return rc;
	*err = (struct err){0};
	x->trust = before;
	return 0;
}

static int use_snapshot(struct client_index *x, const struct index_text *t, struct err *err)
{
	struct str text = index_text_of(t);
	int rc;

	/* Offline it cannot be newer than what is cached: nothing to replay. */
	if (x->s->offline && client_is_remote(x))
		return 0;
	if (!x->config.has_snapshot && x->trust.snapshot_version == 0)
		return 0;
	if (!t->ok)
		return index_fault(
		    err, x, "X07PKG_SNAPSHOT_INVALID", REGISTRY_SNAPSHOT_NAME, &t->response);
	rc = registry_snapshot_parse(&x->snapshot, text.ptr, text.len, err);
	if (rc == 0) {
		x->has_snapshot = true;
		rc = check_snapshot(x, err);
	}
	return rc < 0 ? err_wrap(err, "%s", x->s->index_url) : 0;
}

/*
 * What is remembered for all projects. Keys and wishes of a configuration are those of one project,
 * which may be anybody's: they count there alone.
 */
static struct registry_trust trust_to_store(const struct client_index *x)
{
	struct registry_trust t = x->trust;

	if (t.configured) {
		memcpy(t.keys, x->stored.keys, sizeof(t.keys));
		t.key_count = x->stored.key_count;
	}
	t.required = x->stored.required || t.key_count > 0;
	return t;
}

static bool trust_changed(const struct registry_trust *a, const struct registry_trust *b)
{
	if (a->key_count != b->key_count || a->required != b->required ||
	    a->snapshot_version != b->snapshot_version ||
	    strcmp(a->snapshot_registry, b->snapshot_registry) != 0)
		return true;
	for (uint32_t i = 0; i < a->key_count; i++) {
		if (strcmp(a->keys[i].id, b->keys[i].id) != 0 ||
		    memcmp(a->keys[i].pub, b->keys[i].pub, sizeof(a->keys[i].pub)) != 0)
			return true;
	}
	return false;
}

/*
 * Index files are asked for before a snapshot can tell their digests, which is compared later.
 * What is cached waits for the snapshot where there has been one: it saves the question.
 */
static uint32_t add_early(const struct client_index *x, struct index_text *texts,
    const char *const *names, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		CLEANUP(buf_clear) struct buf rel = buf_init(512);
		struct err told_later = {0};

		if (registry_index_path(&rel, names[i], &told_later) < 0)
			continue;
		texts[n++] = (struct index_text){.rel = buf_take(&rel),
		    .max = REGISTRY_INDEX_FILE_MAX,
		    .unless_cached = x->trust.snapshot_version != 0};
	}
	return n;
}

static int use_registry(struct client_index *x, const struct index_text *texts, struct err *err)
{
	int rc = use_config(x, &texts[0], err);
	struct registry_trust store;

	if (rc == 0)
		rc = use_snapshot(x, &texts[1], err);
	store = trust_to_store(x);
	if (rc == 0 && trust_changed(&x->stored, &store))
		rc = client_trust_save(x->s, &store, err);
	return rc;
}

static int open_registry(
    struct client_index *x, const char *const *names, uint32_t count, struct err *err)
{
	struct index_text *texts = base_calloc(2 + (size_t)count, sizeof(*texts));
	uint32_t n;
	int rc = known_trust(x, err);

	texts[0].rel = base_strdup("config.json");
	texts[0].max = REGISTRY_CONFIG_MAX;
	texts[1].rel = base_strdup(REGISTRY_SNAPSHOT_NAME);
	texts[1].max = REGISTRY_SNAPSHOT_MAX;
	n = 2 + add_early(x, texts + 2, names, count);
	if (rc == 0)
		rc = client_token_load(&x->token, x->s, err);
	if (rc == 0)
		rc = index_fetch_texts(x, texts, n, err);
	if (rc == 0)
		rc = use_registry(x, texts, err);
	x->early = texts;
	x->early_count = n;
	return rc;
}

int index_open(struct client_index *x, const char *const *names, uint32_t count, struct err *err)
{
	if (!x->opened) {
		client_say_phase(x, "reading the index");
		x->open_rc = open_registry(x, names, count, &x->open_err);
		x->opened = true;
	}
	if (x->open_rc < 0)
		*err = x->open_err;
	return x->open_rc;
}

int client_config(const struct registry_config **out, struct client_index *index, struct err *err)
{
	int rc = index_open(index, NULL, 0, err);

	if (rc == 0)
		*out = &index->config;
	return rc;
}

int client_catalog(struct buf *out, struct client_index *index, struct err *err)
{
	const struct registry_config *config = NULL;
	struct index_text *t;
	int rc = client_config(&config, index, err);

	if (rc < 0)
		return rc;
	t = base_calloc(1, sizeof(*t));
	t->rel = base_strdup("catalog.json");
	t->max = CLIENT_CATALOG_MAX;
	rc = index_fetch_texts(index, t, 1, err);
	if (rc == 0 && !t->ok && t->response.fault == FETCH_NOT_FOUND)
		rc = err_user(err, ERR_NOT_FOUND, "X07PKG_INDEX_FETCH", "%s has no catalog.json",
		    index->s->index_url);
	else if (rc == 0 && !t->ok)
		rc = index_fault(err, index, "X07PKG_INDEX_FETCH", t->rel, &t->response);
	if (rc == 0)
		*out = t->use_cached ? TAKE(t->cached) : TAKE(t->response.body);
	index_texts_free(t, 1);
	return rc;
}

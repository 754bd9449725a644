/* SPDX-License-Identifier: MIT */
/*
 * The open registry: config.json, snapshot and index files. What is cached and unchanged is not
 * fetched, what a snapshot vouches for is not even asked about. Archives: cmd/pkg_download.c.
 */
#include "base/path.h"
#include "base/vec.h"
#include "cmd/pkg_index_priv.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void on_progress(void *ctx, const struct fetch_progress *at)
{
	struct pkg_index *x = ctx;

	progress_at(x->progress, at->done, at->count, at->bytes);
}

static void on_done(void *ctx, size_t i, const struct fetch_response *response)
{
	struct pkg_index *x = ctx;

	if (x->archive_done != NULL && response->fault == FETCH_OK)
		x->archive_done(x->archive_ctx, i);
}

struct pkg_index *pkg_index_open(
    const struct pkg_settings *s, const struct registry_trust *recorded, struct progress *progress)
{
	struct pkg_index *x = base_calloc(1, sizeof(*x));
	AUTO_FREE char *cache = pkg_home_path(s, "index");
	AUTO_FREE char *git = pkg_home_path(s, "git");
	char sha[SHA256_HEX_SIZE];

	x->s = s;
	x->progress = progress;
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
	x->fetcher = fetcher_new(&x->fetch);
	return x;
}

void pkg_index_close(struct pkg_index **index)
{
	struct pkg_index *x = *index;

	if (x == NULL)
		return;
	fetcher_free(x->fetcher);
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

const struct registry_trust *pkg_index_trust(const struct pkg_index *index)
{
	return &index->trust;
}

void pkg_index_refresh(struct pkg_index *index)
{
	index->refresh = true;
}

bool pkg_index_is_remote(const struct pkg_index *index)
{
	return index->s->kind != PKG_INDEX_FILE;
}

char *index_url(const struct pkg_index *x, const char *rel)
{
	CLEANUP(buf_clear) struct buf url = buf_init((size_t)4 * FETCH_URL_MAX);

	if (strstr(rel, "://") == NULL)
		buf_puts(&url, x->s->base);
	buf_puts(&url, rel);
	return buf_take(&url);
}

void index_request(struct fetch_request *out, const struct pkg_index *x, const char *rel,
    const char *url, uint64_t max)
{
	bool git = x->s->kind == PKG_INDEX_GIT && strstr(rel, "://") == NULL;

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

int index_fault(struct err *err, const struct pkg_index *x, const char *code, const char *what,
    const struct fetch_response *r)
{
	if (r->fault == FETCH_OFFLINE)
		return err_user(err, ERR_PKG, "X07PKG_OFFLINE_INDEX",
		    "offline: %s of %s is not cached", what, x->s->index_url);
	return err_user(err, ERR_PKG, code, "%s of %s: %s (%s)", what, x->s->index_url, r->message,
	    fetch_fault_id(r->fault));
}

/* ---- one text, cached ---- */

static void text_clear(struct index_text *t)
{
	buf_clear(&t->cached);
	fetch_response_clear(&t->response);
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
static bool cached_will_do(const struct pkg_index *x, struct index_text *t)
{
	char sha[SHA256_HEX_SIZE];

	if (!pkg_index_is_remote(x))
		return false;
	t->cached = buf_init(t->max);
	t->has_cached = pkg_cache_read(&t->cached, t->etag, x->cache, t->rel);
	if (!t->has_cached)
		return false;
	if (x->s->offline)
		return true;
	if (t->want[0] == '\0')
		return false;
	sha256_text(sha, t->cached.data != NULL ? t->cached.data : "", t->cached.len);
	return strcmp(sha, t->want) == 0;
}

static void settle(const struct pkg_index *x, struct index_text *t)
{
	struct fetch_response *r = &t->response;

	if (r->fault == FETCH_OK && r->not_modified && t->has_cached)
		t->use_cached = true;
	else if (r->fault == FETCH_OK && pkg_index_is_remote(x))
		pkg_cache_write(x->cache, t->rel, r->etag, r->body.data != NULL ? r->body.data : "",
		    r->body.len);
	t->ok = r->fault == FETCH_OK;
}

int index_fetch_texts(
    struct pkg_index *x, struct index_text *texts, uint32_t count, struct err *err)
{
	AUTO_FREE struct fetch_request *requests = base_calloc(count + 1, sizeof(*requests));
	AUTO_FREE struct fetch_response *answers = base_calloc(count + 1, sizeof(*answers));
	AUTO_FREE uint32_t *which = base_calloc(count + 1, sizeof(*which));
	uint32_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct index_text *t = &texts[i];

		if (cached_will_do(x, t)) {
			t->use_cached = t->ok = true;
			continue;
		}
		t->url = index_url(x, t->rel);
		index_request(&requests[n], x, t->rel, t->url, t->max);
		if (t->has_cached && !x->refresh && t->etag[0] != '\0')
			requests[n].etag = t->etag;
		which[n++] = i;
	}
	if (n == 0)
		return 0;
	/* Faults are looked at one by one: an absent file may be none. */
	rc = fetch_run(answers, x->fetcher, requests, n, err);
	for (uint32_t k = 0; k < n; k++) {
		texts[which[k]].response = answers[k];
		settle(x, &texts[which[k]]);
	}
	return rc == ERR_LIMIT ? rc : 0;
}

/* ---- config.json and snapshot.json ---- */

static int64_t now_s(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

/* Keys: the configuration's, else what was seen before, else what the lock recorded. */
static int known_trust(struct pkg_index *x, struct err *err)
{
	int rc = pkg_trust_load(&x->trust, x->s, err);

	if (rc < 0)
		return rc;
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
	x->before = x->trust;
	return 0;
}

static int use_config(struct pkg_index *x, const struct index_text *t, struct err *err)
{
	struct str text = index_text_of(t);
	int rc;

	if (!t->ok)
		return index_fault(err, x, "X07PKG_INDEX_CONFIG", "config.json", &t->response);
	rc = registry_config_parse(&x->config, text.ptr, text.len, err);
	if (rc < 0)
		return err_wrap(err, "%s", x->s->index_url);
	x->has_config = true;
	rc = registry_trust_update(&x->trust, &x->trust, &x->config, NULL, err);
	return rc < 0 ? err_wrap(err, "%s", x->s->index_url) : 0;
}

static int use_snapshot(struct pkg_index *x, const struct index_text *t, struct err *err)
{
	struct str text = index_text_of(t);
	int rc;

	/* Offline it cannot be newer than what is cached: nothing to replay. */
	if (x->s->offline && pkg_index_is_remote(x))
		return 0;
	if (!x->config.has_snapshot && x->trust.snapshot_version == 0)
		return 0;
	if (!t->ok)
		return index_fault(
		    err, x, "X07PKG_SNAPSHOT_INVALID", REGISTRY_SNAPSHOT_NAME, &t->response);
	rc = registry_snapshot_parse(&x->snapshot, text.ptr, text.len, err);
	if (rc == 0) {
		x->has_snapshot = true;
		/* What ships with the tool is as old as the tool: it does not expire. */
		rc = registry_snapshot_check(
		    &x->trust, &x->snapshot, x->s->embedded ? x->snapshot.issued_s : now_s(), err);
	}
	return rc < 0 ? err_wrap(err, "%s", x->s->index_url) : 0;
}

static bool trust_changed(const struct pkg_index *x)
{
	const struct registry_trust *a = &x->before, *b = &x->trust;

	if (a->key_count != b->key_count || a->configured != b->configured ||
	    a->required != b->required || a->snapshot_version != b->snapshot_version ||
	    strcmp(a->snapshot_registry, b->snapshot_registry) != 0)
		return true;
	for (uint32_t i = 0; i < a->key_count; i++) {
		if (strcmp(a->keys[i].id, b->keys[i].id) != 0 ||
		    memcmp(a->keys[i].pub, b->keys[i].pub, sizeof(a->keys[i].pub)) != 0)
			return true;
	}
	return false;
}

static int open_registry(struct pkg_index *x, struct err *err)
{
	struct index_text *texts = base_calloc(2, sizeof(*texts));
	int rc = known_trust(x, err);

	texts[0].rel = "config.json";
	texts[0].max = REGISTRY_CONFIG_MAX;
	texts[1].rel = REGISTRY_SNAPSHOT_NAME;
	texts[1].max = REGISTRY_SNAPSHOT_MAX;
	if (rc == 0)
		rc = pkg_token_load(&x->token, x->s, err);
	if (rc == 0)
		rc = index_fetch_texts(x, texts, 2, err);
	if (rc == 0)
		rc = use_config(x, &texts[0], err);
	if (rc == 0)
		rc = use_snapshot(x, &texts[1], err);
	if (rc == 0 && trust_changed(x))
		rc = pkg_trust_save(x->s, &x->trust, err);
	index_texts_free(texts, 2);
	return rc;
}

int pkg_index_config(const struct registry_config **out, struct pkg_index *index, struct err *err)
{
	if (!index->opened) {
		progress_phase(index->progress, "reading the index");
		index->open_rc = open_registry(index, &index->open_err);
		index->opened = true;
	}
	if (index->open_rc < 0) {
		*err = index->open_err;
		return index->open_rc;
	}
	*out = &index->config;
	return 0;
}

/* ---- index files ---- */

static struct index_item *find(struct pkg_index *x, const char *name)
{
	for (size_t i = 0; i < x->count; i++) {
		if (strcmp(x->items[i].name, name) == 0)
			return &x->items[i];
	}
	return NULL;
}

/* The digests that the snapshot wants for these packages, from its buckets. */
static int want_digests(struct pkg_index *x, struct index_text *texts, const char *const *names,
    uint32_t count, struct err *err)
{
	struct index_text *buckets = base_calloc(count + 1, sizeof(*buckets));
	AUTO_FREE char *rels = base_calloc(count + 1, 128);
	int rc = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t b = registry_bucket_of(names[i], x->snapshot.bits);
		const uint8_t *digest = x->snapshot.buckets + (size_t)b * SHA256_BYTES;
		CLEANUP(buf_clear) struct buf rel = buf_init(127);

		registry_digest_path(&rel, digest);
		(void)snprintf(rels + (size_t)i * 128, 128, "%s", rel.data);
		buckets[i].rel = rels + (size_t)i * 128;
		buckets[i].max = REGISTRY_BUCKET_MAX;
		sha256_hex(buckets[i].want, digest);
	}
	rc = index_fetch_texts(x, buckets, count, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		uint8_t digest[SHA256_BYTES];

		if (!buckets[i].ok) {
			rc = index_fault(err, x, "X07PKG_SNAPSHOT_MISMATCH", buckets[i].rel,
			    &buckets[i].response);
			break;
		}
		rc = registry_snapshot_find(
		    digest, &x->snapshot, names[i], index_text_of(&buckets[i]), err);
		texts[i].absent = rc == ERR_NOT_FOUND;
		if (rc == 0)
			sha256_hex(texts[i].want, digest);
		rc = rc == ERR_NOT_FOUND ? 0 : rc;
	}
	index_texts_free(buckets, count);
	return rc;
}

static void fail_item(struct index_item *item, const struct err *err)
{
	item->state = INDEX_FAILED;
	item->err = *err;
}

static void load_item(struct pkg_index *x, struct index_item *item, const struct index_text *t)
{
	struct str text = index_text_of(t);
	struct err err = {0};
	int rc = 0;

	if (t->absent || (!t->ok && t->response.fault == FETCH_NOT_FOUND)) {
		item->state = INDEX_ABSENT;
		return;
	}
	if (!t->ok) {
		(void)index_fault(&err, x, "X07PKG_INDEX_FETCH", t->rel, &t->response);
		fail_item(item, &err);
		return;
	}
	if (t->want[0] != '\0') {
		char sha[SHA256_HEX_SIZE];

		sha256_text(sha, text.ptr, text.len);
		if (strcmp(sha, t->want) != 0)
			rc = err_user(&err, ERR_PKG, "X07PKG_SNAPSHOT_MISMATCH",
			    "index file of %s: the snapshot says sha256 %s, served is %s",
			    item->name, t->want, sha);
	}
	if (rc == 0)
		rc = registry_index_parse(&item->index, item->name, text.ptr, text.len, &err);
	if (rc < 0)
		fail_item(item, &err);
	else
		item->state = INDEX_LOADED;
}

/* A file that is newer than the snapshot: the copy that the snapshot means is beside it. */
static int fetch_exact(
    struct pkg_index *x, struct index_text *texts, uint32_t count, struct err *err)
{
	for (uint32_t i = 0; i < count; i++) {
		struct index_text *t = &texts[i];
		struct index_text *exact;
		CLEANUP(buf_clear) struct buf rel = buf_init(256);
		char sha[SHA256_HEX_SIZE];
		struct str text = index_text_of(t);
		int rc;

		if (!t->ok || t->want[0] == '\0')
			continue;
		sha256_text(sha, text.ptr, text.len);
		if (strcmp(sha, t->want) == 0)
			continue;
		buf_printf(&rel, "snapshot/%.2s/%s", t->want, t->want);
		exact = base_calloc(1, sizeof(*exact));
		exact->rel = rel.data;
		exact->max = t->max;
		memcpy(exact->want, t->want, sizeof(t->want));
		rc = index_fetch_texts(x, exact, 1, err);
		if (rc == 0 && exact->ok) {
			struct buf body =
			    exact->use_cached ? TAKE(exact->cached) : TAKE(exact->response.body);

			buf_clear(&t->cached);
			t->cached = body;
			t->use_cached = true;
		}
		index_texts_free(exact, 1);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int load_all(struct pkg_index *x, const char *const *names, uint32_t count, struct err *err)
{
	struct index_text *texts = base_calloc(count + 1, sizeof(*texts));
	AUTO_FREE char **rels = base_calloc(count + 1, sizeof(*rels));
	int rc = x->has_snapshot ? want_digests(x, texts, names, count, err) : 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct buf rel = buf_init(512);

		rc = registry_index_path(&rel, names[i], err);
		rels[i] = buf_take(&rel);
		texts[i].rel = rels[i];
		texts[i].max = REGISTRY_INDEX_FILE_MAX;
	}
	if (rc == 0)
		rc = index_fetch_texts(x, texts, count, err);
	if (rc == 0 && x->has_snapshot)
		rc = fetch_exact(x, texts, count, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct index_item item = {.name = base_strdup(names[i])};

		load_item(x, &item, &texts[i]);
		VEC_PUSH(x->items, x->count, x->cap, item);
	}
	index_texts_free(texts, count);
	for (uint32_t i = 0; i < count; i++)
		base_free_ptr(&rels[i]);
	return rc;
}

int pkg_index_prefetch(
    struct pkg_index *index, const char *const *names, uint32_t count, struct err *err)
{
	AUTO_FREE const char **missing = base_calloc(count + 1, sizeof(*missing));
	const struct registry_config *config = NULL;
	uint32_t n = 0;
	int rc = pkg_index_config(&config, index, err);

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		bool again = find(index, names[i]) != NULL;

		for (uint32_t k = 0; !again && k < n; k++)
			again = strcmp(missing[k], names[i]) == 0;
		if (!again)
			missing[n++] = names[i];
	}
	return rc == 0 && n > 0 ? load_all(index, missing, n, err) : rc;
}

int pkg_index_get(
    const struct registry_index **out, struct pkg_index *index, const char *name, struct err *err)
{
	const struct index_item *item = NULL;
	int rc = pkg_index_prefetch(index, &name, 1, err);

	if (rc < 0)
		return rc;
	item = find(index, name);
	if (item == NULL || item->state == INDEX_ABSENT)
		return err_user(err, ERR_NOT_FOUND, "X07PKG_INDEX_NO_MATCH", "no package %s in %s",
		    name, pkg_index_called(index->s));
	if (item->state == INDEX_FAILED) {
		*err = item->err;
		return item->err.code;
	}
	*out = &item->index;
	return 0;
}

int pkg_index_version(const struct registry_version **out, struct pkg_index *index,
    const char *name, const char *version, struct err *err)
{
	const struct registry_index *file = NULL;
	const struct registry_version *v = NULL;
	int rc = pkg_index_get(&file, index, name, err);

	if (rc == 0)
		rc = registry_index_find(&v, file, version, err);
	if (rc == 0)
		rc = registry_trust_check(&index->trust, v, err);
	if (rc == 0)
		*out = v;
	return rc;
}

int pkg_index_catalog(struct buf *out, struct pkg_index *index, struct err *err)
{
	const struct registry_config *config = NULL;
	struct index_text *t;
	int rc = pkg_index_config(&config, index, err);

	if (rc < 0)
		return rc;
	t = base_calloc(1, sizeof(*t));
	t->rel = "catalog.json";
	t->max = PKG_INDEX_CATALOG_MAX;
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

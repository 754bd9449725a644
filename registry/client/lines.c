/* SPDX-License-Identifier: MIT */
/*
 * Index files of packages: asked for before their snapshot is known, so that an answer is not
 * waited for twice, and believed only when it vouches for them.
 */
#include "base/vec.h"
#include "registry/client/priv.h"

#include <string.h>

static struct index_item *find(struct client_index *x, const char *name)
{
	for (size_t i = 0; i < x->count; i++) {
		if (strcmp(x->items[i].name, name) == 0)
			return &x->items[i];
	}
	return NULL;
}

static void want_bucket(struct index_text *out, const struct registry_snapshot *s, uint32_t bucket)
{
	const uint8_t *digest = s->buckets + (size_t)bucket * SHA256_BYTES;
	struct buf rel = buf_init(127);

	registry_digest_path(&rel, digest);
	out->rel = buf_take(&rel);
	out->max = REGISTRY_BUCKET_MAX;
	sha256_hex(out->want, digest);
}

/* The digest of one index file, by the bucket that lists it. */
static int want_digest(struct client_index *x, struct index_text *text, const char *name,
    const struct index_text *bucket, struct err *err)
{
	uint8_t digest[SHA256_BYTES];
	int rc;

	if (!bucket->ok)
		return index_fault(
		    err, x, "X07PKG_SNAPSHOT_MISMATCH", bucket->rel, &bucket->response);
	rc = registry_snapshot_find(digest, &x->snapshot, name, index_text_of(bucket), err);
	if (rc == 0)
		sha256_hex(text->want, digest);
	text->absent = rc == ERR_NOT_FOUND;
	return text->absent ? 0 : rc;
}

/* The digests that the snapshot wants for these packages; each bucket is asked for once. */
static int want_digests(struct client_index *x, struct index_text *texts, const char *const *names,
    uint32_t count, struct err *err)
{
	struct index_text *buckets = base_calloc((size_t)count + 1, sizeof(*buckets));
	AUTO_FREE uint32_t *of = base_calloc((size_t)count + 1, sizeof(*of));
	AUTO_FREE uint32_t *place = base_calloc((size_t)1 << x->snapshot.bits, sizeof(*place));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t b = registry_bucket_of(names[i], x->snapshot.bits);

		if (place[b] == 0) {
			want_bucket(&buckets[n], &x->snapshot, b);
			place[b] = ++n;
		}
		of[i] = place[b] - 1;
	}
	rc = index_fetch_texts(x, buckets, n, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		rc = want_digest(x, &texts[i], names[i], &buckets[of[i]], err);
	index_texts_free(buckets, n);
	return rc;
}

static void fail_item(struct index_item *item, const struct err *err)
{
	item->state = INDEX_FAILED;
	item->err = *err;
}

static void load_item(struct client_index *x, struct index_item *item, const struct index_text *t)
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
	if (rc == 0 && item->index.arena.used > CLIENT_LINES_MAX - x->lines_bytes) {
		registry_index_clear(&item->index);
		rc = err_user(&err, ERR_PKG, "X07PKG_INDEX_FETCH",
		    "index file of %s: with it the lines of %s take more than %zu MiB", item->name,
		    x->s->index_url, CLIENT_LINES_MAX >> 20);
	}
	if (rc < 0) {
		fail_item(item, &err);
		return;
	}
	x->lines_bytes += item->index.arena.used;
	item->state = INDEX_LOADED;
}

/* A file that is newer than the snapshot: the copy that the snapshot means is beside it. */
static int fetch_exact(
    struct client_index *x, struct index_text *texts, uint32_t count, struct err *err)
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
		exact->rel = buf_take(&rel);
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

static int load_all(
    struct client_index *x, const char *const *names, uint32_t count, struct err *err)
{
	struct index_text *texts = base_calloc(count + 1, sizeof(*texts));
	int rc = x->has_snapshot ? want_digests(x, texts, names, count, err) : 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct buf rel = buf_init(512);

		rc = registry_index_path(&rel, names[i], err);
		texts[i].rel = buf_take(&rel);
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
	return rc;
}

int client_prefetch(
    struct client_index *index, const char *const *names, uint32_t count, struct err *err)
{
	AUTO_FREE const char **missing = base_calloc(count + 1, sizeof(*missing));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		bool again = find(index, names[i]) != NULL;

		for (uint32_t k = 0; !again && k < n; k++)
			again = strcmp(missing[k], names[i]) == 0;
		if (!again)
			missing[n++] = names[i];
	}
	rc = index_open(index, missing, n, err);
	return rc == 0 && n > 0 ? load_all(index, missing, n, err) : rc;
}

int client_get(const struct registry_index **out, struct client_index *index, const char *name,
    struct err *err)
{
	const struct index_item *item = NULL;
	int rc = client_prefetch(index, &name, 1, err);

	if (rc < 0)
		return rc;
	item = find(index, name);
	if (item == NULL || item->state == INDEX_ABSENT)
		return err_user(err, ERR_NOT_FOUND, "X07PKG_INDEX_NO_MATCH", "no package %s in %s",
		    name, client_settings_called(index->s));
	if (item->state == INDEX_FAILED) {
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
		rc = registry_trust_check(&index->trust, v, err);
	if (rc == 0)
		*out = v;
	return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * Index files of packages: asked for before their snapshot is known, so that an answer is not
 * waited for twice, and believed only when it vouches for them.
 */
#include "registry/client/lines_priv.h"

#include "base/vec.h"
#include "registry/codes.h"
#include "registry/index.h"

#include <string.h>

/* "ex/t-/ext-net" is much shorter. */
#define PATH_SIZE 512
/* snapshot/ab/<64 digits> */
#define DIGEST_PATH_SIZE 127

const struct client_item *client_lines_find(const struct client_lines *lines, const char *name)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (strcmp(lines->items[i].name, name) == 0)
			return &lines->items[i];
	}
	return NULL;
}

void client_lines_clear(struct client_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (lines->items[i].state == CLIENT_ITEM_LOADED)
			registry_index_clear(&lines->items[i].index);
		base_free_ptr(&lines->items[i].name);
	}
	base_free_ptr(&lines->items);
	*lines = (struct client_lines){0};
}

uint32_t client_lines_early(
    struct client_text *texts, const char *const *names, uint32_t count, bool unless_cached)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		CLEANUP(buf_clear) struct buf rel = buf_init(PATH_SIZE);
		struct err told_later = {0};

		if (registry_index_path(&rel, names[i], &told_later) < 0)
			continue;
		texts[n++] = (struct client_text){.rel = buf_take(&rel),
		    .max = REGISTRY_INDEX_FILE_MAX,
		    .unless_cached = unless_cached};
	}
	return n;
}

static char *path_of_digest(const uint8_t digest[SHA256_BYTES])
{
	struct buf rel = buf_init(DIGEST_PATH_SIZE);

	registry_digest_path(&rel, digest);
	return buf_take(&rel);
}

static void want_bucket(struct client_text *out, const struct registry_snapshot *s, uint32_t bucket)
{
	const uint8_t *digest = s->buckets + (size_t)bucket * SHA256_BYTES;

	out->rel = path_of_digest(digest);
	out->max = REGISTRY_BUCKET_MAX;
	sha256_hex(out->want, digest);
}

/* The digest of one index file, by the bucket that lists it. */
static int want_digest(struct client_text *text, const struct client_peer *peer,
    const struct registry_snapshot *snapshot, const char *name, const struct client_text *bucket,
    struct err *err)
{
	uint8_t digest[SHA256_BYTES];
	int rc;

	if (!bucket->ok)
		return client_request_fault(
		    err, peer, REGISTRY_CODE(SNAPSHOT_MISMATCH), bucket->rel, &bucket->response);
	rc = registry_snapshot_find(digest, snapshot, name, client_text_str(bucket), err);
	text->absent = rc == ERR_NOT_FOUND;
	if (rc < 0)
		return text->absent ? 0 : rc;
	sha256_hex(text->want, digest);
	return 0;
}

/* The digests that the snapshot wants for these packages; each bucket is asked for once. */
static int want_digests(struct client_source *source, const struct registry_snapshot *snapshot,
    struct client_text *texts, const char *const *names, uint32_t count, struct err *err)
{
	struct client_text *buckets = base_calloc((size_t)count + 1, sizeof(*buckets));
	AUTO_FREE uint32_t *of = base_calloc((size_t)count + 1, sizeof(*of));
	AUTO_FREE uint32_t *place = base_calloc((size_t)1 << snapshot->bits, sizeof(*place));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t b = registry_bucket_of(names[i], snapshot->bits);

		if (place[b] == 0) {
			want_bucket(&buckets[n], snapshot, b);
			place[b] = ++n;
		}
		of[i] = place[b] - 1;
	}
	rc = client_texts_fetch(source, buckets, n, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		rc =
		    want_digest(&texts[i], &source->peer, snapshot, names[i], &buckets[of[i]], err);
	client_texts_free(buckets, n);
	return rc;
}

/* The copy of an index file that the snapshot means, in place of a newer one. */
static int fetch_exact(struct client_source *source, struct client_text *t, struct err *err)
{
	CLEANUP(buf_clear) struct buf rel = buf_init(DIGEST_PATH_SIZE);
	struct client_text *exact = base_calloc(1, sizeof(*exact));
	int rc;

	buf_printf(&rel, "snapshot/%.2s/%s", t->want, t->want);
	exact->rel = buf_take(&rel);
	exact->max = t->max;
	memcpy(exact->want, t->want, sizeof(t->want));
	rc = client_texts_fetch(source, exact, 1, err);
	if (rc == 0 && exact->ok) {
		buf_clear(&t->cached);
		t->cached = client_text_take(exact);
		t->use_cached = true;
	}
	client_texts_free(exact, 1);
	return rc;
}

static int fetch_files(struct client_source *source, const struct registry_snapshot *snapshot,
    struct client_text *texts, const char *const *names, uint32_t count, struct err *err)
{
	int rc = snapshot != NULL ? want_digests(source, snapshot, texts, names, count, err) : 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct buf rel = buf_init(PATH_SIZE);

		rc = registry_index_path(&rel, names[i], err);
		texts[i].rel = buf_take(&rel);
		texts[i].max = REGISTRY_INDEX_FILE_MAX;
	}
	if (rc < 0)
		return rc;
	rc = client_texts_fetch(source, texts, count, err);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		/* A file that is newer than the snapshot: the one that it means is beside it. */
		if (texts[i].ok && !client_text_matches(&texts[i]))
			rc = fetch_exact(source, &texts[i], err);
	}
	return rc;
}

static int check_digest(
    const struct client_item *item, const struct client_text *t, struct err *err)
{
	struct str text = client_text_str(t);
	char sha[SHA256_HEX_SIZE];

	if (client_text_matches(t))
		return 0;
	sha256_text(sha, text.ptr, text.len);
	return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_MISMATCH),
	    "index file of %s: the snapshot says sha256 %s, served is %s", item->name, t->want,
	    sha);
}

static int read_lines(struct client_item *item, struct client_lines *lines,
    const struct client_peer *peer, const struct client_text *t, struct err *err)
{
	struct str text = client_text_str(t);
	int rc = check_digest(item, t, err);

	if (rc < 0)
		return rc;
	rc = registry_index_parse(&item->index, item->name, text.ptr, text.len, err);
	if (rc < 0)
		return rc;
	if (item->index.arena.used > CLIENT_LINES_MAX - lines->bytes) {
		registry_index_clear(&item->index);
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH),
		    "index file of %s: with it the lines of %s take more than %zu MiB", item->name,
		    peer->s->index_url, CLIENT_LINES_MAX >> 20);
	}
	lines->bytes += item->index.arena.used;
	return 0;
}

static void load_item(struct client_item *item, struct client_lines *lines,
    const struct client_peer *peer, const struct client_text *t)
{
	int rc;

	if (t->absent || (!t->ok && t->response.fault == FETCH_NOT_FOUND)) {
		item->state = CLIENT_ITEM_ABSENT;
		return;
	}
	rc = t->ok ? read_lines(item, lines, peer, t, &item->err)
		   : client_request_fault(
			 &item->err, peer, REGISTRY_CODE(INDEX_FETCH), t->rel, &t->response);
	item->state = rc == 0 ? CLIENT_ITEM_LOADED : CLIENT_ITEM_FAILED;
}

int client_lines_load(struct client_lines *lines, struct client_source *source,
    const struct registry_snapshot *snapshot, const char *const *names, uint32_t count,
    struct err *err)
{
	struct client_text *texts = base_calloc((size_t)count + 1, sizeof(*texts));
	int rc = fetch_files(source, snapshot, texts, names, count, err);

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct client_item item = {.name = base_strdup(names[i])};

		load_item(&item, lines, &source->peer, &texts[i]);
		VEC_PUSH(lines->items, lines->count, lines->cap, item);
	}
	client_texts_free(texts, count);
	return rc;
}

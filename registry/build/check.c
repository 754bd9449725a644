/* SPDX-License-Identifier: MIT */
/* Verifying a whole registry, list by list, as a client that trusts nobody would see it. */
#include "registry/build/check.h"

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "pkg/version.h"
#include "registry/build/archive.h"
#include "registry/client/url.h"
#include "registry/codes.h"
#include "registry/config.h"
#include "registry/index.h"
#include "registry/pack.h"
#include "registry/snapshot.h"
#include "registry/trust.h"

#include <stdio.h>
#include <string.h>

#define BATCH 32
#define ARCHIVE_BATCH 4
#define CATALOG_MAX ((size_t)256 << 20)

struct check {
	const struct build_check_options *o;
	struct build_check_result result;
	struct fetcher *fetcher;
	char *index; /* owned; URL of the index root, ends in '/' */
	char *dl;    /* owned */
	struct registry_config config;
	struct registry_trust trust;
	struct registry_snapshot snapshot;
	struct err first;
};

/* One package whose index file is to be looked at. */
struct target {
	char *name;   /* owned */
	char *digest; /* owned hexadecimal; NULL = nobody says */
};

struct targets {
	struct target *items;
	size_t count, cap;
};

static void targets_clear(struct targets *t)
{
	for (size_t i = 0; i < t->count; i++) {
		base_free_ptr(&t->items[i].name);
		base_free_ptr(&t->items[i].digest);
	}
	base_free_ptr(&t->items);
	*t = (struct targets){0};
}

static void problem(struct check *c, const char *what, const struct err *err)
{
	c->result.problems++;
	if (c->first.code == 0) {
		c->first = *err;
		(void)err_wrap_file(&c->first, what);
	}
	if (c->o->problem != NULL)
		c->o->problem(c->o->ctx, what, err);
}

static int fetch_fault(struct err *err, const struct code *code, const struct fetch_response *r)
{
	return err_code(err, ERR_PKG, code, "%s (%s)", r->message, fetch_fault_id(r->fault));
}

static int fetch_one(struct check *c, struct buf *out, const char *name, size_t max,
    const struct code *code, struct err *err)
{
	AUTO_FREE char *url = fetch_url_join(c->index, name);
	struct fetch_request q = {
	    .url = url, .max_bytes = max, .dest_fd = -1, .body_fd = -1, .compressed = true};
	CLEANUP(fetch_response_clear) struct fetch_response r = {0};
	int rc;

	if (url == NULL)
		return err_code(err, ERR_PKG, code, "%s: the address is too long", name);
	rc = fetch_run(&r, c->fetcher, &q, 1, err);
	if (rc < 0) {
		(void)fetch_fault(err, code, &r);
		return err_wrap(err, "%s", name);
	}
	*out = TAKE(r.body);
	return 0;
}

/* A folder may be the registry or its index. */
static int find_index(struct check *c, struct err *err)
{
	const char *where = c->o->where;
	AUTO_FREE char *absolute = NULL;
	AUTO_FREE char *config = NULL;
	AUTO_FREE char *dir = NULL;
	int rc;

	if (strncmp(where, "sparse+", 7) == 0)
		where += 7;
	if (strstr(where, "://") != NULL) {
		c->index =
		    where[strlen(where) - 1] == '/' ? base_strdup(where) : path_join(where, "");
		return 0;
	}
	rc = path_absolute(&absolute, where, err);
	if (rc < 0)
		return rc;
	config = path_join(absolute, "config.json");
	dir = path_join(absolute, file_is_regular(config) ? "" : "index/");
	c->index = fetch_url_of_path(dir);
	return c->index != NULL ? 0 : err_set(err, ERR_LIMIT, "%s: too long", where);
}

static int load_config(struct check *c, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = {0};
	struct registry_trust known = {0};
	int rc = fetch_one(
	    c, &text, "config.json", REGISTRY_CONFIG_MAX, REGISTRY_CODE(INDEX_CONFIG), err);

	if (rc == 0)
		rc = registry_config_parse(&c->config, text.data, text.len, err);
	if (rc < 0)
		return rc;
	c->dl = fetch_url_join(c->index, c->config.dl);
	if (c->dl == NULL || !fetch_url_may_lead(c->index, c->dl))
		return err_code(
		    err, ERR_PKG, REGISTRY_CODE(INDEX_CONFIG), "config.json: `dl` leads nowhere");
	if (c->o->key != NULL) {
		known.keys[0] = *c->o->key;
		known.key_count = 1;
		known.configured = known.required = true;
	}
	c->result.is_signed = c->config.is_signed;
	return registry_trust_update(&c->trust, &known, &c->config, NULL, err);
}

static int load_snapshot(struct check *c, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = {0};
	int rc = fetch_one(c, &text, REGISTRY_SNAPSHOT_NAME, REGISTRY_SNAPSHOT_MAX,
	    REGISTRY_CODE(SNAPSHOT_INVALID), err);

	if (rc == 0)
		rc = registry_snapshot_parse(&c->snapshot, text.data, text.len, err);
	if (rc == 0)
		rc = registry_snapshot_check(&c->trust, &c->snapshot,
		    c->o->now_s != 0 ? c->o->now_s : c->snapshot.issued_s, err);
	c->result.snapshot_version = c->snapshot.version;
	return rc;
}

static bool needs_are_equal(const struct registry_version *v, const struct build_archive *a)
{
	if (!v->has_needs)
		return true;
	if (v->need_count != a->package.need_count)
		return false;
	for (uint32_t i = 0; i < v->need_count; i++) {
		bool found = false;

		for (uint32_t k = 0; k < a->package.need_count && !found; k++)
			found =
			    strcmp(v->needs[i].name, a->package.needs[k].name) == 0 &&
			    strcmp(v->needs[i].requirement, a->package.needs[k].requirement) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* What the index says about an archive is what the archive says. */
static int compare_archive(
    const struct registry_version *v, const struct buf *body, struct err *err)
{
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	const char *what = NULL;
	int rc = build_archive_read(&a, buf_str(body), body->len, err);

	if (rc < 0)
		return rc;
	if (strcmp(a.package.name, v->name) != 0 || strcmp(a.package.version, v->version) != 0)
		what = "name or version";
	else if (v->tree_sha256 != NULL && strcmp(v->tree_sha256, a.tree_sha256) != 0)
		what = "tree digest";
	else if (v->size > 0 && v->size != a.size)
		what = "size";
	else if (!needs_are_equal(v, &a))
		what = "list of dependencies";
	if (what != NULL)
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH),
		    "the index has another %s than the archive", what);
	return 0;
}

static void check_archives(struct check *c, const struct registry_version *v, size_t count)
{
	char *urls[ARCHIVE_BATCH] = {0};
	struct fetch_request q[ARCHIVE_BATCH];
	struct fetch_response r[ARCHIVE_BATCH];
	struct err ignored = {0};

	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_clear) struct buf path = buf_init(FETCH_URL_MAX);

		buf_puts(&path, c->dl);
		registry_download_path(&path, v[i].name, v[i].version);
		urls[i] = buf_take(&path);
		q[i] = (struct fetch_request){.url = urls[i],
		    .sha256 = v[i].cksum,
		    .max_bytes = REGISTRY_ARCHIVE_MAX,
		    .dest_fd = -1,
		    .body_fd = -1};
	}
	if (fetch_run(r, c->fetcher, q, count, &ignored) < 0)
		ignored.code = 0; /* each response is looked at below */
	for (size_t i = 0; i < count; i++) {
		char what[256];
		struct err err = {0};
		int rc = r[i].fault == FETCH_OK
			     ? compare_archive(&v[i], &r[i].body, &err)
			     : fetch_fault(&err, REGISTRY_CODE(DOWNLOAD_FAILED), &r[i]);

		(void)snprintf(what, sizeof(what), "archive of %s@%s", v[i].name, v[i].version);
		if (rc < 0)
			problem(c, what, &err);
		c->result.archives++;
		c->result.bytes += r[i].bytes;
		fetch_response_clear(&r[i]);
		base_free_ptr(&urls[i]);
	}
}

static void check_versions(struct check *c, const struct registry_index *index)
{
	for (uint32_t i = 0; i < index->count; i++) {
		char what[256];
		struct err err = {0};

		(void)snprintf(
		    what, sizeof(what), "%s@%s", index->name, index->versions[i].version);
		if (registry_trust_check(&c->trust, &index->versions[i], &err) < 0)
			problem(c, what, &err);
	}
	c->result.versions += index->count;
	for (uint32_t i = 0; !c->o->no_archives && i < index->count; i += ARCHIVE_BATCH) {
		uint32_t left = index->count - i;

		check_archives(c, &index->versions[i], left < ARCHIVE_BATCH ? left : ARCHIVE_BATCH);
	}
}

static int check_index_file(
    struct check *c, const struct target *t, const struct fetch_response *r, struct err *err)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	const char *text = buf_str(&r->body);
	int rc;

	if (r->fault != FETCH_OK)
		return fetch_fault(err, REGISTRY_CODE(INDEX_FETCH), r);
	if (t->digest != NULL && strcmp(t->digest, r->sha256) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_MISMATCH),
		    "sha256 %s, the snapshot says %s", r->sha256, t->digest);
	rc = registry_index_parse(&index, t->name, text, r->body.len, err);
	if (rc < 0)
		return rc;
	check_versions(c, &index);
	if (index.faulty_count > 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH), "line %u: %s",
		    index.faulty[0].line, index.faulty[0].fault);
	return 0;
}

static void check_batch(struct check *c, const struct target *t, size_t count)
{
	char *urls[BATCH] = {0};
	struct fetch_request q[BATCH];
	struct fetch_response r[BATCH];
	struct err ignored = {0};

	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_clear) struct buf path = buf_init(FETCH_URL_MAX);

		buf_puts(&path, c->index);
		if (registry_index_path(&path, t[i].name, &ignored) < 0)
			buf_reset(&path); /* an empty address fails as one */
		urls[i] = buf_take(&path);
		q[i] = (struct fetch_request){.url = urls[i],
		    .max_bytes = REGISTRY_INDEX_FILE_MAX,
		    .dest_fd = -1,
		    .body_fd = -1,
		    .compressed = true};
	}
	if (fetch_run(r, c->fetcher, q, count, &ignored) < 0)
		ignored.code = 0; /* each response is looked at below */
	for (size_t i = 0; i < count; i++) {
		struct err err = {0};

		if (check_index_file(c, &t[i], &r[i], &err) < 0)
			problem(c, t[i].name, &err);
		fetch_response_clear(&r[i]);
		base_free_ptr(&urls[i]);
	}
	c->result.packages += count;
}

static void check_targets(struct check *c, const struct targets *t)
{
	for (size_t i = 0; i < t->count; i += BATCH)
		check_batch(c, &t->items[i], t->count - i < BATCH ? t->count - i : BATCH);
}

/* Grammar of a list: *( 64HEXDIG SP name LF ), names ascending, each in its bucket. */
static int read_bucket(
    struct check *c, struct targets *out, uint32_t index, struct str text, struct err *err)
{
	const size_t hex = SHA256_HEX_SIZE - 1;
	const char *at = text.ptr, *end = text.ptr + text.len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct target t = {0};

		if (stop == NULL || (size_t)(stop - at) <= hex + 1 || at[hex] != ' ')
			return err_code(
			    err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_INVALID), "a list that is none");
		t.digest = base_calloc(SHA256_HEX_SIZE, 1);
		memcpy(t.digest, at, hex);
		t.name = base_calloc((size_t)(stop - at) - hex, 1);
		memcpy(t.name, at + hex + 1, (size_t)(stop - at) - hex - 1);
		VEC_PUSH(out->items, out->count, out->cap, t);
		if (!pkg_name_is_valid(str_c(t.name)) ||
		    registry_bucket_of(t.name, c->snapshot.bits) != index ||
		    (out->count > 1 && strcmp(out->items[out->count - 2].name, t.name) >= 0))
			return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_INVALID),
			    "a list with a name that does not belong there");
		at = stop + 1;
	}
	return 0;
}

static int check_bucket(struct check *c, uint32_t index, struct err *err)
{
	const uint8_t *digest = c->snapshot.buckets + (size_t)index * SHA256_BYTES;
	CLEANUP(targets_clear) struct targets targets = {0};
	CLEANUP(buf_clear) struct buf path = buf_init(256);
	CLEANUP(buf_clear) struct buf text = {0};
	char want[SHA256_HEX_SIZE], got[SHA256_HEX_SIZE];
	int rc;

	registry_digest_path(&path, digest);
	rc = fetch_one(
	    c, &text, path.data, REGISTRY_BUCKET_MAX, REGISTRY_CODE(SNAPSHOT_MISMATCH), err);
	if (rc < 0)
		return rc;
	sha256_hex(want, digest);
	sha256_text(got, buf_str(&text), text.len);
	if (strcmp(want, got) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_MISMATCH),
		    "%s: sha256 %s, the snapshot says %s", path.data, got, want);
	rc = read_bucket(c, &targets, index, (struct str){buf_str(&text), (uint32_t)text.len}, err);
	if (rc == 0)
		check_targets(c, &targets);
	return rc;
}

static void check_by_snapshot(struct check *c)
{
	for (uint32_t i = 0; i < 1u << c->snapshot.bits; i++) {
		struct err err = {0};

		if (check_bucket(c, i, &err) < 0)
			problem(c, "list of packages", &err);
	}
	if (c->result.problems == 0 && c->result.packages != c->snapshot.packages) {
		struct err err = {0};

		(void)err_code(&err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_INVALID),
		    "it says that there are %llu packages, there are %llu",
		    (unsigned long long)c->snapshot.packages,
		    (unsigned long long)c->result.packages);
		problem(c, REGISTRY_SNAPSHOT_NAME, &err);
	}
}

/* Without a snapshot nobody says which packages belong to it but the catalog. */
static int check_by_catalog(struct check *c, struct err *err)
{
	CLEANUP(targets_clear) struct targets targets = {0};
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = {0};
	const struct json_options options = {.max_nodes = 20000000};
	const struct json *root = NULL, *list;
	struct json_fault fault = {0};
	int rc = fetch_one(c, &text, "catalog.json", CATALOG_MAX, REGISTRY_CODE(INDEX_FETCH), err);

	if (rc < 0)
		return rc;
	arena_init(&arena, 0);
	if (json_parse(&root, &arena, text.data, text.len, &options, &fault) < 0 ||
	    (list = json_get(root, "packages")) == NULL || list->kind != JSON_ARRAY)
		return err_code(
		    err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH), "catalog.json: not a catalog");
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json *name = json_get(&list->items[i], "name");
		struct target t = {0};

		if (name == NULL || name->kind != JSON_STRING || !pkg_name_is_valid(name->text))
			return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH),
			    "catalog.json: a name that is none");
		t.name = base_calloc((size_t)name->text.len + 1, 1);
		memcpy(t.name, name->text.ptr, name->text.len);
		VEC_PUSH(targets.items, targets.count, targets.cap, t);
	}
	check_targets(c, &targets);
	return 0;
}

static void check_clear(struct check *c)
{
	fetch_free(c->fetcher);
	registry_config_clear(&c->config);
	registry_snapshot_clear(&c->snapshot);
	base_free_ptr(&c->index);
	base_free_ptr(&c->dl);
}

int build_check(
    struct build_check_result *out, const struct build_check_options *options, struct err *err)
{
	CLEANUP(check_clear) struct check c = {.o = options};
	int rc;

	c.fetcher = fetch_new(&options->fetch);
	rc = find_index(&c, err);
	if (rc == 0)
		rc = load_config(&c, err);
	if (rc == 0 && c.config.has_snapshot)
		rc = load_snapshot(&c, err);
	if (rc == 0 && c.config.has_snapshot)
		check_by_snapshot(&c);
	else if (rc == 0)
		rc = check_by_catalog(&c, err);
	if (rc < 0) {
		problem(&c, options->where, err);
		*err = c.first;
		rc = c.first.code;
	}
	*out = c.result;
	if (rc == 0 && c.first.code != 0) {
		*err = c.first;
		rc = c.first.code;
	}
	return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * From sorted records to an index: package by package, with nothing but one package in memory; then
 * the buckets of the snapshot, and the snapshot.
 */

#include "registry/build/build.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "pkg/version.h"
#include "registry/build/config_priv.h"
#include "registry/build/input_priv.h"
#include "registry/build/output_priv.h"
#include "registry/build/sorter.h"
#include "registry/build/types_priv.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/index_line.h"
#include "registry/sign.h"
#include "registry/snapshot.h"
#include "registry/types.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_MEMORY ((size_t)24 << 20)
#define DEFAULT_LIFETIME_S (INT64_C(30) * 86400)
#define NAME_SORT_MEMORY ((size_t)4 << 20)
#define CATALOG_PATH "index/catalog.json"

/* One version of the package at hand. */
struct item {
	struct registry_version v;
	struct pkg_version parsed;
	const char *description;
	size_t advisory_cap;
};

struct package {
	struct arena arena; /* everything below */
	const char *name;
	struct item *items; /* owned */
	size_t count, cap;
};

static void package_clear(struct package *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->items[i].advisory_cap > 0)
			base_free_ptr(&p->items[i].v.advisories);
	}
	arena_clear(&p->arena);
	base_free_ptr(&p->items);
	p->items = NULL;
	p->count = p->cap = 0;
	p->name = NULL;
}

static int by_version(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = pkg_version_cmp(&x->parsed, &y->parsed);

	return order != 0 ? order : strcmp(x->v.version, y->v.version);
}

static int sign_version(const struct build *b, struct registry_version *v, struct err *err)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);
	int rc;

	if (b->o->seed == NULL)
		return 0;
	registry_sign_message(&message, v->name, v->version, v->cksum);
	rc = registry_sign_make(v->signature.sig, b->o->seed, message.data, message.len, err);
	v->signature.kind = "ed25519";
	v->signature.key_id = b->o->key_id;
	v->signature.well_formed = rc == 0;
	return rc;
}

/* The latest one: the highest that is not yanked, a release before any pre-release. */
static const struct item *latest_of(const struct package *p)
{
	const struct item *pre = NULL;

	for (size_t i = p->count; i > 0; i--) {
		const struct item *it = &p->items[i - 1];

		if (it->v.yanked)
			continue;
		if (it->parsed.pre.len == 0)
			return it;
		if (pre == NULL)
			pre = it;
	}
	return pre;
}

static int write_catalog_entry(struct build *b, const struct package *p, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 16);
	const struct item *latest = latest_of(p);
	struct jsonw w = jsonw_init(&text, false);

	buf_puts(&text, b->result.packages == 0 ? "\n" : ",\n");
	jsonw_object(&w);
	jsonw_kv_string(&w, "name", p->name);
	jsonw_kv_bool(&w, "is_official", false);
	if (latest != NULL) {
		jsonw_kv_string(&w, "latest", latest->v.version);
		if (latest->description[0] != '\0')
			jsonw_kv_string(&w, "description", latest->description);
	}
	jsonw_end_object(&w);
	if (text.overflow || fwrite(text.data, 1, text.len, b->catalog) != text.len)
		return err_sys(err, ERR_IO, "catalog.json");
	return 0;
}

/* The copy named by its digest first; the name that changes is a second link to it. */
static int write_index_file(
    struct build *b, const struct package *p, const struct buf *text, struct err *err)
{
	CLEANUP(buf_clear) struct buf shard = buf_init(512);
	CLEANUP(buf_clear) struct buf copy = buf_init(512);
	CLEANUP(buf_clear) struct buf entry = buf_init(512);
	uint8_t key[SHA256_BYTES], digest[SHA256_BYTES];
	struct sha256 h;
	int rc;

	sha256_init(&h);
	sha256_add(&h, text->data, text->len);
	sha256_end(&h, digest);
	buf_puts(&shard, "index/");
	rc = registry_index_path(&shard, p->name, err);
	if (rc < 0)
		return rc;
	if (b->o->seed == NULL)
		return build_put(b, shard.data, text->data, text->len, err);
	buf_puts(&copy, "index/");
	registry_digest_path(&copy, digest);
	rc = build_put(b, copy.data, text->data, text->len, err);
	if (rc == 0)
		rc = build_link(b, shard.data, copy.data, err);
	if (rc < 0)
		return rc;
	sha256_init(&h);
	sha256_add(&h, p->name, strlen(p->name));
	sha256_end(&h, key);
	buf_add(&entry, p->name, strlen(p->name) + 1);
	buf_add(&entry, digest, sizeof(digest));
	return build_sorter_add(b->names, (struct str){(const char *)key, sizeof(key)},
	    (struct str){entry.data, (uint32_t)entry.len}, err);
}

static int finish_package(struct build *b, struct package *p, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_INDEX_FILE_MAX);
	int rc = 0;

	if (p->count > 1)
		qsort(p->items, p->count, sizeof(*p->items), by_version);
	for (size_t i = 0; rc == 0 && i < p->count; i++) {
		rc = sign_version(b, &p->items[i].v, err);
		registry_index_print(&text, &p->items[i].v);
	}
	if (rc < 0)
		return rc;
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "%s: its index file is larger than %zu MiB", p->name,
		    REGISTRY_INDEX_FILE_MAX >> 20);
	rc = write_index_file(b, p, &text, err);
	if (rc == 0)
		rc = write_catalog_entry(b, p, err);
	b->result.packages++;
	b->result.versions += p->count;
	package_clear(p);
	return rc;
}

static int add_version(struct package *p, struct str data, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	const char *line = memchr(data.ptr, '\0', data.len);
	struct item it = {0};
	char *text;

	if (line == NULL || p->count >= REGISTRY_INDEX_LINES_MAX)
		return err_set(
		    err, ERR_LIMIT, "%s: more than %u versions", p->name, REGISTRY_INDEX_LINES_MAX);
	it.description = arena_strndup(&p->arena, data.ptr, (size_t)(line - data.ptr));
	line++;
	text = arena_strndup(&p->arena, line, (size_t)(data.ptr + data.len - line));
	arena_init(&scratch, 0);
	registry_index_line_parse(&it.v, p->name, str_c(text), &p->arena, &scratch);
	if (it.v.fault != NULL)
		return err_set(err, ERR_INTERNAL, "%s: %s", p->name, it.v.fault);
	if (pkg_version_parse(&it.parsed, str_c(it.v.version), err) < 0)
		return ERR_FORMAT;
	VEC_PUSH(p->items, p->count, p->cap, it);
	return 0;
}

/* The same version twice is fine when it is the same archive (its source and the packed file). */
static int add_again(struct package *p, struct str data, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	const char *line = memchr(data.ptr, '\0', data.len);
	const struct registry_version *before = &p->items[p->count - 1].v;
	struct registry_version v = {0};

	arena_init(&scratch, 0);
	if (line != NULL)
		registry_index_line_parse(&v, p->name,
		    (struct str){line + 1, (uint32_t)(data.ptr + data.len - line - 1)}, &scratch,
		    &scratch);
	if (v.cksum != NULL && strcmp(v.cksum, before->cksum) == 0)
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(REG_ALREADY_PUBLISHED),
	    "%s@%s is there twice with different bytes", before->name, before->version);
}

static int add_advisory_to(struct package *p, struct item *it, struct str data, struct err *err)
{
	struct registry_advisory a = {.text = arena_strndup(&p->arena, data.ptr, data.len)};

	/* What the line itself brought along lives in the arena: moved to an array of our own. */
	if (it->advisory_cap == 0 && it->v.advisory_count > 0) {
		struct registry_advisory *old = it->v.advisories;
		uint32_t count = it->v.advisory_count;

		it->v.advisories = NULL;
		it->v.advisory_count = 0;
		for (uint32_t i = 0; i < count; i++)
			VEC_PUSH(it->v.advisories, it->v.advisory_count, it->advisory_cap, old[i]);
	} else if (it->advisory_cap == 0) {
		it->v.advisories = NULL;
	}
	if (it->v.advisory_count >= 1024)
		return err_set(
		    err, ERR_LIMIT, "%s@%s: more than 1024 advisories", it->v.name, it->v.version);
	VEC_PUSH(it->v.advisories, it->v.advisory_count, it->advisory_cap, a);
	return 0;
}

static int take_record(
    struct build *b, struct package *p, struct str key, struct str data, struct err *err)
{
	const char *version = key.ptr + strlen(key.ptr) + 1;
	char type = key.ptr[key.len - 1];
	struct item *last;
	bool same;
	int rc = 0;

	if (p->name != NULL && strcmp(p->name, key.ptr) != 0)
		rc = finish_package(b, p, err);
	if (rc < 0)
		return rc;
	last = p->count > 0 ? &p->items[p->count - 1] : NULL;
	same = last != NULL && strcmp(last->v.version, version) == 0;
	if (type != BUILD_LINE && !same)
		return err_set(err, ERR_NOT_FOUND,
		    "%s@%s is yanked or advised against, but is not there", key.ptr, version);
	if (p->name == NULL) {
		arena_init(&p->arena, 0);
		p->name = arena_strndup(&p->arena, key.ptr, strlen(key.ptr));
	}
	if (type == BUILD_YANK)
		last->v.yanked = true;
	else if (type == BUILD_ADVISORY)
		rc = add_advisory_to(p, last, data, err);
	else
		rc = same ? add_again(p, data, err) : add_version(p, data, err);
	return rc;
}

static int merge(struct build *b, struct err *err)
{
	CLEANUP(package_clear) struct package p = {0};
	struct str key, data;
	int rc = build_sorter_rewind(b->records, err);

	if (rc < 0)
		return rc;
	while ((rc = build_sorter_next(b->records, &key, &data, err)) > 0) {
		rc = take_record(b, &p, key, data, err);
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && p.name != NULL)
		rc = finish_package(b, &p, err);
	return rc;
}

/* The packages of one bucket, as they come: by digest of the name, to be written by name. */
struct bucket {
	char **entries; /* owned texts: name NUL digest */
	size_t count, cap;
	uint32_t index;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int finish_bucket(
    struct build *b, struct bucket *bucket, uint8_t digest[SHA256_BYTES], struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_BUCKET_MAX);
	CLEANUP(buf_clear) struct buf path = buf_init(512);
	struct sha256 h;

	if (bucket->count > 1)
		qsort(bucket->entries, bucket->count, sizeof(*bucket->entries), by_text);
	for (size_t i = 0; i < bucket->count; i++) {
		const char *name = bucket->entries[i];

		registry_bucket_print(&text, name, (const uint8_t *)name + strlen(name) + 1);
		base_free_ptr(&bucket->entries[i]);
	}
	bucket->count = 0;
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "too many packages");
	sha256_init(&h);
	sha256_add(&h, buf_str(&text), text.len);
	sha256_end(&h, digest);
	buf_puts(&path, "index/");
	registry_digest_path(&path, digest);
	return build_put(b, path.data, buf_str(&text), text.len, err);
}

static void bucket_clear(struct bucket *bucket)
{
	for (size_t i = 0; i < bucket->count; i++)
		base_free_ptr(&bucket->entries[i]);
	base_free_ptr(&bucket->entries);
}

static int write_buckets(struct build *b, uint8_t *buckets, uint32_t bits, struct err *err)
{
	CLEANUP(bucket_clear) struct bucket bucket = {0};
	struct str key, data;
	int rc = build_sorter_rewind(b->names, err);

	while (rc == 0 && (rc = build_sorter_next(b->names, &key, &data, err)) > 0) {
		uint32_t index = registry_bucket_of(data.ptr, bits);
		char *entry = base_alloc(data.len);

		memcpy(entry, data.ptr, data.len);
		for (rc = 0; rc == 0 && bucket.index < index; bucket.index++)
			rc = finish_bucket(
			    b, &bucket, buckets + (size_t)bucket.index * SHA256_BYTES, err);
		VEC_PUSH(bucket.entries, bucket.count, bucket.cap, entry);
	}
	for (; rc == 0 && bucket.index < 1u << bits; bucket.index++)
		rc = finish_bucket(b, &bucket, buckets + (size_t)bucket.index * SHA256_BYTES, err);
	return rc;
}

/* It grows with every build, also of a registry that is built anew from nothing. */
static uint64_t next_version(const struct build *b)
{
	AUTO_FREE char *path = path_join(b->o->output, "index/" REGISTRY_SNAPSHOT_NAME);
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_SNAPSHOT_MAX);
	CLEANUP(registry_snapshot_clear) struct registry_snapshot old = {0};
	struct err err = {0};
	uint64_t now = b->o->now_s > 0 ? (uint64_t)b->o->now_s : 1;

	if (file_read(&text, path, &err) < 0 ||
	    registry_snapshot_parse(&old, text.data, text.len, &err) < 0)
		return now;
	return old.version >= now ? old.version + 1 : now;
}

static int sign_snapshot(struct build *b, struct registry_snapshot *s, struct err *err)
{
	CLEANUP(buf_clear) struct buf message = buf_init(4096);
	int rc;

	registry_snapshot_message(&message, s);
	rc = registry_sign_make(s->signatures[0].sig, b->o->seed, message.data, message.len, err);
	s->signatures[0].kind = "ed25519";
	s->signatures[0].key_id = b->o->key_id;
	s->signatures[0].well_formed = true;
	return rc;
}

static int write_snapshot(struct build *b, struct err *err)
{
	uint32_t bits = registry_bucket_bits(b->result.packages);
	AUTO_FREE uint8_t *buckets = base_calloc((size_t)1 << bits, SHA256_BYTES);
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_SNAPSHOT_MAX);
	int64_t lifetime = b->o->lifetime_s > 0 ? b->o->lifetime_s : DEFAULT_LIFETIME_S;
	struct registry_signature signature = {0};
	struct registry_snapshot s = {.registry = b->o->name,
	    .version = next_version(b),
	    .issued_s = b->o->now_s,
	    .expires_s = b->o->now_s + lifetime,
	    .packages = b->result.packages,
	    .bits = bits,
	    .buckets = buckets,
	    .signatures = &signature,
	    .signature_count = 1};
	int rc = write_buckets(b, buckets, bits, err);

	if (rc == 0)
		rc = sign_snapshot(b, &s, err);
	if (rc == 0)
		rc = build_sync(b, err);
	if (rc < 0)
		return rc;
	registry_snapshot_print(&text, &s);
	b->result.snapshot_version = s.version;
	rc = build_put(b, "index/" REGISTRY_SNAPSHOT_NAME, text.data, text.len, err);
	return rc < 0 ? rc : build_sync(b, err);
}

/* catalog.json is written as the packages go by, under another name. */
static int open_catalog(struct build *b, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	if (mkdirat(b->out_fd, "index", 0755) < 0 && errno != EEXIST)
		return err_sys(err, ERR_IO, "%s/index", b->o->output);
	fd = openat(b->out_fd, CATALOG_PATH ".tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	b->catalog = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (b->catalog == NULL)
		return err_sys(err, ERR_IO, CATALOG_PATH);
	(void)take_fd(&fd);
	if (fputs("{\"schema_version\":\"x07.index-catalog@0.1.0\",\"packages\":[", b->catalog) < 0)
		return err_sys(err, ERR_IO, CATALOG_PATH);
	return 0;
}

static int close_catalog(struct build *b, struct err *err)
{
	FILE *file = TAKE(b->catalog);
	bool ok = fputs("\n]}\n", file) >= 0;

	ok = fclose(file) == 0 && ok;
	return ok ? build_replace(b, CATALOG_PATH ".tmp", CATALOG_PATH, err)
		  : err_sys(err, ERR_IO, CATALOG_PATH);
}

static void build_clear(struct build *b)
{
	if (b->catalog != NULL) {
		(void)fclose(b->catalog);
		(void)unlinkat(b->out_fd, CATALOG_PATH ".tmp", 0);
	}
	base_free_ptr(&b->passed_over);
	build_sorter_free(b->records);
	build_sorter_free(b->names);
	build_rotations_clear(&b->rotations);
	base_close_fd(&b->out_fd);
}

static int open_output(struct build *b, struct err *err)
{
	int rc = file_mkdirs(b->o->output, err);

	if (rc < 0)
		return rc;
	b->out_fd = open(b->o->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->out_fd < 0)
		return err_sys(err, ERR_IO, "%s", b->o->output);
	return 0;
}

int build_registry(struct build_result *out, const struct build_options *options, struct err *err)
{
	CLEANUP(build_clear) struct build b = {.o = options, .out_fd = -1};
	int rc = open_output(&b, err);

	if (rc == 0 && options->seed != NULL)
		rc = registry_sign_public(b.public_key, options->seed, err);
	if (rc < 0)
		return rc;
	b.records = build_sorter_new(
	    options->output, options->memory > 0 ? options->memory : DEFAULT_MEMORY);
	b.names = build_sorter_new(options->output, NAME_SORT_MEMORY);
	rc = build_read_input(&b, err);
	if (rc == 0)
		rc = build_check_keys(&b, err);
	if (rc == 0)
		rc = open_catalog(&b, err);
	if (rc == 0)
		rc = merge(&b, err);
	if (rc == 0)
		rc = close_catalog(&b, err);
	if (rc == 0)
		rc = build_write_config(&b, err);
	if (rc == 0)
		rc = options->seed != NULL ? write_snapshot(&b, err) : build_sync(&b, err);
	if (rc == 0)
		*out = b.result;
	return rc;
}

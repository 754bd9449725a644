/* SPDX-License-Identifier: MIT */
/*
 * The signed snapshot of an index: reading, writing, believing it. Two levels, so that a client of
 * a registry with many packages fetches one small document and one small list for each package.
 */
#include "registry/snapshot.h"

#include "registry/codes.h"
#include "registry/read.h"
#include "registry/sign.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define SCHEMA "x07.index-snapshot@0.1.0"
#define INVALID REGISTRY_CODE(SNAPSHOT_INVALID)
#define SIGNATURES_MAX 16
#define TIME_SIZE 32

void registry_snapshot_clear(struct registry_snapshot *snapshot)
{
	arena_clear(&snapshot->arena);
	memset(snapshot, 0, sizeof(*snapshot));
}

static const char *read_buckets(struct registry_snapshot *s, const struct json *root)
{
	const struct json *bits = json_get(root, "bits");
	const char *text = registry_read_member(&s->arena, root, "buckets");
	uint8_t *bytes;
	size_t size;

	if (!bits || bits->kind != JSON_INT || bits->integer < 0 ||
	    bits->integer > REGISTRY_BUCKET_BITS_MAX)
		return "`bits` must be a number from 0 to 16";
	s->bits = (uint32_t)bits->integer;
	size = (size_t)SHA256_BYTES << s->bits;
	bytes = arena_alloc(&s->arena, size);
	if (!registry_read_base64(bytes, size, text))
		return "`buckets` must be 32 bytes for each bucket as base64";
	s->buckets = bytes;
	return NULL;
}

static const char *read_signatures(struct registry_snapshot *s, const struct json *root)
{
	const struct json *list = json_get(root, "signatures");

	if (!list || list->kind != JSON_ARRAY || list->count > SIGNATURES_MAX)
		return "`signatures` must be an array of at most 16";
	s->signatures = arena_alloc(&s->arena, (list->count + 1) * sizeof(*s->signatures));
	for (uint32_t i = 0; i < list->count; i++) {
		const char *fault =
		    registry_read_signature(&s->signatures[i], &s->arena, &list->items[i]);

		if (fault)
			return fault;
		s->signature_count++;
	}
	return NULL;
}

static const char *read_numbers(struct registry_snapshot *s, const struct json *root)
{
	const struct json *version = json_get(root, "version");
	const struct json *packages = json_get(root, "packages");

	if (!version || version->kind != JSON_INT || version->integer < 1)
		return "`version` must be a number from 1";
	if (!packages || packages->kind != JSON_INT || packages->integer < 0)
		return "`packages` must be a number";
	s->version = (uint64_t)version->integer;
	s->packages = (uint64_t)packages->integer;
	return NULL;
}

static const char *read_document(struct registry_snapshot *s, const struct json *root)
{
	const char *fault;
	size_t len;

	if (!json_is(json_get(root, "schema_version"), SCHEMA))
		return "its schema is not " SCHEMA;
	s->registry = registry_read_member(&s->arena, root, "registry");
	len = s->registry ? strlen(s->registry) : 0;
	if (len == 0 || len > 128 || strpbrk(s->registry, "\n\r"))
		return "`registry` must be a text of 1 to 128 bytes in one line";
	if (!registry_read_time(&s->issued_s, registry_read_member(&s->arena, root, "issued_at")) ||
	    !registry_read_time(&s->expires_s, registry_read_member(&s->arena, root, "expires_at")))
		return "`issued_at` and `expires_at` must be times such as 2026-01-31T12:00:00Z";
	fault = read_numbers(s, root);
	if (!fault)
		fault = read_buckets(s, root);
	return fault ? fault : read_signatures(s, root);
}

int registry_snapshot_parse(
    struct registry_snapshot *out, const char *text, size_t len, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	const struct json_options options = {.max_depth = 16, .max_nodes = 1000};
	struct registry_snapshot s = {0};
	struct json_fault fault = {0};
	const struct json *root = NULL;
	const char *why;

	arena_init(&scratch, REGISTRY_SNAPSHOT_MAX * 2);
	if (len > REGISTRY_SNAPSHOT_MAX)
		return err_code(err, ERR_PKG, INVALID, "snapshot: larger than 8 MiB");
	if (json_parse(&root, &scratch, text, len, &options, &fault) < 0)
		return err_code(
		    err, ERR_PKG, INVALID, "snapshot: not a JSON document: %s", fault.message);
	why = read_document(&s, root);
	if (why) {
		registry_snapshot_clear(&s);
		return err_code(err, ERR_PKG, INVALID, "snapshot: %s", why);
	}
	*out = s;
	return 0;
}

static const char *print_time(char out[TIME_SIZE], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm = {0};

	(void)gmtime_r(&when, &tm);
	(void)strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

void registry_snapshot_message(struct buf *out, const struct registry_snapshot *snapshot)
{
	char issued[TIME_SIZE];
	char expires[TIME_SIZE];
	char buckets[SHA256_HEX_SIZE];

	sha256_text(buckets, snapshot->buckets, (size_t)SHA256_BYTES << snapshot->bits);
	buf_printf(out,
	    "x07.index.snapshot.v1\nregistry=%s\nversion=%" PRIu64 "\nissued_at=%s\nexpires_at=%s\n"
	    "packages=%" PRIu64 "\nbits=%u\nbuckets=%s\n",
	    snapshot->registry, snapshot->version, print_time(issued, snapshot->issued_s),
	    print_time(expires, snapshot->expires_s), snapshot->packages, snapshot->bits, buckets);
}

static void print_signature(struct jsonw *w, const struct registry_signature *signature)
{
	jsonw_object(w);
	jsonw_kv_string(w, "kind", signature->kind);
	jsonw_kv_string(w, "key_id", signature->key_id);
	jsonw_key(w, "ed25519_sig");
	jsonw_base64(w, signature->sig, sizeof(signature->sig));
	jsonw_end_object(w);
}

void registry_snapshot_print(struct buf *out, const struct registry_snapshot *snapshot)
{
	struct jsonw w = jsonw_init(out, false);
	char when[TIME_SIZE];

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", SCHEMA);
	jsonw_kv_string(&w, "registry", snapshot->registry);
	jsonw_kv_int(&w, "version", (int64_t)snapshot->version);
	jsonw_kv_string(&w, "issued_at", print_time(when, snapshot->issued_s));
	jsonw_kv_string(&w, "expires_at", print_time(when, snapshot->expires_s));
	jsonw_kv_int(&w, "packages", (int64_t)snapshot->packages);
	jsonw_kv_int(&w, "bits", snapshot->bits);
	jsonw_key(&w, "buckets");
	jsonw_base64(&w, snapshot->buckets, (size_t)SHA256_BYTES << snapshot->bits);
	jsonw_key(&w, "signatures");
	jsonw_array(&w);
	for (uint32_t i = 0; i < snapshot->signature_count; i++)
		print_signature(&w, &snapshot->signatures[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static bool is_signed(const struct registry_trust *trust, const struct registry_snapshot *snapshot)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);

	registry_snapshot_message(&message, snapshot);
	for (uint32_t i = 0; i < snapshot->signature_count; i++) {
		const struct registry_signature *s = &snapshot->signatures[i];
		const struct registry_key *key =
		    s->well_formed ? registry_trust_key(trust, s->key_id) : NULL;

		if (key && registry_sign_verify(key->pub, s->sig, message.data, message.len))
			return true;
	}
	return false;
}

static int check_replay(const struct registry_trust *trust, const struct registry_snapshot *s,
    int64_t now_s, struct err *err)
{
	char when[TIME_SIZE];

	if (trust->snapshot_version > 0 && strcmp(trust->snapshot_registry, s->registry) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_REPLAYED),
		    "the snapshot is of registry \"%s\", not of \"%s\" as before", s->registry,
		    trust->snapshot_registry);
	if (s->version < trust->snapshot_version)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_REPLAYED),
		    "the index is older than the one seen before: snapshot %" PRIu64
		    ", seen %" PRIu64,
		    s->version, trust->snapshot_version);
	if (now_s < s->issued_s - REGISTRY_SNAPSHOT_SKEW_S)
		return err_code(err, ERR_PKG, REGISTRY_CODE(CLOCK),
		    "the snapshot is of %s, which is in the future: is the clock of this machine "
		    "right?",
		    print_time(when, s->issued_s));
	if (now_s > s->expires_s)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_EXPIRED),
		    "the snapshot was valid until %s: an old index is being served, or the clock "
		    "of this machine is wrong",
		    print_time(when, s->expires_s));
	return 0;
}

int registry_snapshot_check(struct registry_trust *trust, const struct registry_snapshot *snapshot,
    int64_t now_s, struct err *err)
{
	int rc;

	if (!is_signed(trust, snapshot))
		return err_code(err, ERR_PKG, INVALID,
		    "snapshot %" PRIu64 ": no valid signature of a trusted key", snapshot->version);
	rc = check_replay(trust, snapshot, now_s, err);
	if (rc < 0)
		return rc;
	trust->snapshot_version = snapshot->version;
	memcpy(trust->snapshot_registry, snapshot->registry, strlen(snapshot->registry) + 1);
	return 0;
}

uint32_t registry_bucket_of(const char *name, uint32_t bits)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;
	uint32_t head;

	sha256_init(&h);
	sha256_add(&h, name, strlen(name));
	sha256_end(&h, digest);
	head = (uint32_t)digest[0] << 16 | (uint32_t)digest[1] << 8 | digest[2];
	return head >> (24 - bits);
}

uint32_t registry_bucket_bits(uint64_t packages)
{
	uint32_t bits = 0;

	while (
	    bits < REGISTRY_BUCKET_BITS_MAX && packages > (uint64_t)REGISTRY_BUCKET_WANTED << bits)
		bits++;
	return bits;
}

void registry_digest_path(struct buf *out, const uint8_t digest[SHA256_BYTES])
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(hex, digest);
	buf_printf(out, "snapshot/%.2s/%s", hex, hex);
}

void registry_bucket_print(
    struct buf *out, const char *name, const uint8_t index_sha256[SHA256_BYTES])
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(hex, index_sha256);
	buf_printf(out, "%s %s\n", hex, name);
}

static void digest_of(uint8_t out[SHA256_BYTES], struct str text)
{
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, text.ptr, text.len);
	sha256_end(&h, out);
}

static int mismatch(struct err *err, const char *what, const uint8_t want[SHA256_BYTES],
    const uint8_t got[SHA256_BYTES])
{
	char want_hex[SHA256_HEX_SIZE];
	char got_hex[SHA256_HEX_SIZE];

	sha256_hex(want_hex, want);
	sha256_hex(got_hex, got);
	return err_code(err, ERR_PKG, REGISTRY_CODE(SNAPSHOT_MISMATCH),
	    "%s: sha256 %s, the snapshot says %s", what, got_hex, want_hex);
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(uint8_t out[SHA256_BYTES], const char *hex)
{
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = nibble(hex[2 * i]);
		int low = nibble(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Grammar of a bucket: *( 64HEXDIG SP name LF ) */
static bool find_line(uint8_t out[SHA256_BYTES], struct str bucket, const char *name)
{
	const char *at = bucket.ptr;
	const char *end = at + bucket.len;
	size_t len = strlen(name);
	const size_t digits = SHA256_HEX_SIZE - 1;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop)
			return false;
		if ((size_t)(stop - at) == digits + 1 + len && at[digits] == ' ' &&
		    memcmp(at + digits + 1, name, len) == 0)
			return read_hex(out, at);
		at = stop + 1;
	}
	return false;
}

int registry_snapshot_find(uint8_t out[SHA256_BYTES], const struct registry_snapshot *snapshot,
    const char *name, struct str bucket, struct err *err)
{
	uint32_t at = registry_bucket_of(name, snapshot->bits);
	const uint8_t *want = snapshot->buckets + (size_t)at * SHA256_BYTES;
	uint8_t got[SHA256_BYTES];

	digest_of(got, bucket);
	if (memcmp(want, got, SHA256_BYTES) != 0)
		return mismatch(err, "list of packages", want, got);
	if (!find_line(out, bucket, name))
		return err_set(err, ERR_NOT_FOUND, "%s: not in the registry", name);
	return 0;
}

int registry_snapshot_match(
    const uint8_t want[SHA256_BYTES], const char *name, struct str file, struct err *err)
{
	CLEANUP(buf_clear) struct buf what = buf_init(1024);
	uint8_t got[SHA256_BYTES];

	digest_of(got, file);
	if (memcmp(want, got, SHA256_BYTES) == 0)
		return 0;
	buf_printf(&what, "index of %s", name);
	return mismatch(err, what.data, want, got);
}

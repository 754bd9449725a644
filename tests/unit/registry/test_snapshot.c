/* SPDX-License-Identifier: MIT */
/* Snapshots: believed when signed and fresh, refused when replayed, expired or of others. */
#include "registry/sign.h"
#include "registry/snapshot.h"
#include "registry/trust.h"
#include "registry/types.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define PACKAGES 300

/** A registry of packages p0.. with index files of known digests. */
struct shelf {
	struct registry_snapshot snapshot;
	struct registry_signature signature;
	struct buf *lists; /* one for each bucket */
	uint8_t *digests;
};

static void shelf_clear(struct shelf *s)
{
	for (uint32_t i = 0; s->lists && i < 1u << s->snapshot.bits; i++)
		buf_clear(&s->lists[i]);
	free(s->lists);
	free(s->digests);
}

static void sha(uint8_t out[SHA256_BYTES], const void *data, size_t len)
{
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, data, len);
	sha256_end(&h, out);
}

static void sign(struct shelf *s)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);
	const uint8_t seed[32] = {1};
	struct err err = {0};

	registry_snapshot_message(&message, &s->snapshot);
	ck_rc(registry_sign_make(s->signature.sig, seed, message.data, message.len, &err), 0, &err);
}

static struct registry_trust trust(void)
{
	struct registry_trust t = {.key_count = 1, .required = true, .keys = {{.id = "k1"}}};
	const uint8_t seed[32] = {1};
	struct err err = {0};

	ck_rc(registry_sign_public(t.keys[0].pub, seed, &err), 0, &err);
	return t;
}

static void shelf_make(struct shelf *s, uint64_t version)
{
	const uint32_t bits = registry_bucket_bits(PACKAGES);

	s->snapshot = (struct registry_snapshot){.registry = "test",
	    .version = version,
	    .issued_s = NOW,
	    .expires_s = NOW + INT64_C(7) * 86400,
	    .packages = PACKAGES,
	    .bits = bits};
	s->lists = base_calloc(1u << bits, sizeof(*s->lists));
	s->digests = base_calloc(1u << bits, SHA256_BYTES);
	for (uint32_t i = 0; i < 1u << bits; i++)
		s->lists[i] = buf_init(REGISTRY_BUCKET_MAX);
	for (unsigned n = 0; n < PACKAGES; n++) {
		uint8_t digest[SHA256_BYTES];
		char name[16];

		(void)snprintf(name, sizeof(name), "p%u", n);
		sha(digest, name, strlen(name));
		registry_bucket_print(&s->lists[registry_bucket_of(name, bits)], name, digest);
	}
	for (uint32_t i = 0; i < 1u << bits; i++)
		sha(s->digests + (size_t)i * SHA256_BYTES, s->lists[i].data, s->lists[i].len);
	s->snapshot.buckets = s->digests;
	s->signature =
	    (struct registry_signature){.kind = "ed25519", .key_id = "k1", .well_formed = true};
	s->snapshot.signatures = &s->signature;
	s->snapshot.signature_count = 1;
	sign(s);
}

static struct str list_of(struct shelf *s, const char *name)
{
	struct buf *list = &s->lists[registry_bucket_of(name, s->snapshot.bits)];

	return (struct str){list->data, (uint32_t)list->len};
}

START_TEST(snapshot_is_written_read_and_believed)
{
	CLEANUP(shelf_clear) struct shelf s = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_SNAPSHOT_MAX);
	CLEANUP(registry_snapshot_clear) struct registry_snapshot read = {0};
	struct registry_trust t = trust();
	uint8_t want[SHA256_BYTES];
	struct err err = {0};

	shelf_make(&s, 5);
	ck_assert_uint_eq(s.snapshot.bits, 3);
	registry_snapshot_print(&text, &s.snapshot);
	ck_rc(registry_snapshot_parse(&read, text.data, text.len, &err), 0, &err);
	ck_assert_int_eq(read.issued_s, NOW);
	ck_rc(registry_snapshot_check(&t, &read, NOW + 60, &err), 0, &err);
	ck_assert_uint_eq(t.snapshot_version, 5);
	ck_assert_str_eq(t.snapshot_registry, "test");
	for (unsigned n = 0; n < PACKAGES; n++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "p%u", n);
		ck_rc(registry_snapshot_find(want, &read, name, list_of(&s, name), &err), 0, &err);
		ck_rc(registry_snapshot_match(want, name, str_c(name), &err), 0, &err);
	}
	ck_rc(
	    registry_snapshot_find(want, &read, "p", list_of(&s, "p"), &err), ERR_NOT_FOUND, &err);
	ck_rc(registry_snapshot_match(want, "p", STR("older"), &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SNAPSHOT_MISMATCH");
}
END_TEST

START_TEST(bucket_with_a_changed_byte_is_refused)
{
	CLEANUP(shelf_clear) struct shelf s = {0};
	uint8_t want[SHA256_BYTES];
	struct str list;
	struct err err = {0};

	shelf_make(&s, 5);
	list = list_of(&s, "p7");
	for (uint32_t i = 0; i < list.len; i++) {
		((char *)(uintptr_t)list.ptr)[i] ^= 1;
		ck_rc(registry_snapshot_find(want, &s.snapshot, "p7", list, &err), ERR_PKG, &err);
		ck_assert_str_eq(err_shown(&err), "X07PKG_SNAPSHOT_MISMATCH");
		((char *)(uintptr_t)list.ptr)[i] ^= 1;
	}
}
END_TEST

START_TEST(snapshot_with_a_changed_byte_is_refused)
{
	CLEANUP(shelf_clear) struct shelf s = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_SNAPSHOT_MAX);
	struct registry_trust t = trust();
	struct registry_trust before = t;
	unsigned same = 0;

	shelf_make(&s, 5);
	registry_snapshot_print(&text, &s.snapshot);
	for (size_t i = 0; i < text.len; i++) {
		CLEANUP(registry_snapshot_clear) struct registry_snapshot read = {0};
		struct err err = {0};
		int rc;

		text.data[i] ^= 1;
		rc = registry_snapshot_parse(&read, text.data, text.len, &err);
		if (rc == 0)
			rc = registry_snapshot_check(&t, &read, NOW + 60, &err);
		/* The line feed at the end may be another blank. */
		same += rc == 0;
		ck_assert(rc == 0 ? i == text.len - 1 : rc == ERR_PKG);
		ck_assert_msg(rc == 0 || strcmp(err_shown(&err), "X07PKG_SNAPSHOT_INVALID") == 0,
		    "byte %zu: %s", i, err_shown(&err));
		text.data[i] ^= 1;
	}
	ck_assert_uint_le(same, 1);
	ck_assert_mem_eq(&before, &t, sizeof(t));
}
END_TEST

/* clang-format off */
static const struct {
	uint64_t seen;
	const char *registry;
	int64_t now;
	const char *code; /* NULL: believed */
} moments[] = {
	{ 5, "test", NOW, NULL },
	{ 4, "test", NOW, NULL },
	{ 6, "test", NOW, "X07PKG_SNAPSHOT_REPLAYED" },
	{ 1, "other", NOW, "X07PKG_SNAPSHOT_REPLAYED" },
	{ 0, "", NOW + INT64_C(7) * 86400, NULL },
	{ 0, "", NOW + INT64_C(7) * 86400 + 1, "X07PKG_SNAPSHOT_EXPIRED" },
	{ 0, "", NOW - 86400, NULL },
	{ 0, "", NOW - 86401, "X07PKG_CLOCK" },
	{ 0, "", 0, "X07PKG_CLOCK" },
};
/* clang-format on */

START_TEST(snapshot_is_judged_by_what_was_seen_and_by_the_clock)
{
	CLEANUP(shelf_clear) struct shelf s = {0};
	struct registry_trust t = trust();
	struct err err = {0};
	int rc;

	shelf_make(&s, 5);
	t.snapshot_version = moments[_i].seen;
	memcpy(t.snapshot_registry, moments[_i].registry, strlen(moments[_i].registry) + 1);
	rc = registry_snapshot_check(&t, &s.snapshot, moments[_i].now, &err);
	ck_rc(rc, moments[_i].code ? ERR_PKG : 0, &err);
	if (moments[_i].code)
		ck_assert_str_eq(err_shown(&err), moments[_i].code);
	ck_assert_uint_eq(t.snapshot_version, moments[_i].code ? moments[_i].seen : 5);
}
END_TEST

START_TEST(snapshot_of_an_unknown_key_is_refused)
{
	CLEANUP(shelf_clear) struct shelf s = {0};
	struct registry_trust t = trust();
	struct err err = {0};

	shelf_make(&s, 5);
	s.signature.key_id = "k2";
	ck_rc(registry_snapshot_check(&t, &s.snapshot, NOW, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SNAPSHOT_INVALID");
	s.snapshot.signature_count = 0;
	ck_rc(registry_snapshot_check(&t, &s.snapshot, NOW, &err), ERR_PKG, &err);
}
END_TEST

START_TEST(buckets_grow_with_the_registry)
{
	ck_assert_uint_eq(registry_bucket_bits(0), 0);
	ck_assert_uint_eq(registry_bucket_bits(64), 0);
	ck_assert_uint_eq(registry_bucket_bits(65), 1);
	ck_assert_uint_eq(registry_bucket_bits(100000), 11);
	ck_assert_uint_eq(registry_bucket_bits(UINT64_MAX), 16);
	ck_assert_uint_eq(registry_bucket_of("anything", 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/snapshot");
	TCase *t = tcase_create("all");

	tcase_add_test(t, snapshot_is_written_read_and_believed);
	tcase_add_test(t, bucket_with_a_changed_byte_is_refused);
	tcase_add_test(t, snapshot_with_a_changed_byte_is_refused);
	tcase_add_loop_test(
	    t, snapshot_is_judged_by_what_was_seen_and_by_the_clock, 0, (int)ARRAY_LEN(moments));
	tcase_add_test(t, snapshot_of_an_unknown_key_is_refused);
	tcase_add_test(t, buckets_grow_with_the_registry);
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* Signatures, and which keys are trusted after what. */
#include "base/base64.h"
#include "registry/sign.h"
#include "registry/trust.h"
#include "registry/types.h"
#include "tests/support/support.h"

#include <string.h>

#define PUB "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
#define SIG                                                                                        \
	"xtBMrUBroSAAGHcINSPu3b83nNVIWXX2iXcdtpbvK24uMBOeEOfuxdbOMOn1xD9mvRRPew/"                  \
	"7eKOo14txQ3BaBQ=="
#define AB32 "abababababababababababababababababababababababababababababababab"

static void seed_of(uint8_t seed[32], uint8_t first)
{
	for (uint8_t i = 0; i < 32; i++)
		seed[i] = (uint8_t)(first + i);
}

static struct registry_key key_of(const char *id, uint8_t first)
{
	struct registry_key key = {0};
	uint8_t seed[32];
	struct err err = {0};

	memcpy(key.id, id, strlen(id) + 1);
	seed_of(seed, first);
	ck_rc(registry_sign_public(key.pub, seed, &err), 0, &err);
	return key;
}

/* Source of the values: docs/spec/packages.md 14, signature. */
START_TEST(signature_is_that_of_the_vector)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);
	CLEANUP(buf_clear) struct buf text = buf_init(1024);
	uint8_t seed[32], pub[32], sig[64];
	char hex[SHA256_HEX_SIZE];
	struct err err = {0};

	seed_of(seed, 0);
	registry_sign_message(&message, "demo", "1.2.3", AB32);
	ck_assert_uint_eq(message.len, 111);
	sha256_text(hex, message.data, message.len);
	ck_assert_str_eq(hex, "18233c2b13c478ee4d8b8deb672a5ebe675c3b178363c6338f027a502d0dd89b");
	ck_rc(registry_sign_public(pub, seed, &err), 0, &err);
	buf_put_base64(&text, pub, sizeof(pub));
	ck_assert_str_eq(text.data, PUB);
	ck_rc(registry_sign_make(sig, seed, message.data, message.len, &err), 0, &err);
	buf_reset(&text);
	buf_put_base64(&text, sig, sizeof(sig));
	ck_assert_str_eq(text.data, SIG);
	ck_assert(registry_sign_verify(pub, sig, message.data, message.len));
}
END_TEST

START_TEST(one_changed_bit_makes_a_signature_invalid)
{
	static const char message[] = "message";
	uint8_t seed[32], pub[32], sig[64];
	struct err err = {0};

	seed_of(seed, 9);
	ck_rc(registry_sign_public(pub, seed, &err), 0, &err);
	ck_rc(registry_sign_make(sig, seed, message, 7, &err), 0, &err);
	for (size_t i = 0; i < sizeof(sig) * 8; i++) {
		sig[i / 8] ^= (uint8_t)(1u << (i % 8));
		ck_assert(!registry_sign_verify(pub, sig, message, 7));
		sig[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	ck_assert(registry_sign_verify(pub, sig, message, 7));
	ck_assert(!registry_sign_verify(pub, sig, message, 6));
}
END_TEST

START_TEST(key_file_holds_32_bytes_of_base64)
{
	static const char *const bad[] = {"", "AAAA", "zzz", PUB "AAAA"};
	uint8_t seed[32];
	struct err err = {0};

	ck_rc(registry_sign_read_seed(seed, PUB "\n", sizeof(PUB), &err), 0, &err);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_rc(
		    registry_sign_read_seed(seed, bad[i], strlen(bad[i]), &err), ERR_FORMAT, &err);
}
END_TEST

/** A registry as config.json shows it, in a test. */
struct shown {
	struct registry_key keys[3];
	struct registry_rotation rotations[2];
	struct registry_config config;
};

static void show(struct shown *s, uint32_t count, const struct registry_key *keys)
{
	for (uint32_t i = 0; i < count; i++)
		s->keys[i] = keys[i];
	s->config.keys = s->keys;
	s->config.key_count = count;
	s->config.is_signed = count > 0;
	s->config.signing_kind = count > 0 ? "ed25519" : NULL;
	s->config.rotations = s->rotations;
}

static void rotate(struct shown *s, struct registry_key key, const char *by, uint8_t by_first)
{
	CLEANUP(buf_clear) struct buf message = buf_init(512);
	struct registry_rotation *r = &s->rotations[s->config.rotation_count++];
	uint8_t seed[32];
	struct err err = {0};

	r->key = key;
	r->by.kind = "ed25519";
	r->by.key_id = by;
	r->by.well_formed = true;
	seed_of(seed, by_first);
	registry_rotation_message(&message, &key);
	ck_rc(registry_sign_make(r->by.sig, seed, message.data, message.len, &err), 0, &err);
}

START_TEST(keys_are_taken_on_first_use_and_kept)
{
	struct registry_key keys[2] = {key_of("k1", 0), key_of("k2", 1)};
	struct registry_trust_change change = {0};
	struct registry_trust t = {0};
	struct shown s = {0};
	struct err err = {0};

	show(&s, 1, keys);
	ck_rc(registry_trust_update(&t, &t, &s.config, &change, &err), 0, &err);
	ck_assert(change.first_use && t.required);
	ck_assert_uint_eq(t.key_count, 1);
	/* A key that nobody vouches for is not taken in. */
	show(&s, 2, keys);
	ck_rc(registry_trust_update(&t, &t, &s.config, &change, &err), 0, &err);
	ck_assert(!change.first_use);
	ck_assert_uint_eq(t.key_count, 1);
	ck_assert_str_eq(t.keys[0].id, "k1");
}
END_TEST

START_TEST(changed_or_missing_keys_are_refused)
{
	struct registry_key k1 = key_of("k1", 0), other = key_of("k1", 5), k2 = key_of("k2", 1);
	struct registry_trust t = {0};
	struct registry_trust before;
	struct shown s = {0};
	struct err err = {0};

	show(&s, 1, &k1);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), 0, &err);
	before = t;
	show(&s, 1, &other);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_KEY_CHANGED");
	show(&s, 1, &k2);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_KEY_MISSING");
	show(&s, 0, NULL);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_UNSIGNED");
	s.config.signing_kind = "rot13";
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_UNSUPPORTED");
	ck_assert_mem_eq(&before, &t, sizeof(t));
}
END_TEST

START_TEST(rotation_leads_from_a_known_key_to_a_new_one)
{
	struct registry_key k1 = key_of("k1", 0), k2 = key_of("k2", 1), k3 = key_of("k3", 2);
	struct registry_key now[2] = {k2, k3};
	struct registry_trust_change change = {0};
	struct registry_trust t = {0};
	struct shown s = {0};
	struct err err = {0};

	show(&s, 1, &k1);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), 0, &err);
	show(&s, 2, now);
	rotate(&s, k3, "k2", 1); /* a chain: k1 -> k2 -> k3, in the other order */
	rotate(&s, k2, "k1", 0);
	ck_rc(registry_trust_update(&t, &t, &s.config, &change, &err), 0, &err);
	ck_assert_uint_eq(change.added_keys, 2);
	ck_assert_uint_eq(t.key_count, 2);
	ck_assert_ptr_null(registry_trust_key(&t, "k1")); /* retired */
}
END_TEST

START_TEST(rotation_signed_by_a_stranger_is_nothing)
{
	struct registry_key k1 = key_of("k1", 0), k2 = key_of("k2", 1);
	struct registry_trust t = {0};
	struct shown s = {0};
	struct err err = {0};

	show(&s, 1, &k1);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), 0, &err);
	show(&s, 1, &k2);
	rotate(&s, k2, "k1", 7);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_KEY_MISSING");
}
END_TEST

START_TEST(configured_keys_take_nothing_from_the_registry)
{
	struct registry_key k1 = key_of("k1", 0), k2 = key_of("k2", 1);
	struct registry_trust t = {.keys = {k1}, .key_count = 1, .configured = true};
	struct shown s = {0};
	struct err err = {0};

	show(&s, 1, &k2);
	rotate(&s, k2, "k1", 0);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), 0, &err);
	ck_assert_uint_eq(t.key_count, 1);
	ck_assert(t.required);
}
END_TEST

START_TEST(snapshot_that_is_gone_is_refused)
{
	struct registry_trust t = {.snapshot_version = 3, .snapshot_registry = "r"};
	struct shown s = {0};
	struct err err = {0};

	show(&s, 0, NULL);
	ck_rc(registry_trust_update(&t, &t, &s.config, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SNAPSHOT_MISSING");
}
END_TEST

static struct registry_version signed_version(uint8_t first)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);
	struct registry_version v = {.name = "demo", .version = "1.2.3", .cksum = AB32};
	uint8_t seed[32];
	struct err err = {0};

	seed_of(seed, first);
	registry_sign_message(&message, v.name, v.version, v.cksum);
	v.signature.kind = "ed25519";
	v.signature.key_id = "k1";
	v.signature.well_formed = true;
	ck_rc(registry_sign_make(v.signature.sig, seed, message.data, message.len, &err), 0, &err);
	return v;
}

START_TEST(version_is_checked_against_trusted_keys)
{
	struct registry_trust t = {.keys = {key_of("k1", 0)}, .key_count = 1, .required = true};
	struct registry_version v = signed_version(0);
	struct err err = {0};

	ck_rc(registry_trust_check(&t, &v, &err), 0, &err);
	v.cksum = "bbababababababababababababababababababababababababababababababab";
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_INVALID");
	v = signed_version(0);
	v.version = "1.2.4";
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_INVALID");
	v = signed_version(0);
	v.signature.key_id = "k2";
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_KEY_MISSING");
	v.signature.kind = "rot13";
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_UNSUPPORTED");
	v.signature.kind = NULL;
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_UNSIGNED");
	v = signed_version(0);
	v.signature.well_formed = false;
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_SIGNATURE_INVALID");
}
END_TEST

START_TEST(unsigned_registry_needs_no_signature)
{
	struct registry_trust t = {0};
	struct registry_version v = {.name = "demo", .version = "1.2.3", .cksum = AB32};
	struct err err = {0};

	ck_rc(registry_trust_check(&t, &v, &err), 0, &err);
	t.required = true;
	ck_rc(registry_trust_check(&t, &v, &err), ERR_PKG, &err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/sign");
	TCase *t = tcase_create("all");

	tcase_add_test(t, signature_is_that_of_the_vector);
	tcase_add_test(t, one_changed_bit_makes_a_signature_invalid);
	tcase_add_test(t, key_file_holds_32_bytes_of_base64);
	tcase_add_test(t, keys_are_taken_on_first_use_and_kept);
	tcase_add_test(t, changed_or_missing_keys_are_refused);
	tcase_add_test(t, rotation_leads_from_a_known_key_to_a_new_one);
	tcase_add_test(t, rotation_signed_by_a_stranger_is_nothing);
	tcase_add_test(t, configured_keys_take_nothing_from_the_registry);
	tcase_add_test(t, snapshot_that_is_gone_is_refused);
	tcase_add_test(t, version_is_checked_against_trusted_keys);
	tcase_add_test(t, unsigned_registry_needs_no_signature);
	suite_add_tcase(s, t);
	return test_main(s);
}

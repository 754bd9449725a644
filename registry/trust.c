/* SPDX-License-Identifier: MIT */
/*
 * Which keys of a registry count. Whoever controls an index controls its config.json, so keys that
 * come from there are believed on first use only; after that a new key needs the word of an old
 * one.
 */
#include "registry/trust.h"

#include "registry/codes.h"
#include "registry/sign.h"

#include <string.h>

static const struct registry_key *find(
    const struct registry_key *keys, uint32_t count, const char *id)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(keys[i].id, id) == 0)
			return &keys[i];
	}
	return NULL;
}

static bool same(const struct registry_key *a, const struct registry_key *b)
{
	return memcmp(a->pub, b->pub, REGISTRY_ED25519_PUB) == 0;
}

const struct registry_key *registry_trust_key(const struct registry_trust *trust, const char *id)
{
	return find(trust->keys, trust->key_count, id);
}

static int refuse(struct err *err, const struct code *code, const char *what)
{
	return err_code(err, ERR_PKG, code, "%s", what);
}

/* What was promised before may not be missing now. */
static int check_downgrade(
    const struct registry_trust *known, const struct registry_config *config, struct err *err)
{
	bool was_signed = known->required || known->key_count > 0;

	if (config->signing_kind && strcmp(config->signing_kind, "ed25519") != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SIGNATURE_UNSUPPORTED),
		    "the registry signs with \"%.40s\", which this version does not know",
		    config->signing_kind);
	if (was_signed && !known->configured && !config->is_signed)
		return refuse(err, REGISTRY_CODE(UNSIGNED),
		    "the registry was signed before and offers no signing key now");
	if (known->snapshot_version > 0 && !config->has_snapshot)
		return refuse(err, REGISTRY_CODE(SNAPSHOT_MISSING),
		    "the registry published a snapshot before and has none now");
	for (uint32_t i = 0; i < config->key_count; i++) {
		const struct registry_key *old = registry_trust_key(known, config->keys[i].id);

		if (old && !same(old, &config->keys[i]))
			return err_code(err, ERR_PKG, REGISTRY_CODE(KEY_CHANGED),
			    "signing key %s is another one than before", old->id);
	}
	return 0;
}

static bool is_vouched_for(
    const struct registry_trust *trust, const struct registry_rotation *rotation)
{
	CLEANUP(buf_clear) struct buf message = buf_init(512);
	const struct registry_key *by = registry_trust_key(trust, rotation->by.key_id);

	if (!by || strcmp(rotation->by.kind, "ed25519") != 0)
		return false;
	registry_rotation_message(&message, &rotation->key);
	return registry_sign_verify(by->pub, rotation->by.sig, message.data, message.len);
}

/* Take in one more key that a trusted one vouches for; false when there is none. */
static bool add_rotated(struct registry_trust *trust, const struct registry_config *config)
{
	for (uint32_t i = 0; i < config->rotation_count; i++) {
		const struct registry_rotation *rotation = &config->rotations[i];

		if (trust->key_count == REGISTRY_KEYS_MAX)
			return false;
		if (registry_trust_key(trust, rotation->key.id) || !is_vouched_for(trust, rotation))
			continue;
		trust->keys[trust->key_count++] = rotation->key;
		return true;
	}
	return false;
}

static bool is_listed(const struct registry_config *config, const struct registry_key *key)
{
	const struct registry_key *listed = find(config->keys, config->key_count, key->id);

	return listed && same(listed, key);
}

/* Only what config.json still lists stays; returns how many do. */
static uint32_t drop_retired(struct registry_trust *trust, const struct registry_config *config)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < trust->key_count; i++) {
		struct registry_key key = trust->keys[i];

		if (is_listed(config, &key))
			trust->keys[kept++] = key;
	}
	trust->key_count = kept;
	return kept;
}

static void take_first(struct registry_trust *trust, const struct registry_config *config)
{
	for (uint32_t i = 0; i < config->key_count && i < REGISTRY_KEYS_MAX; i++)
		trust->keys[trust->key_count++] = config->keys[i];
}

int registry_trust_update(struct registry_trust *out, const struct registry_trust *known,
    const struct registry_config *config, struct registry_trust_change *change, struct err *err)
{
	struct registry_trust trust = *known;
	struct registry_trust_change seen = {0};
	int rc = check_downgrade(known, config, err);

	if (rc < 0)
		return rc;
	if (config->is_signed && !trust.configured && trust.key_count == 0) {
		take_first(&trust, config);
		seen.first_use = true;
	} else if (config->is_signed && !trust.configured) {
		while (add_rotated(&trust, config))
			seen.added_keys++;
		if (drop_retired(&trust, config) == 0)
			return refuse(err, REGISTRY_CODE(SIGNATURE_KEY_MISSING),
			    "none of the known signing keys is used by the registry any more");
	}
	trust.required = trust.required || trust.key_count > 0;
	*out = trust;
	if (change)
		*change = seen;
	return 0;
}

int registry_trust_check(
    const struct registry_trust *trust, const struct registry_version *v, struct err *err)
{
	CLEANUP(buf_clear) struct buf message = buf_init(1024);
	const struct registry_key *key;

	if (!trust->required && trust->key_count == 0)
		return 0;
	if (!v->signature.kind)
		return err_code(err, ERR_PKG, REGISTRY_CODE(UNSIGNED),
		    "%s@%s: not signed, although its registry signs", v->name, v->version);
	if (strcmp(v->signature.kind, "ed25519") != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SIGNATURE_UNSUPPORTED),
		    "%s@%s: signature of kind \"%.40s\"", v->name, v->version, v->signature.kind);
	key = registry_trust_key(trust, v->signature.key_id);
	if (!key)
		return err_code(err, ERR_PKG, REGISTRY_CODE(SIGNATURE_KEY_MISSING),
		    "%s@%s: signed with key %s, which is not trusted", v->name, v->version,
		    v->signature.key_id);
	registry_sign_message(&message, v->name, v->version, v->cksum);
	if (!v->signature.well_formed ||
	    !registry_sign_verify(key->pub, v->signature.sig, message.data, message.len))
		return err_code(err, ERR_PKG, REGISTRY_CODE(SIGNATURE_INVALID),
		    "%s@%s: the signature with key %s is not valid", v->name, v->version, key->id);
	return 0;
}

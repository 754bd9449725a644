/* SPDX-License-Identifier: MIT */
/*
 * config.json of a build: where archives are, which keys count, and how those who know an older key
 * get from it to the one that signs now. Source: docs/format/index.md, "config.json" and "keys".
 */

#include "registry/build/config_priv.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "registry/build/output_priv.h"
#include "registry/codes.h"
#include "registry/config.h"
#include "registry/read.h"
#include "registry/sign.h"
#include "registry/snapshot.h"
#include "registry/trust.h"

#include <string.h>

#define CONFIG_PATH "index/config.json"

void build_rotations_clear(struct build_rotations *r)
{
	arena_clear(&r->arena);
	base_free_ptr(&r->items);
	r->count = r->cap = 0;
}

int build_add_rotation(struct build *b, struct str text, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	struct build_rotations *r = &b->rotations;
	struct registry_rotation rotation = {0};
	struct json_fault fault = {0};
	const struct json *root = NULL;
	const char *wrong;

	arena_init(&scratch, (size_t)64 << 20);
	if (r->count == 0)
		arena_init(&r->arena, (size_t)1 << 20);
	if (json_parse(&root, &scratch, text.ptr, text.len, NULL, &fault) < 0)
		return err_set(err, ERR_FORMAT, "not a JSON document");
	wrong = registry_read_rotation(&rotation, &r->arena, root);
	if (wrong != NULL)
		return err_set(err, ERR_FORMAT, "%s", wrong);
	if (r->count == REGISTRY_KEYS_MAX)
		return err_set(err, ERR_FORMAT, "more than %u rotations", REGISTRY_KEYS_MAX);
	VEC_PUSH(r->items, r->count, r->cap, rotation);
	return 0;
}

/* ---- which keys the registry names ---- */

/** Keys as config.json lists them. */
struct keys {
	struct registry_key items[REGISTRY_KEYS_MAX + 1];
	uint32_t count;
};

static bool has_key(const struct keys *keys, const char *id)
{
	for (uint32_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->items[i].id, id) == 0)
			return true;
	}
	return false;
}

/* The key that signs, and those that it has announced: older ones are not named any more. */
static void list_keys(struct keys *out, const struct build *b)
{
	struct registry_key *own = &out->items[0];
	bool more = true;

	*out = (struct keys){.count = 1};
	memcpy(own->id, b->o->key_id, strnlen(b->o->key_id, REGISTRY_KEY_ID_MAX));
	memcpy(own->pub, b->public_key, sizeof(own->pub));
	while (more) {
		more = false;
		for (size_t i = 0; i < b->rotations.count; i++) {
			const struct registry_rotation *r = &b->rotations.items[i];

			if (out->count == REGISTRY_KEYS_MAX || has_key(out, r->key.id) ||
			    !has_key(out, r->by.key_id))
				continue;
			out->items[out->count++] = r->key;
			more = true;
		}
	}
}

/* Where the public half of the signing key is at hand; the client checks all of them. */
static int check_rotation(const struct build *b, const struct registry_rotation *r, struct err *err)
{
	CLEANUP(buf_clear) struct buf message = buf_init(512);
	const uint8_t *pub = strcmp(r->by.key_id, b->o->key_id) == 0 ? b->public_key : NULL;

	for (size_t i = 0; pub == NULL && i < b->rotations.count; i++) {
		if (strcmp(b->rotations.items[i].key.id, r->by.key_id) == 0)
			pub = b->rotations.items[i].key.pub;
	}
	registry_rotation_message(&message, &r->key);
	if (pub == NULL || registry_sign_verify(pub, r->by.sig, message.data, message.len))
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(REG_BAD_INPUT),
	    "rotations.ndjson: the signature of %s under key %s is not valid", r->by.key_id,
	    r->key.id);
}

/* ---- what clients make of it ---- */

static bool read_old(struct registry_config *out, const struct build *b)
{
	AUTO_FREE char *path = path_join(b->o->output, CONFIG_PATH);
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_CONFIG_MAX);
	struct err ignored = {0};

	return file_read(&text, path, &ignored) == 0 && text.data != NULL &&
	       registry_config_parse(out, text.data, text.len, &ignored) == 0;
}

/* Whoever knows the keys of the registry that is there must come to trust the one that signs now.
 */
static bool clients_follow(const struct registry_config *old, struct keys *keys, struct build *b)
{
	struct registry_config now = {.is_signed = true,
	    .has_snapshot = true,
	    .signing_kind = "ed25519",
	    .keys = keys->items,
	    .key_count = keys->count,
	    .rotations = b->rotations.items,
	    .rotation_count = (uint32_t)b->rotations.count};
	struct registry_trust trust = {0};
	struct err ignored = {0};
	const struct registry_key *key;

	if (registry_trust_update(&trust, &trust, old, NULL, &ignored) < 0 ||
	    registry_trust_update(&trust, &trust, &now, NULL, &ignored) < 0)
		return false;
	key = registry_trust_key(&trust, b->o->key_id);
	return key != NULL && memcmp(key->pub, b->public_key, sizeof(key->pub)) == 0;
}

static int keep_unsigned(const struct build *b, struct err *err)
{
	AUTO_FREE char *snapshot = path_join(b->o->output, "index/" REGISTRY_SNAPSHOT_NAME);

	if (!file_is_regular(snapshot))
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(UNSIGNED),
	    "%s is a signed registry, and whoever used it refuses an unsigned one; --key FILE "
	    "signs it again, another --out makes another registry",
	    b->o->output);
}

int build_check_keys(struct build *b, struct err *err)
{
	CLEANUP(registry_config_clear) struct registry_config old = {0};
	struct keys keys;
	int rc = 0;

	if (b->o->seed == NULL)
		return keep_unsigned(b, err);
	list_keys(&keys, b);
	for (size_t i = 0; rc == 0 && i < b->rotations.count; i++)
		rc = check_rotation(b, &b->rotations.items[i], err);
	if (rc < 0 || !read_old(&old, b) || !old.is_signed || clients_follow(&old, &keys, b))
		return rc;
	return err_code(err, ERR_PKG, REGISTRY_CODE(REG_KEY_CHANGED),
	    "%s is signed with another key, and whoever used it refuses %s; the key before can "
	    "vouch for a new one: x07 registry key --out NEW --key OLD --rotations "
	    "rotations.ndjson, beside the packages; if that key is lost, remove %s/" CONFIG_PATH
	    " and give clients the new key by hand",
	    b->o->output, b->o->key_id, b->o->output);
}

/* ---- writing ---- */

static void put_signing(struct jsonw *w, const struct build *b)
{
	struct keys keys;

	list_keys(&keys, b);
	jsonw_key(w, "signing");
	jsonw_object(w);
	jsonw_kv_string(w, "kind", "ed25519");
	jsonw_key(w, "public_keys");
	jsonw_array(w);
	for (uint32_t i = 0; i < keys.count; i++) {
		jsonw_object(w);
		registry_key_print(w, &keys.items[i]);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	if (b->rotations.count > 0) {
		jsonw_key(w, "rotations");
		jsonw_array(w);
		for (size_t i = 0; i < b->rotations.count; i++)
			registry_rotation_print(w, &b->rotations.items[i]);
		jsonw_end_array(w);
	}
	jsonw_end_object(w);
}

int build_write_config(struct build *b, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_CONFIG_MAX);
	struct jsonw w = jsonw_init(&text, true);

	jsonw_object(&w);
	jsonw_kv_string(&w, "dl", b->o->dl != NULL ? b->o->dl : "../dl/");
	if (b->o->api != NULL)
		jsonw_kv_string(&w, "api", b->o->api);
	jsonw_kv_bool(&w, "auth-required", false);
	jsonw_kv_bool(&w, "sparse", true);
	jsonw_kv_bool(&w, "snapshot", b->o->seed != NULL);
	if (b->o->seed != NULL)
		put_signing(&w, b);
	jsonw_end_object(&w);
	buf_putc(&text, '\n');
	return build_put(b, CONFIG_PATH, text.data, text.len, err);
}

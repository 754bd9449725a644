/* SPDX-License-Identifier: MIT */
/*
 * What was seen of a registry before: its keys, that it signs, and its last snapshot. One file for
 * each address in the user's folder. The registry that ships with the tool has none: its key is
 * compiled in. Source: docs/format/index.md, "keys".
 */
#include "registry/client/trust_seen.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "base/json.h"
#include "base/path.h"
#include "registry/bundled.h"
#include "registry/codes.h"

#include <stdio.h>
#include <string.h>

#define SCHEMA "x07.pkg.trust@0.1.0"
#define MAX_BYTES ((size_t)1 << 20)

static char *file_of(const struct client_settings *s)
{
	AUTO_FREE char *dir = client_home_path(s, "trust");
	char sha[SHA256_HEX_SIZE], name[64];

	sha256_text(sha, s->index_url, strlen(s->index_url));
	(void)snprintf(name, sizeof(name), "%.32s.json", sha);
	return path_join(dir, name);
}

static bool read_key(struct registry_trust *t, const struct json *v)
{
	CLEANUP(buf_clear) struct buf pub = buf_init(64);
	const struct json *id = json_get(v, "id"), *text = json_get(v, "ed25519_pub");
	struct registry_key *key = &t->keys[t->key_count];

	if (id == NULL || id->kind != JSON_STRING || id->text.len > REGISTRY_KEY_ID_MAX ||
	    text == NULL || text->kind != JSON_STRING ||
	    !buf_add_base64_decoded(&pub, text->text.ptr, text->text.len) ||
	    pub.len != sizeof(key->pub))
		return false;
	memcpy(key->id, id->text.ptr, id->text.len);
	memcpy(key->pub, pub.data, pub.len);
	t->key_count++;
	return true;
}

static bool read_trust(struct registry_trust *t, const struct json *doc)
{
	const struct json *keys = json_get(doc, "keys"), *required = json_get(doc, "required");
	const struct json *name = json_get(doc, "snapshot_registry");
	const struct json *version = json_get(doc, "snapshot_version");

	if (!json_is(json_get(doc, "schema_version"), SCHEMA) || keys == NULL ||
	    keys->kind != JSON_ARRAY || keys->count > REGISTRY_KEYS_MAX || required == NULL ||
	    name == NULL || name->kind != JSON_STRING ||
	    name->text.len >= sizeof(t->snapshot_registry) || version == NULL ||
	    version->kind != JSON_INT || version->integer < 0)
		return false;
	for (uint32_t i = 0; i < keys->count; i++) {
		if (!read_key(t, &keys->items[i]))
			return false;
	}
	t->required = required->kind == JSON_TRUE;
	memcpy(t->snapshot_registry, name->text.ptr, name->text.len);
	t->snapshot_version = (uint64_t)version->integer;
	return true;
}

int client_trust_load(struct registry_trust *out, const struct client_settings *s, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(MAX_BYTES);
	CLEANUP(arena_clear) struct arena arena = {0};
	AUTO_FREE char *path = file_of(s);
	struct registry_trust trust = {0};
	const struct json *doc = NULL;
	struct json_fault fault = {0};
	struct err inner = {0};
	int rc;

	if (s->embedded) {
		registry_bundled_trust(out);
		return 0;
	}
	rc = file_read(&text, path, &inner);
	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc < 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(TRUST_INVALID), "%s", inner.message);
	if (json_parse(&doc, &arena, buf_str(&text), text.len, NULL, &fault) < 0 ||
	    !read_trust(&trust, doc))
		return err_code(err, ERR_PKG, REGISTRY_CODE(TRUST_INVALID),
		    "%s is damaged: it holds the keys of %s as they were seen first; restore it, "
		    "or delete it to trust what the registry says now",
		    path, s->index_url);
	*out = trust;
	return 0;
}

static void put_keys(struct jsonw *w, const struct registry_trust *t)
{
	jsonw_key(w, "keys");
	jsonw_array(w);
	for (uint32_t i = 0; i < t->key_count; i++) {
		jsonw_object(w);
		jsonw_kv_string(w, "id", t->keys[i].id);
		jsonw_key(w, "ed25519_pub");
		jsonw_base64(w, t->keys[i].pub, sizeof(t->keys[i].pub));
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

/* Another process that asked meanwhile may have seen a newer snapshot: that one counts. */
static bool is_older(const struct registry_trust *trust, const struct client_settings *s)
{
	struct registry_trust now = {0};
	struct err ignored = {0};

	return client_trust_load(&now, s, &ignored) == 0 &&
	       strcmp(now.snapshot_registry, trust->snapshot_registry) == 0 &&
	       now.snapshot_version > trust->snapshot_version;
}

int client_trust_save(
    const struct client_settings *s, const struct registry_trust *trust, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(MAX_BYTES);
	struct jsonw w = jsonw_init(&text, true);
	AUTO_FREE char *path = file_of(s);
	AUTO_FREE char *dir = path_dirname(path);
	AUTO_CLOSE int held = -1;
	struct err inner = {0};
	int rc;

	if (s->embedded)
		return 0;
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", SCHEMA);
	jsonw_kv_string(&w, "index", s->index_url);
	jsonw_kv_bool(&w, "required", trust->required);
	put_keys(&w, trust);
	jsonw_kv_string(&w, "snapshot_registry", trust->snapshot_registry);
	jsonw_kv_int(&w, "snapshot_version", (int64_t)trust->snapshot_version);
	jsonw_end_object(&w);
	buf_putc(&text, '\n');
	rc = file_mkdirs(dir, &inner);
	if (rc == 0)
		rc = file_lock_dir(&held, dir, &inner);
	if (rc == 0 && !is_older(trust, s))
		rc = file_replace(path, text.data, text.len, &inner);
	if (rc < 0)
		return err_code(
		    err, ERR_PKG, REGISTRY_CODE(IO), "keys of the registry: %s", inner.message);
	return 0;
}

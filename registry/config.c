/* SPDX-License-Identifier: MIT */
/* config.json of an index: where archives are, and which keys the registry says it signs with. */
#include "registry/config.h"

#include "registry/codes.h"
#include "registry/read.h"

#include <string.h>

#define CODE REGISTRY_CODE(INDEX_CONFIG)

/** A parse under way. */
struct reader {
	struct registry_config config;
	struct err *err;
};

void registry_config_clear(struct registry_config *config)
{
	arena_clear(&config->arena);
	memset(config, 0, sizeof(*config));
}

static int bad(struct reader *r, const char *what)
{
	return err_code(r->err, ERR_PKG, CODE, "config.json: %s", what);
}

/* URL or relative path, ending in a slash; what it may lead to is the fetcher's business. */
static const char *base_url(struct arena *arena, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len > 2048)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return NULL;
	}
	return text[len - 1] == '/' ? text : arena_printf(arena, "%s/", text);
}

static int read_keys(struct reader *r, const struct json *list)
{
	struct registry_config *c = &r->config;

	if (!list || list->kind != JSON_ARRAY)
		return bad(r, "`signing.public_keys` must be an array");
	if (list->count > REGISTRY_KEYS_MAX)
		return bad(r, "more than 64 signing keys");
	c->keys = arena_alloc(&c->arena, (list->count + 1) * sizeof(*c->keys));
	for (uint32_t i = 0; i < list->count; i++) {
		struct registry_key *key = &c->keys[c->key_count];
		const char *wrong = registry_read_key(key, &c->arena, &list->items[i]);

		if (wrong)
			return bad(r, wrong);
		for (uint32_t k = 0; k < c->key_count; k++) {
			if (strcmp(c->keys[k].id, key->id) == 0)
				return bad(r, "two signing keys have the same `id`");
		}
		c->key_count++;
	}
	return 0;
}

static int read_rotations(struct reader *r, const struct json *list)
{
	struct registry_config *c = &r->config;

	if (!list)
		return 0;
	if (list->kind != JSON_ARRAY || list->count > REGISTRY_KEYS_MAX)
		return bad(r, "`signing.rotations` must be an array of at most 64");
	c->rotations = arena_alloc(&c->arena, (list->count + 1) * sizeof(*c->rotations));
	for (uint32_t i = 0; i < list->count; i++) {
		const char *wrong =
		    registry_read_rotation(&c->rotations[i], &c->arena, &list->items[i]);

		if (wrong)
			return bad(r, wrong);
		c->rotation_count++;
	}
	return 0;
}

static int read_signing(struct reader *r, const struct json *signing)
{
	struct registry_config *c = &r->config;
	int rc;

	if (!signing || signing->kind == JSON_NULL)
		return 0;
	c->signing_kind = registry_read_member(&c->arena, signing, "kind");
	if (!c->signing_kind)
		return bad(r, "`signing.kind` must be a string");
	/* Of another kind: registry_trust_update says what that means. */
	if (strcmp(c->signing_kind, "ed25519") != 0)
		return 0;
	rc = read_keys(r, json_get(signing, "public_keys"));
	if (rc < 0)
		return rc;
	c->is_signed = c->key_count > 0;
	return read_rotations(r, json_get(signing, "rotations"));
}

static int read_flag(struct reader *r, bool *out, const struct json *value, const char *what)
{
	if (!value || value->kind == JSON_NULL)
		return 0;
	if (value->kind != JSON_TRUE && value->kind != JSON_FALSE)
		return bad(r, what);
	*out = value->kind == JSON_TRUE;
	return 0;
}

static int read_config(struct reader *r, const struct json *root)
{
	struct registry_config *c = &r->config;
	const struct json *api = json_get(root, "api");
	int rc;

	if (root->kind != JSON_OBJECT)
		return bad(r, "must be an object");
	c->dl = base_url(&c->arena, registry_read_member(&c->arena, root, "dl"));
	if (!c->dl)
		return bad(r, "`dl` must be a URL");
	if (api && api->kind != JSON_NULL) {
		c->api = base_url(&c->arena, registry_read_string(&c->arena, api));
		if (!c->api)
			return bad(r, "`api` must be a URL");
	}
	rc = read_flag(r, &c->auth_required, json_get(root, "auth-required"),
	    "`auth-required` must be a boolean");
	if (rc == 0)
		rc = read_flag(r, &c->has_snapshot, json_get(root, "snapshot"),
		    "`snapshot` must be a boolean");
	return rc < 0 ? rc : read_signing(r, json_get(root, "signing"));
}

int registry_config_parse(
    struct registry_config *out, const char *text, size_t len, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	const struct json_options options = {.max_depth = 32, .max_nodes = 65536};
	struct reader r = {.err = err};
	struct json_fault fault = {0};
	const struct json *root = NULL;
	int rc;

	arena_init(&scratch, REGISTRY_CONFIG_MAX * 16);
	arena_init(&r.config.arena, 0);
	if (len > REGISTRY_CONFIG_MAX)
		return bad(&r, "larger than 1 MiB");
	if (json_parse(&root, &scratch, text, len, &options, &fault) < 0)
		return err_code(
		    err, ERR_PKG, CODE, "config.json: not a JSON document: %s", fault.message);
	rc = read_config(&r, root);
	if (rc < 0) {
		registry_config_clear(&r.config);
		return rc;
	}
	*out = r.config;
	return 0;
}

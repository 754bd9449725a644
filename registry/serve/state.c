/* SPDX-License-Identifier: MIT */
/*
 * What a served registry remembers beside its packages: digests of tokens and who owns what, in
 * `state/`, which only its owner may read. Tokens themselves are never stored.
 */
#include "registry/serve/state.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/path.h"
#include "registry/codes.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_MAX ((size_t)16 << 20)
#define TOKENS_SCHEMA "x07.registry-tokens@0.1.0"
#define OWNERS_SCHEMA "x07.registry-owners@0.1.0"

static const struct {
	const char *name;
	unsigned bit;
} scopes[] = {{"publish", SERVE_SCOPE_PUBLISH}, {"owner.manage", SERVE_SCOPE_OWNER},
    {"token.manage", SERVE_SCOPE_TOKEN}, {"admin", SERVE_SCOPE_ADMIN}};

unsigned serve_scopes_parse(const char *text)
{
	unsigned bits = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		unsigned bit = 0;

		for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
			if (strlen(scopes[i].name) == len && memcmp(scopes[i].name, text, len) == 0)
				bit = scopes[i].bit;
		}
		if (bit == 0)
			return 0;
		bits |= bit;
		text += len;
		text += *text == ',';
	}
	return bits;
}

static void put_scopes(struct jsonw *w, unsigned bits)
{
	jsonw_key(w, "scopes");
	jsonw_array(w);
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
		if ((bits & scopes[i].bit) != 0)
			jsonw_string(w, scopes[i].name);
	}
	jsonw_end_array(w);
}

static unsigned read_scopes(const struct json *list)
{
	unsigned bits = 0;

	for (uint32_t k = 0; list != NULL && list->kind == JSON_ARRAY && k < list->count; k++) {
		for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
			if (json_is(&list->items[k], scopes[i].name))
				bits |= scopes[i].bit;
		}
	}
	return bits;
}

int serve_random_hex(char *out, size_t digits, struct err *err)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t bytes[64];

	if (digits > 2 * sizeof(bytes) || getrandom(bytes, digits / 2, 0) != (ssize_t)(digits / 2))
		return err_sys(err, ERR_IO, "random numbers");
	for (size_t i = 0; i < digits; i++)
		out[i] = hex[(bytes[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15];
	out[digits] = '\0';
	return 0;
}

/* A state document; an empty one when there is none. The parsed list borrows from @p arena. */
static int load(const struct json **list, struct arena *arena, struct buf *text, const char *data,
    const char *name, struct err *err)
{
	AUTO_FREE char *path = path_join(data, name);
	const struct json *root = NULL;
	struct json_fault fault = {0};
	int rc = file_read(text, path, err);

	*list = NULL;
	if (rc == ERR_NOT_FOUND) {
		err->code = 0;
		return 0;
	}
	if (rc < 0)
		return rc;
	if (json_parse(&root, arena, text->data, text->len, NULL, &fault) < 0 ||
	    (*list = json_get(root, "items")) == NULL || (*list)->kind != JSON_ARRAY)
		return err_code(
		    err, ERR_PKG, REGISTRY_CODE(REG_DB_CORRUPT), "%s: not what was written", path);
	return 0;
}

/*
 * From reading a document to writing it nobody else may: `x07 registry token` works beside the
 * server, and a change that gets lost may be a token that was taken back. The descriptor is the
 * lock; the folder is made.
 */
static int hold(int *out, const char *data, struct err *err)
{
	AUTO_FREE char *dir = path_join(data, "state");
	int rc = file_mkdirs(data, err);

	if (rc < 0)
		return rc;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_sys(err, ERR_IO, "%s", dir);
	return file_lock_dir(out, dir, err);
}

static int save(const struct buf *text, const char *data, const char *name, struct err *err)
{
	AUTO_FREE char *path = path_join(data, name);
	mode_t before;
	int rc;

	if (text->overflow)
		return err_set(err, ERR_LIMIT, "%s: too large", path);
	before = umask(077);
	rc = file_replace(path, text->data, text->len, err);
	(void)umask(before);
	return rc;
}

static void begin(struct jsonw *w, const char *schema)
{
	jsonw_object(w);
	jsonw_kv_string(w, "schema_version", schema);
	jsonw_key(w, "items");
	jsonw_array(w);
}

static int finish(struct jsonw *w, const char *data, const char *name, struct err *err)
{
	jsonw_end_array(w);
	jsonw_end_object(w);
	buf_putc(w->out, '\n');
	return save(w->out, data, name, err);
}

static bool handle_is_valid(const char *handle)
{
	size_t len = strlen(handle);

	return len > 0 && len <= 64 &&
	       strspn(handle, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == len;
}

int serve_token_make(struct serve_new_token *out, const char *data, const char *handle,
    const char *label, unsigned bits, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	CLEANUP(buf_clear) struct buf doc = buf_init(STATE_MAX);
	struct jsonw w = jsonw_init(&doc, true);
	struct serve_new_token made = {.token = "x07t_"};
	const struct json *list = NULL;
	AUTO_CLOSE int held = -1;
	char digest[SHA256_HEX_SIZE];
	int rc;

	if (!handle_is_valid(handle) || bits == 0)
		return err_code(err, ERR_USAGE, REGISTRY_CODE(REG_SCOPE_INVALID),
		    "a handle is 1 to 64 of a-z, 0-9, _ . -; scopes are publish, owner.manage, "
		    "token.manage, admin");
	rc = hold(&held, data, err);
	if (rc == 0)
		rc = load(&list, &arena, &text, data, "state/tokens.json", err);
	if (rc == 0)
		rc = serve_random_hex(made.token + strlen(made.token), 64, err);
	if (rc == 0)
		rc = serve_random_hex(made.id, 32, err);
	if (rc < 0)
		return rc;
	sha256_text(digest, made.token, strlen(made.token));
	begin(&w, TOKENS_SCHEMA);
	for (uint32_t i = 0; list != NULL && i < list->count; i++)
		jsonw_value(&w, &list->items[i], false);
	jsonw_object(&w);
	jsonw_kv_string(&w, "id", made.id);
	jsonw_kv_string(&w, "handle", handle);
	jsonw_kv_string(&w, "label", label);
	jsonw_kv_string(&w, "sha256", digest);
	put_scopes(&w, bits);
	jsonw_end_object(&w);
	rc = finish(&w, data, "state/tokens.json", err);
	if (rc == 0)
		*out = made;
	return rc;
}

int serve_token_add(char token[80], const char *data, const char *handle, const char *label,
    const char *scope_text, struct err *err)
{
	struct serve_new_token made;
	int rc = serve_token_make(&made, data, handle, label, serve_scopes_parse(scope_text), err);

	if (rc == 0)
		memcpy(token, made.token, sizeof(made.token));
	return rc;
}

static bool copy_text(char *out, size_t size, const struct json *v)
{
	if (v == NULL || v->kind != JSON_STRING || v->text.len >= size)
		return false;
	memcpy(out, v->text.ptr, v->text.len);
	out[v->text.len] = '\0';
	return true;
}

int serve_authenticate(
    struct serve_account *out, struct serve_api *api, const char *authorization, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	const struct json *list = NULL;
	char digest[SHA256_HEX_SIZE];

	if (strncasecmp(authorization, "bearer ", 7) != 0) {
		(void)err_code(
		    err, ERR_PKG, REGISTRY_CODE(REG_AUTH_REQUIRED), "a token is required");
		return 401;
	}
	/* Compared by digest: how long it takes says nothing about a token. */
	sha256_text(digest, authorization + 7, strlen(authorization + 7));
	if (load(&list, &arena, &text, api->o->data, "state/tokens.json", err) < 0)
		return 500;
	for (uint32_t i = 0; list != NULL && i < list->count; i++) {
		const struct json *item = &list->items[i];

		if (!json_is(json_get(item, "sha256"), digest))
			continue;
		out->scopes = read_scopes(json_get(item, "scopes"));
		if (copy_text(out->id, sizeof(out->id), json_get(item, "id")) &&
		    copy_text(out->handle, sizeof(out->handle), json_get(item, "handle")))
			return 0;
	}
	(void)err_code(
	    err, ERR_PKG, REGISTRY_CODE(REG_AUTH_INVALID), "this token is unknown or revoked");
	return 401;
}

int serve_token_list(
    struct jsonw *w, struct serve_api *api, const struct serve_account *who, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	const struct json *list = NULL;
	int rc = load(&list, &arena, &text, api->o->data, "state/tokens.json", err);

	jsonw_key(w, "tokens");
	jsonw_array(w);
	for (uint32_t i = 0; rc == 0 && list != NULL && i < list->count; i++) {
		const struct json *item = &list->items[i];

		if ((who->scopes & SERVE_SCOPE_ADMIN) == 0 &&
		    !json_is(json_get(item, "handle"), who->handle))
			continue;
		jsonw_object(w);
		for (uint32_t k = 0; k < item->count; k++) {
			if (str_eq_c(item->items[k].key, "sha256"))
				continue;
			jsonw_key(w, str_eq_c(item->items[k].key, "id")       ? "id"
				     : str_eq_c(item->items[k].key, "handle") ? "handle"
				     : str_eq_c(item->items[k].key, "label")  ? "label"
									      : "scopes");
			jsonw_value(w, &item->items[k], false);
		}
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	return rc;
}

int serve_token_revoke(
    struct serve_api *api, const struct serve_account *who, const char *id, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	CLEANUP(buf_clear) struct buf out = buf_init(STATE_MAX);
	struct jsonw w = jsonw_init(&out, true);
	const struct json *list = NULL;
	AUTO_CLOSE int held = -1;
	bool found = false;
	int rc = hold(&held, api->o->data, err);

	if (rc == 0)
		rc = load(&list, &arena, &text, api->o->data, "state/tokens.json", err);
	if (rc < 0)
		return rc;
	begin(&w, TOKENS_SCHEMA);
	for (uint32_t i = 0; list != NULL && i < list->count; i++) {
		const struct json *item = &list->items[i];
		bool mine = (who->scopes & SERVE_SCOPE_ADMIN) != 0 ||
			    json_is(json_get(item, "handle"), who->handle);

		if (mine && json_is(json_get(item, "id"), id))
			found = true;
		else
			jsonw_value(&w, item, false);
	}
	if (!found)
		return err_code(err, ERR_NOT_FOUND, REGISTRY_CODE(REG_NOT_FOUND), "no such token");
	return finish(&w, api->o->data, "state/tokens.json", err);
}

int serve_owner_get(char out[65], struct serve_api *api, const char *package, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	const struct json *list = NULL;
	int rc = load(&list, &arena, &text, api->o->data, "state/owners.json", err);

	out[0] = '\0';
	for (uint32_t i = 0; rc == 0 && list != NULL && i < list->count; i++) {
		if (json_is(json_get(&list->items[i], "package"), package) &&
		    !copy_text(out, 65, json_get(&list->items[i], "handle")))
			return err_code(
			    err, ERR_PKG, REGISTRY_CODE(REG_DB_CORRUPT), "an owner without a name");
	}
	return rc;
}

int serve_owner_set(struct serve_api *api, const char *package, const char *handle, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(STATE_MAX);
	CLEANUP(buf_clear) struct buf out = buf_init(STATE_MAX);
	struct jsonw w = jsonw_init(&out, true);
	const struct json *list = NULL;
	AUTO_CLOSE int held = -1;
	int rc = hold(&held, api->o->data, err);

	if (rc == 0)
		rc = load(&list, &arena, &text, api->o->data, "state/owners.json", err);
	if (rc < 0)
		return rc;
	begin(&w, OWNERS_SCHEMA);
	for (uint32_t i = 0; list != NULL && i < list->count; i++) {
		if (!json_is(json_get(&list->items[i], "package"), package))
			jsonw_value(&w, &list->items[i], false);
	}
	if (handle != NULL) {
		jsonw_object(&w);
		jsonw_kv_string(&w, "package", package);
		jsonw_kv_string(&w, "handle", handle);
		jsonw_end_object(&w);
	}
	return finish(&w, api->o->data, "state/owners.json", err);
}

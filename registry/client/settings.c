/* SPDX-License-Identifier: MIT */
/* Which registry, from all the places that may say so (settings.h). */
#include "registry/client/settings.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/near.h"
#include "base/own.h"
#include "base/path.h"
#include "registry/client/url.h"
#include "registry/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX_BYTES ((size_t)1 << 20)
#define CONFIG_SCHEMA "x07.config@0.1.0"

/* Members of the configuration files, the later file's. */
struct config {
	struct arena arena;
	struct buf texts[2];
	const char *registry, *registry_from; /* and the file that names it */
	bool offline, require_signatures;
	const struct json *keys;
};

static void config_clear(struct config *c)
{
	arena_clear(&c->arena);
	buf_clear(&c->texts[0]);
	buf_clear(&c->texts[1]);
}

static int bad_config(struct err *err, const char *path, const char *what)
{
	return err_code(err, ERR_PKG, REGISTRY_CODE(CONFIG_INVALID), "%s: %s", path, what);
}

/* cache_policy is known to the reference; nothing depends on it. */
static const char *const members[] = {
    "registry", "index", "offline", "require_signatures", "trusted_keys", "cache_policy"};

/* Of `pkg`: a wish that is misspelt, as to be offline or signed, must not be passed over. */
static int check_members(const struct json *pkg, const char *path, struct err *err)
{
	for (uint32_t i = 0; i < pkg->count; i++) {
		const struct str key = pkg->items[i].key;
		char name[64];
		const char *near;
		bool known = false;

		for (size_t k = 0; k < ARRAY_LEN(members); k++)
			known = known || str_eq(key, str_c(members[k]));
		if (known)
			continue;
		(void)snprintf(
		    name, sizeof(name), "%.*s", (int)(key.len < 60 ? key.len : 60), key.ptr);
		near = near_find(name, members, ARRAY_LEN(members));
		return err_code(err, ERR_PKG, REGISTRY_CODE(CONFIG_INVALID),
		    "%s: `pkg` has no member `%s`%s%s%s", path, name,
		    near != NULL ? "; did you mean `" : "", near != NULL ? near : "",
		    near != NULL ? "`?" : "");
	}
	return 0;
}

static int bad_kind(struct err *err, const char *path, const char *name, const char *wanted)
{
	return err_code(
	    err, ERR_PKG, REGISTRY_CODE(CONFIG_INVALID), "%s: `%s` must be %s", path, name, wanted);
}

static int read_text(const char **out, struct config *c, const struct json *pkg, const char *name,
    const char *path, struct err *err)
{
	const struct json *v = json_get(pkg, name);

	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_STRING)
		return bad_kind(err, path, name, "a string");
	if (v->text.len > 0)
		*out = arena_strndup(&c->arena, v->text.ptr, v->text.len);
	return 0;
}

static int read_flag(
    bool *out, const struct json *pkg, const char *name, const char *path, struct err *err)
{
	const struct json *v = json_get(pkg, name);

	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_TRUE && v->kind != JSON_FALSE)
		return bad_kind(err, path, name, "true or false");
	*out = v->kind == JSON_TRUE;
	return 0;
}

static int merge(struct config *c, const struct json *doc, const char *path, struct err *err)
{
	const struct json *pkg = json_get(doc, "pkg");
	const char *url = NULL, *index = NULL;
	int rc = 0;

	if (pkg == NULL)
		pkg = doc;
	else if (pkg->kind != JSON_OBJECT)
		return bad_kind(err, path, "pkg", "an object");
	else
		rc = check_members(pkg, path, err);
	if (rc == 0)
		rc = read_text(&url, c, pkg, "registry", path, err);
	if (rc == 0)
		rc = read_text(&index, c, pkg, "index", path, err);
	if (rc == 0)
		rc = read_flag(&c->offline, pkg, "offline", path, err);
	if (rc == 0)
		rc = read_flag(&c->require_signatures, pkg, "require_signatures", path, err);
	if (rc < 0)
		return rc;
	if (url != NULL || index != NULL) {
		c->registry = url != NULL ? url : index;
		c->registry_from = arena_strndup(&c->arena, path, strlen(path));
	}
	if (json_get(pkg, "trusted_keys") != NULL)
		c->keys = json_get(pkg, "trusted_keys");
	return 0;
}

/* A file that is not there, or that belongs to another tool (x07up), says nothing. */
static int read_config(struct config *c, struct buf *text, const char *path, struct err *err)
{
	const struct json *doc = NULL, *schema;
	struct json_fault fault = {0};
	struct err inner = {0};
	int rc = file_read(text, path, &inner);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc < 0)
		return bad_config(err, path, inner.message);
	if (json_parse(&doc, &c->arena, buf_str(text), text->len, NULL, &fault) < 0) {
		uint32_t line = 0, column = 0;

		json_position(buf_str(text), text->len, fault.offset, &line, &column);
		return err_code(err, ERR_PKG, REGISTRY_CODE(CONFIG_INVALID), "%s:%u:%u: %s", path,
		    line, column, fault.message);
	}
	if (doc->kind != JSON_OBJECT)
		return bad_config(err, path, "not an object");
	schema = json_get(doc, "schema_version");
	if (schema != NULL && schema->kind == JSON_STRING && schema->text.len > 5 &&
	    memcmp(schema->text.ptr, "x07up", 5) == 0)
		return 0;
	if (schema != NULL && !json_is(schema, CONFIG_SCHEMA))
		return bad_config(err, path, "schema_version is not " CONFIG_SCHEMA);
	return merge(c, doc, path, err);
}

static int read_configs(struct config *c, const char *dir, struct err *err)
{
	static const char *const names[] = {".x07/config.json", "x07.config.json"};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(names); i++) {
		AUTO_FREE char *path = path_join(dir != NULL ? dir : ".", names[i]);

		c->texts[i] = buf_init(CONFIG_MAX_BYTES);
		rc = read_config(c, &c->texts[i], path, err);
	}
	return rc;
}

static int read_key(struct registry_key *out, const struct json *v, struct err *err)
{
	CLEANUP(buf_clear) struct buf pub = buf_init(64);
	const struct json *id = json_get(v, "id"), *text = json_get(v, "ed25519_pub");

	if (id == NULL || id->kind != JSON_STRING || id->text.len == 0 ||
	    id->text.len > REGISTRY_KEY_ID_MAX || text == NULL || text->kind != JSON_STRING ||
	    !buf_add_base64_decoded(&pub, text->text.ptr, text->text.len) ||
	    pub.len != sizeof(out->pub))
		return bad_config(err, "trusted_keys", "wants [{\"id\", \"ed25519_pub\"}]");
	memcpy(out->id, id->text.ptr, id->text.len);
	memcpy(out->pub, pub.data, pub.len);
	return 0;
}

static int read_keys(struct client_settings *s, const struct json *keys, struct err *err)
{
	if (keys == NULL)
		return 0;
	if (keys->kind != JSON_ARRAY || keys->count > REGISTRY_KEYS_MAX)
		return bad_config(err, "trusted_keys", "is no list, or too long");
	for (uint32_t i = 0; i < keys->count; i++) {
		int rc = read_key(&s->keys[s->key_count], &keys->items[i], err);

		if (rc < 0)
			return rc;
		s->key_count++;
	}
	return 0;
}

static bool blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static bool env_is_on(const char *name)
{
	const char *v = getenv(name);

	return !blank(v) && !near_is_choice("0|false|no|off", v);
}

static char *slash_end(const char *text)
{
	CLEANUP(buf_clear) struct buf b = buf_init(4096);

	buf_puts(&b, text);
	if (b.len > 0 && b.data[b.len - 1] != '/')
		buf_putc(&b, '/');
	return buf_take(&b);
}

static bool has_user(const char *url)
{
	const char *host = strstr(url, "://");
	size_t len = host != NULL ? strcspn(host + 3, "/?#") : 0;

	return len > 0 && memchr(host + 3, '@', len) != NULL;
}

static int no_address(struct err *err, const char *url)
{
	AUTO_FREE char *dir = NULL;
	struct err ignored = {0};

	if (file_is_directory(url) && path_absolute(&dir, url, &ignored) == 0)
		return err_set(err, ERR_USAGE,
		    "registry '%s': a folder is written sparse+file://%s%s", url, dir,
		    dir[strlen(dir) - 1] == '/' ? "" : "/");
	return err_set(err, ERR_USAGE,
	    "registry '%s': wants sparse+https://, sparse+file:///, git+https:// or git+file:///",
	    url);
}

static int use_url(struct client_settings *s, const char *url, struct err *err)
{
	bool git = strncmp(url, "git+", 4) == 0;
	const char *plain = git ? url + 4 : strncmp(url, "sparse+", 7) == 0 ? url + 7 : url;
	const char *hash = git ? strchr(plain, '#') : NULL;

	if (strlen(url) > 1024)
		return err_set(err, ERR_USAGE, "registry address longer than 1024 bytes");
	if (strncmp(plain, "https://", 8) == 0 || strncmp(plain, "http://", 7) == 0)
		s->kind = git ? CLIENT_INDEX_GIT : CLIENT_INDEX_HTTP;
	else if (strncmp(plain, "file://", 7) == 0)
		s->kind = git ? CLIENT_INDEX_GIT : CLIENT_INDEX_FILE;
	else
		return no_address(err, url);
	/* Not repeated in a message: it would be in the log of every CI. */
	if (has_user(plain))
		return err_set(err, ERR_USAGE,
		    "registry address with a user name or a password in it; `x07 pkg login --index "
		    "URL` remembers a token");
	if (s->kind == CLIENT_INDEX_HTTP && !fetch_url_is_allowed(plain))
		return err_set(err, ERR_USAGE,
		    "registry '%s': not an address that is asked; plain http is for this machine "
		    "alone "
		    "(localhost), elsewhere sparse+https://HOST/PATH/",
		    url);
	if (git) {
		s->base = strndup(plain, hash != NULL ? (size_t)(hash - plain) : strlen(plain));
		s->git_ref = hash != NULL && hash[1] != '\0' ? base_strdup(hash + 1) : NULL;
		s->index_url = base_strdup(url);
		return 0;
	}
	s->base = slash_end(plain);
	s->index_url = slash_end(url);
	return 0;
}

static int use_embedded(struct client_settings *s)
{
	CLEANUP(buf_clear) struct buf url = buf_init(16384);

	buf_puts(&url, "file://");
	for (const unsigned char *c = (const unsigned char *)s->share; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || strchr("/-_.~", *c) != NULL;

		if (plain)
			buf_putc(&url, (char)*c);
		else
			buf_printf(&url, "%%%02X", *c);
	}
	buf_puts(&url, "/registry/index/");
	s->kind = CLIENT_INDEX_FILE;
	s->embedded = true;
	s->base = buf_take(&url);
	s->index_url = base_strdup(CLIENT_EMBEDDED_URL);
	return 0;
}

static int choose_index(struct client_settings *s, const struct client_wishes *wishes,
    const struct config *c, struct err *err)
{
	const char *const from[] = {
	    wishes->index, wishes->registry, getenv("X07_PKG_INDEX_URL"), c->registry};

	const char *const by[] = {NULL, NULL, "X07_PKG_INDEX_URL", c->registry_from};

	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		int rc;

		if (blank(from[i]))
			continue;
		s->explicit = true;
		if (strcmp(from[i], CLIENT_EMBEDDED_URL) == 0)
			return use_embedded(s);
		rc = use_url(s, from[i], err);
		return rc < 0 && by[i] != NULL ? err_wrap(err, "%s", by[i]) : rc;
	}
	return use_embedded(s);
}

int client_share_folder(char **out, const char *toolchain_root, struct err *err)
{
	AUTO_FREE char *here = NULL;
	AUTO_FREE char *prefix = NULL;
	int rc = path_self_dir(&here, err);

	if (rc < 0)
		return rc;
	/* From <prefix>/lib/x07. */
	prefix = toolchain_root != NULL ? path_join(toolchain_root, "share/x07")
					: path_join(here, "../../share/x07");
	return path_absolute(out, prefix, err);
}

static int find_folders(
    struct client_settings *s, const struct client_wishes *wishes, struct err *err)
{
	int rc = client_share_folder(&s->share, wishes->toolchain_root, err);

	if (rc < 0)
		return rc;
	s->home = own_folder_path(OWN_HOME);
	if (s->home == NULL)
		return err_code(err, ERR_PKG, REGISTRY_CODE(CONFIG_INVALID),
		    "neither X07_PKG_HOME nor HOME says where the store of packages is");
	return 0;
}

int client_settings_load(struct client_settings *out, const struct client_wishes *wishes,
    const char *dir, struct err *err)
{
	CLEANUP(client_settings_clear) struct client_settings s = {0};
	CLEANUP(config_clear) struct config c = {0};
	int rc = read_configs(&c, dir, err);

	if (rc < 0 || (rc = find_folders(&s, wishes, err)) < 0 ||
	    (rc = read_keys(&s, c.keys, err)) < 0 || (rc = choose_index(&s, wishes, &c, err)) < 0)
		return rc;
	s.offline = wishes->offline || c.offline || env_is_on("X07_OFFLINE");
	s.require_signatures = c.require_signatures;
	*out = TAKE(s);
	return 0;
}

void client_settings_follow_lock(struct client_settings *s, const struct pkg_lock *lock)
{
	struct client_settings followed = {0};
	struct err ignored = {0};

	if (s->explicit || lock->count == 0 || blank(lock->index_url) ||
	    strcmp(lock->index_url, CLIENT_EMBEDDED_URL) == 0 ||
	    strcmp(lock->index_url, PKG_LOCK_UNCHOSEN_URL) == 0 ||
	    use_url(&followed, lock->index_url, &ignored) < 0)
		return;
	base_free_ptr(&s->index_url);
	base_free_ptr(&s->base);
	s->index_url = followed.index_url;
	s->base = followed.base;
	s->git_ref = followed.git_ref;
	s->kind = followed.kind;
	s->embedded = false;
}

void client_settings_clear(struct client_settings *s)
{
	base_free_ptr(&s->index_url);
	base_free_ptr(&s->base);
	base_free_ptr(&s->git_ref);
	base_free_ptr(&s->home);
	base_free_ptr(&s->share);
}

const char *client_settings_called(const struct client_settings *s)
{
	return s->embedded ? "the registry that ships with x07 (--index URL, or x07.config.json, "
			     "names another)"
			   : s->index_url;
}

char *client_home_path(const struct client_settings *s, const char *rest)
{
	return path_join(s->home, rest);
}

/* SPDX-License-Identifier: MIT */
/*
 * The routes that change something: publish, yank, advisories, tokens. Each changes one file of
 * what the registry is built from, whole or not at all, and then builds the index.
 */
#include "registry/serve/write.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/path.h"
#include "pkg/version.h"
#include "registry/build/archive.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/serve/rebuild.h"
#include "registry/serve/state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIST_MAX ((size_t)64 << 20)

/* A request with a token of the scope; else the answer is made and false returned. */
static bool authorize(struct serve_account *who, struct serve_api *api,
    const struct serve_request *q, unsigned scope, struct serve_answer *a)
{
	struct err err = {0};
	int status = serve_authenticate(who, api, q->authorization, &err);

	if (status != 0)
		serve_fail_err(a, &err);
	else if ((who->scopes & (scope | SERVE_SCOPE_ADMIN)) == 0)
		serve_fail(a, 403, REGISTRY_CODE(REG_FORBIDDEN),
		    scope == SERVE_SCOPE_PUBLISH ? "the token lacks the scope publish"
		    : scope == SERVE_SCOPE_OWNER ? "the token lacks the scope owner.manage"
		    : scope == SERVE_SCOPE_TOKEN ? "the token lacks the scope token.manage"
						 : "the token lacks the scope admin");
	else
		return true;
	return false;
}

static bool may_manage(struct serve_api *api, const struct serve_account *who, const char *package,
    struct serve_answer *a)
{
	struct err err = {0};
	char owner[65];

	if (serve_owner_get(owner, api, package, &err) < 0)
		serve_fail_err(a, &err);
	else if (strcmp(owner, who->handle) != 0 && (who->scopes & SERVE_SCOPE_ADMIN) == 0)
		serve_fail(
		    a, 403, REGISTRY_CODE(REG_FORBIDDEN), "the package belongs to somebody else");
	else
		return true;
	return false;
}

static char *archive_path(struct serve_api *api, const char *name, const char *version)
{
	CLEANUP(buf_clear) struct buf rel = buf_init(2048);

	buf_puts(&rel, "dl/");
	registry_download_path(&rel, name, version);
	return path_join(api->o->data, rel.data);
}

/* The folder of a package's archives, as long as it has any. */
static bool has_versions(struct serve_api *api, const char *name)
{
	AUTO_FREE char *dl = path_join(api->o->data, "dl");
	AUTO_FREE char *dir = path_join(dl, name);

	return access(dir, F_OK) == 0;
}

/* Whether this account may publish; @p claim: the name is free and becomes its own. */
static int check_owner(bool *claim, struct serve_api *api, const struct serve_account *who,
    const char *name, struct err *err)
{
	bool admin = (who->scopes & SERVE_SCOPE_ADMIN) != 0;
	char owner[65];
	int rc = serve_owner_get(owner, api, name, err);

	*claim = owner[0] == '\0';
	if (rc < 0 || admin || strcmp(owner, who->handle) == 0)
		return rc;
	if (owner[0] != '\0')
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_FORBIDDEN),
		    "the package %s belongs to somebody else", name);
	if (has_versions(api, name))
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_FORBIDDEN),
		    "the package %s is there and belongs to nobody: who publishes it with the "
		    "scope admin owns it",
		    name);
	return 0;
}

static int put_archive(
    struct serve_api *api, const char *path, const struct buf *bytes, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(path);
	int rc = file_mkdirs(dir, err);

	if (rc == 0)
		rc = file_replace(path, bytes->data, bytes->len, err);
	if (rc == 0)
		rc = serve_rebuild(api, err);
	if (rc < 0) {
		AUTO_FREE char *package = path_dirname(dir);

		(void)unlink(path);
		(void)rmdir(dir);
		(void)rmdir(package);
	}
	return rc;
}

/*
 * Owned, stored, indexed, in this order, so that a server that dies in between leaves no version
 * that anybody could take over; undone when the index cannot be built with it.
 */
static int store_archive(struct serve_api *api, const struct serve_account *who,
    const struct build_archive *archive, const struct buf *bytes, struct err *err)
{
	AUTO_FREE char *path = archive_path(api, archive->package.name, archive->package.version);
	struct err ignored = {0};
	bool claim = false;
	int rc = check_owner(&claim, api, who, archive->package.name, err);

	if (rc == 0 && access(path, F_OK) == 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_ALREADY_PUBLISHED),
		    "%s@%s is published already and never changes", archive->package.name,
		    archive->package.version);
	if (rc == 0 && claim)
		rc = serve_owner_set(api, archive->package.name, who->handle, err);
	if (rc < 0)
		return rc;
	rc = put_archive(api, path, bytes, err);
	if (rc < 0 && claim)
		(void)!serve_owner_set(api, archive->package.name, NULL, &ignored);
	return rc;
}

/* Who asks, what it is, whether it may be published, whether it is there: in this order. */
static void publish(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a)
{
	CLEANUP(build_archive_clear) struct build_archive archive = {0};
	CLEANUP(buf_clear) struct buf bytes = buf_init(SERVE_BODY_MAX);
	CLEANUP(buf_clear) struct buf path = buf_init(2048);
	struct jsonw w = jsonw_init(&a->body, false);
	struct serve_account who = {0};
	struct err err = {0};
	int rc;

	if (!authorize(&who, api, q, SERVE_SCOPE_PUBLISH, a))
		return;
	/* Without a body there is no descriptor: an empty archive. */
	rc = body_fd >= 0 ? file_read_fd(&bytes, body_fd, "body", &err) : 0;
	if (rc == 0)
		rc = build_archive_read(&archive, buf_str(&bytes), bytes.len, &err);
	if (rc == 0)
		rc = build_archive_may_publish(&archive, &err);
	if (rc == 0)
		rc = store_archive(api, &who, &archive, &bytes, &err);
	buf_puts(&path, "/index/");
	if (rc == 0)
		rc = registry_index_path(&path, archive.package.name, &err);
	if (rc < 0) {
		serve_fail_err(a, &err);
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_kv_string(&w, "name", archive.package.name);
	jsonw_kv_string(&w, "version", archive.package.version);
	jsonw_kv_string(&w, "cksum", archive.sha256);
	jsonw_kv_string(&w, "index_path", path.data);
	jsonw_end_object(&w);
	serve_json(a, 200);
}

/* A list file without the lines that @p drop is true for, plus @p line unless NULL. */
static int edit_lines(struct serve_api *api, const char *name, const char *line,
    bool (*drop)(const char *text, size_t len, const void *ctx), const void *ctx, struct err *err)
{
	AUTO_FREE char *path = path_join(api->o->data, name);
	CLEANUP(buf_clear) struct buf old = buf_init(LIST_MAX);
	CLEANUP(buf_clear) struct buf out = buf_init(LIST_MAX);
	int rc = file_read(&old, path, err);
	const char *at;

	if (rc < 0 && rc != ERR_NOT_FOUND)
		return rc;
	for (at = old.data; at != NULL && *at != '\0';) {
		size_t len = strcspn(at, "\n");

		if (len > 0 && !drop(at, len, ctx)) {
			buf_add(&out, at, len);
			buf_putc(&out, '\n');
		}
		at += len;
		at += *at == '\n';
	}
	if (line != NULL) {
		buf_puts(&out, line);
		buf_putc(&out, '\n');
	}
	if (out.overflow)
		return err_set(err, ERR_LIMIT, "%s: too large", name);
	rc = file_replace(path, buf_str(&out), out.len, err);
	return rc < 0 ? rc : serve_rebuild(api, err);
}

static bool is_line(const char *text, size_t len, const void *ctx)
{
	return strlen(ctx) == len && memcmp(ctx, text, len) == 0;
}

/* The body as a JSON object; borrowed from @p arena. */
static const struct json *read_body(struct arena *arena, struct buf *text, int body_fd)
{
	const struct json *root = NULL;
	struct json_fault fault = {0};
	struct err err = {0};

	if (file_read_fd(text, body_fd, "body", &err) < 0 || text->data == NULL ||
	    json_parse(&root, arena, text->data, text->len, NULL, &fault) < 0)
		return NULL;
	return root->kind == JSON_OBJECT ? root : NULL;
}

static bool version_exists(
    struct serve_api *api, const char *name, const char *version, struct serve_answer *a)
{
	AUTO_FREE char *path = NULL;
	struct pkg_version parsed;

	if (pkg_name_is_valid(str_c(name)) && pkg_version_parse(&parsed, str_c(version), NULL) == 0)
		path = archive_path(api, name, version);
	if (path != NULL && access(path, F_OK) == 0)
		return true;
	serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such version");
	return false;
}

static void yank(struct serve_api *api, const struct json *body, const char *name,
    const char *version, struct serve_answer *a)
{
	const struct json *yanked = body != NULL ? json_get(body, "yanked") : NULL;
	struct jsonw w = jsonw_init(&a->body, false);
	char line[PKG_NAME_MAX + PKG_VERSION_MAX + 2];
	struct err err = {0};
	bool on = yanked != NULL && yanked->kind == JSON_TRUE;

	if (yanked == NULL || (yanked->kind != JSON_TRUE && yanked->kind != JSON_FALSE)) {
		serve_fail(a, 400, REGISTRY_CODE(REG_BAD_REQUEST),
		    "the body is {\"yanked\": true or false}");
		return;
	}
	(void)snprintf(line, sizeof(line), "%s@%s", name, version);
	if (edit_lines(api, "yanked.txt", on ? line : NULL, is_line, line, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_kv_string(&w, "name", name);
	jsonw_kv_string(&w, "version", version);
	jsonw_kv_bool(&w, "yanked", on);
	jsonw_end_object(&w);
	serve_json(a, 200);
}

static bool holds(const char *const *list, size_t count, const struct json *v)
{
	for (size_t i = 0; v != NULL && i < count; i++) {
		if (json_is(v, list[i]))
			return true;
	}
	return false;
}

static const char *advisory_fault(const struct json *body)
{
	static const char *const kinds[] = {"broken", "security", "deprecated"};
	static const char *const severities[] = {"low", "medium", "high", "critical"};
	const struct json *summary = body != NULL ? json_get(body, "summary") : NULL;
	const struct json *url, *details;

	if (body == NULL || !holds(kinds, ARRAY_LEN(kinds), json_get(body, "kind")))
		return "`kind` is broken, security or deprecated";
	if (!holds(severities, ARRAY_LEN(severities), json_get(body, "severity")))
		return "`severity` is low, medium, high or critical";
	if (summary == NULL || summary->kind != JSON_STRING || summary->text.len == 0 ||
	    summary->text.len > 512)
		return "`summary` is a text of 1 to 512 bytes";
	url = json_get(body, "url");
	details = json_get(body, "details");
	if ((url != NULL && url->kind != JSON_STRING) ||
	    (details != NULL && (details->kind != JSON_STRING || details->text.len > 65536)))
		return "`url` and `details` are texts";
	return NULL;
}

/* 8-4-4-4-12 of random digits. */
static int make_id(char out[37], struct err *err)
{
	char hex[33];
	int rc = serve_random_hex(hex, 32, err);

	if (rc == 0)
		(void)snprintf(out, 37, "%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13,
		    hex + 17, hex + 20);
	return rc;
}

static int print_advisory(struct buf *out, const struct json *body, const char *name,
    const char *version, struct err *err)
{
	static const char *const copied[] = {"kind", "severity", "summary", "url", "details"};
	struct jsonw w = jsonw_init(out, false);
	time_t now = time(NULL);
	struct tm tm = {0};
	char when[32], id[37];
	int rc = make_id(id, err);

	if (rc < 0)
		return rc;
	(void)gmtime_r(&now, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.pkg.advisory@0.1.0");
	jsonw_kv_string(&w, "id", id);
	jsonw_kv_string(&w, "package", name);
	jsonw_kv_string(&w, "version", version);
	for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
		if (json_get(body, copied[i]) == NULL)
			continue;
		jsonw_key(&w, copied[i]);
		jsonw_value(&w, json_get(body, copied[i]), false);
	}
	jsonw_kv_string(&w, "created_at_utc", when);
	jsonw_end_object(&w);
	return 0;
}

static bool no_line(const char *text, size_t len, const void *ctx)
{
	(void)text;
	(void)len;
	(void)ctx;
	return false;
}

static void advise(struct serve_api *api, const struct json *body, const char *name,
    const char *version, struct serve_answer *a)
{
	CLEANUP(buf_clear) struct buf line = buf_init(REGISTRY_INDEX_LINE_MAX);
	const char *fault = advisory_fault(body);
	struct err err = {0};

	if (fault != NULL) {
		serve_fail(a, 400, REGISTRY_CODE(REG_ADVISORY_INVALID), fault);
		return;
	}
	if (print_advisory(&line, body, name, version, &err) < 0 ||
	    edit_lines(api, "advisories.ndjson", line.data, no_line, NULL, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	buf_printf(&a->body, "{\"ok\":true,\"advisory\":%s}", line.data);
	serve_json(a, 200);
}

struct which_advisory {
	const char *id, *name, *version;
	bool *found;
};

/* Its owner was asked about this package and version, so an id alone is not enough. */
static bool is_advisory(const char *text, size_t len, const void *ctx)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct which_advisory *which = ctx;
	const struct json *line = NULL;
	struct json_fault fault = {0};

	if (json_parse(&line, &arena, text, len, NULL, &fault) < 0 ||
	    !json_is(json_get(line, "id"), which->id) ||
	    !json_is(json_get(line, "package"), which->name) ||
	    !json_is(json_get(line, "version"), which->version))
		return false;
	*which->found = true;
	return true;
}

static void withdraw(struct serve_api *api, const char *id, const char *name, const char *version,
    struct serve_answer *a)
{
	bool found = false;
	const struct which_advisory which = {id, name, version, &found};
	struct err err = {0};

	if (edit_lines(api, "advisories.ndjson", NULL, is_advisory, &which, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	if (!found) {
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such advisory");
		return;
	}
	buf_puts(&a->body, "{\"ok\":true}");
	serve_json(a, 200);
}

/* /v1/packages/NAME/VERSION/... */
static bool post_package(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(SERVE_JSON_MAX * 2);
	AUTO_FREE char *copy = base_strdup(q->path);
	struct serve_account who = {0};
	const char *id = strstr(q->path, "/advisories/");
	char *s[4] = {0};
	size_t count = 0;
	bool is_withdraw = false;

	/* .../advisories/ID/withdraw has one segment more than are split. */
	if (id != NULL && strcmp(id + 12 + strcspn(id + 12, "/"), "/withdraw") == 0) {
		copy[id - q->path] = '\0';
		is_withdraw = true;
	}
	if (!serve_request_split(copy, "/v1/packages/", s, &count) ||
	    count != (is_withdraw ? 2u : 3u))
		return false;
	if (!is_withdraw && strcmp(s[2], "yank") != 0 && strcmp(s[2], "advisories") != 0)
		return false;
	if (!authorize(&who, api, q, SERVE_SCOPE_OWNER, a) || !version_exists(api, s[0], s[1], a) ||
	    !may_manage(api, &who, s[0], a))
		return true;
	arena_init(&arena, SERVE_JSON_MAX * 64);
	if (is_withdraw) {
		AUTO_FREE char *only = strndup(id + 12, strcspn(id + 12, "/"));

		withdraw(api, only, s[0], s[1], a);
	} else if (strcmp(s[2], "yank") == 0) {
		yank(api, read_body(&arena, &text, body_fd), s[0], s[1], a);
	} else {
		advise(api, read_body(&arena, &text, body_fd), s[0], s[1], a);
	}
	return true;
}

static unsigned wanted_scopes(const struct json *body)
{
	const struct json *list = json_get(body, "scopes");
	CLEANUP(buf_clear) struct buf text = buf_init(1024);

	if (list == NULL)
		return SERVE_SCOPE_PUBLISH;
	if (list->kind != JSON_ARRAY || list->count > 8)
		return 0;
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i].kind != JSON_STRING)
			return 0;
		buf_printf(&text, "%s%.*s", i > 0 ? "," : "", (int)list->items[i].text.len,
		    list->items[i].text.ptr);
	}
	return text.data != NULL && !text.overflow ? serve_scopes_parse(text.data) : 0;
}

static void make_token(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(SERVE_JSON_MAX);
	struct jsonw w = jsonw_init(&a->body, false);
	struct serve_account who = {0};
	const struct json *body, *label;
	struct serve_new_token made;
	AUTO_FREE char *name = NULL;
	struct err err = {0};
	unsigned bits;

	if (!authorize(&who, api, q, SERVE_SCOPE_TOKEN, a))
		return;
	body = read_body(&arena, &text, body_fd);
	label = body != NULL ? json_get(body, "label") : NULL;
	bits = body != NULL ? wanted_scopes(body) : 0;
	if (label == NULL || label->kind != JSON_STRING || label->text.len > 128 || bits == 0) {
		serve_fail(a, 400, REGISTRY_CODE(REG_SCOPE_INVALID),
		    "the body is {\"label\", \"scopes\"?}");
		return;
	}
	/* A token gives away only what its maker has. */
	if ((who.scopes & SERVE_SCOPE_ADMIN) == 0 && (bits & ~who.scopes) != 0) {
		serve_fail(a, 403, REGISTRY_CODE(REG_FORBIDDEN),
		    "the token lacks a scope that it gives away");
		return;
	}
	name = strndup(label->text.ptr, label->text.len);
	if (serve_token_make(&made, api->o->data, who.handle, name, bits, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_kv_string(&w, "token_id", made.id);
	jsonw_kv_string(&w, "token", made.token);
	jsonw_end_object(&w);
	serve_json(a, 200);
}

static void revoke_token(
    struct serve_api *api, const struct serve_request *q, struct serve_answer *a)
{
	struct serve_account who = {0};
	struct err err = {0};
	char id[33];
	size_t len = strcspn(q->path + 11, "/");

	if (!authorize(&who, api, q, SERVE_SCOPE_TOKEN, a))
		return;
	(void)snprintf(id, sizeof(id), "%.*s", (int)(len < 32 ? len : 32), q->path + 11);
	if (serve_token_revoke(api, &who, id, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	buf_puts(&a->body, "{\"ok\":true}");
	serve_json(a, 200);
}

static bool is_revoke(const char *path)
{
	return strncmp(path, "/v1/tokens/", 11) == 0 &&
	       strcmp(path + 11 + strcspn(path + 11, "/"), "/revoke") == 0;
}

bool serve_handle_post(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a)
{
	if (strcmp(q->path, "/v1/packages/publish") == 0)
		publish(api, q, body_fd, a);
	else if (strcmp(q->path, "/v1/tokens") == 0)
		make_token(api, q, body_fd, a);
	else if (is_revoke(q->path))
		revoke_token(api, q, a);
	else if (strncmp(q->path, "/v1/packages/", 13) == 0)
		return post_package(api, q, body_fd, a);
	else
		return false;
	return true;
}

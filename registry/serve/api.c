/* SPDX-License-Identifier: MIT */
/*
 * The routes that read. Index files and archives are served from descriptors below the folder of
 * the registry, opened so that no link and no ".." leads out of it.
 */
#include "registry/serve/api.h"

#include "base/file.h"
#include "base/path.h"
#include "pkg/version.h"
#include "registry/build/archive.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/pack.h"
#include "registry/serve/state.h"
#include "registry/serve/write.h"
#include "registry/types.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CACHE_INDEX "public, max-age=300"
#define CACHE_FOREVER "public, max-age=31536000, immutable"
#define CATALOG_MAX ((size_t)64 << 20)

static bool etag_matches(const char *list, const char *etag)
{
	/* Weak tags compare like strong ones here. Source: RFC 9110, section 13.1.2. */
	return strcmp(list, "*") == 0 || (etag[0] != '\0' && strstr(list, etag) != NULL);
}

static int hash_file(char etag[72], int fd)
{
	char *chunk = base_alloc(65536);
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;
	ssize_t n;

	sha256_init(&h);
	while ((n = read(fd, chunk, 65536)) > 0)
		sha256_add(&h, chunk, (size_t)n);
	free(chunk);
	sha256_end(&h, digest);
	etag[0] = '"';
	sha256_hex(etag + 1, digest);
	memcpy(etag + SHA256_HEX_SIZE, "\"", 2);
	return n < 0 || lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* A regular file of the registry; its digest is its tag. */
static bool send_file(struct serve_api *api, const struct serve_request *q, const char *path,
    const char *type, struct serve_answer *a)
{
	AUTO_CLOSE int fd = -1;
	struct err err = {0};
	struct stat st;

	if (path_open_beneath(
		&fd, api->data_fd, path, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS, &err) < 0 ||
	    fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (hash_file(a->etag, fd) < 0) {
		serve_fail(a, 500, REGISTRY_CODE(REG_STORAGE), "the file cannot be read");
		return true;
	}
	a->type = type;
	a->status = 200;
	if (etag_matches(q->if_none_match, a->etag)) {
		a->status = 304;
		return true;
	}
	a->file_bytes = (uint64_t)st.st_size;
	a->file_fd = take_fd(&fd);
	return true;
}

static const char *type_of(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0 ? "application/json"
							       : "application/x-ndjson";
}

static void get_index(struct serve_api *api, const struct serve_request *q, struct serve_answer *a)
{
	CLEANUP(buf_clear) struct buf want = buf_init(2048);
	const char *name = path_basename(q->path);
	bool by_digest = strncmp(q->path, "/index/snapshot/", 16) == 0;
	struct err err = {0};

	a->cache = by_digest ? CACHE_FOREVER : CACHE_INDEX;
	if (strchr(name, '.') == NULL && !by_digest) {
		buf_puts(&want, "/index/");
		if (registry_index_path(&want, name, &err) < 0 || strcmp(want.data, q->path) != 0) {
			serve_fail(a, 400, REGISTRY_CODE(REG_INDEX_PATH_INVALID),
			    "no package has its index file there");
			return;
		}
	}
	if (!send_file(api, q, q->path + 1, type_of(q->path), a))
		serve_fail(a, 404, REGISTRY_CODE(REG_INDEX_NOT_FOUND), "no such index file");
}

static void redirect(struct serve_answer *a, int status, const char *to)
{
	a->status = status;
	a->type = "text/plain";
	(void)snprintf(a->location, sizeof(a->location), "%s", to);
}

/* The index of a package as the client sees it; registry_index_clear. */
static int load_index(
    struct serve_api *api, struct registry_index *out, const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf path = buf_init(2048);
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_INDEX_FILE_MAX);
	AUTO_CLOSE int fd = -1;
	int rc;

	buf_puts(&path, "index/");
	if (!pkg_name_is_valid(str_c(name)) || registry_index_path(&path, name, err) < 0 ||
	    path_open_beneath(&fd, api->data_fd, path.data, O_RDONLY, RESOLVE_NO_SYMLINKS, err) < 0)
		return err_code(
		    err, ERR_NOT_FOUND, REGISTRY_CODE(REG_NOT_FOUND), "no such package");
	rc = file_read_fd(&text, fd, "index file", err);
	return rc < 0 ? rc : registry_index_parse(out, name, text.data, text.len, err);
}

static const char *latest_of(const struct registry_index *index)
{
	/* The file is in the order of versions. */
	for (uint32_t i = index->count; i > 0; i--) {
		if (!index->versions[i - 1].yanked)
			return index->versions[i - 1].version;
	}
	return NULL;
}

static void get_package(struct serve_api *api, const char *name, struct serve_answer *a)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	struct jsonw w = jsonw_init(&a->body, false);
	struct err err = {0};
	char owner[65];

	if (load_index(api, &index, name, &err) < 0 ||
	    serve_owner_get(owner, api, name, &err) < 0) {
		serve_fail_err(a, &err);
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_kv_string(&w, "name", name);
	jsonw_kv_string(&w, "latest_version", latest_of(&index));
	jsonw_kv_bool(&w, "is_official", false);
	jsonw_key(&w, "owners");
	jsonw_array(&w);
	if (owner[0] != '\0')
		jsonw_string(&w, owner);
	jsonw_end_array(&w);
	jsonw_key(&w, "versions");
	jsonw_array(&w);
	for (uint32_t i = 0; i < index.count; i++) {
		const struct registry_version *v = &index.versions[i];

		jsonw_object(&w);
		jsonw_kv_string(&w, "version", v->version);
		jsonw_kv_string(&w, "cksum", v->cksum);
		jsonw_kv_bool(&w, "yanked", v->yanked);
		if (v->published_at != NULL)
			jsonw_kv_string(&w, "published_at", v->published_at);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	serve_json(a, 200);
}

static void get_metadata(
    struct serve_api *api, const char *name, const char *version, struct serve_answer *a)
{
	CLEANUP(build_archive_clear) struct build_archive archive = {0};
	CLEANUP(buf_clear) struct buf path = buf_init(2048);
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	struct jsonw w = jsonw_init(&a->body, false);
	AUTO_CLOSE int fd = -1;
	struct err err = {0};

	buf_puts(&path, "dl/");
	registry_download_path(&path, name, version);
	if (path_open_beneath(&fd, api->data_fd, path.data, O_RDONLY, RESOLVE_NO_SYMLINKS, &err) <
		0 ||
	    file_read_fd(&bytes, fd, "archive", &err) < 0 ||
	    build_archive_read(&archive, bytes.data, bytes.len, &err) < 0) {
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such version");
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_key(&w, "package");
	jsonw_value(&w, archive.package.document, false);
	jsonw_kv_string(&w, "cksum", archive.sha256);
	jsonw_kv_bool(&w, "is_official", false);
	jsonw_end_object(&w);
	(void)snprintf(a->etag, sizeof(a->etag), "\"%s\"", archive.sha256);
	a->cache = "public, max-age=3600";
	serve_json(a, 200);
}

static void get_advisories(
    struct serve_api *api, const char *name, const char *version, struct serve_answer *a)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	const struct registry_version *v = NULL;
	struct err err = {0};

	if (load_index(api, &index, name, &err) < 0 ||
	    registry_index_find(&v, &index, version, &err) < 0) {
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such version");
		return;
	}
	buf_puts(&a->body, "{\"ok\":true,\"advisories\":[");
	for (uint32_t i = 0; i < v->advisory_count; i++)
		buf_printf(&a->body, "%s%s", i > 0 ? "," : "", v->advisories[i].text);
	buf_puts(&a->body, "]}");
	serve_json(a, 200);
}

static void get_packages(
    struct serve_api *api, const struct serve_request *q, struct serve_answer *a)
{
	CLEANUP(buf_clear) struct buf path = buf_init(SERVE_PATH_MAX + 16);
	AUTO_FREE char *copy = base_strdup(q->path);
	char *s[4] = {0};
	size_t count = 0;

	if (!serve_request_split(copy, "/v1/packages/", s, &count))
		count = 0;
	if (count == 1) {
		get_package(api, s[0], a);
	} else if (count == 3 && strcmp(s[2], "download") == 0) {
		buf_puts(&path, "dl/");
		registry_download_path(&path, s[0], s[1]);
		a->cache = CACHE_FOREVER;
		if (!send_file(api, q, path.data, "application/octet-stream", a))
			serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such version");
	} else if (count == 3 && strcmp(s[2], "metadata") == 0) {
		get_metadata(api, s[0], s[1], a);
	} else if (count == 3 && strcmp(s[2], "advisories") == 0) {
		get_advisories(api, s[0], s[1], a);
	} else {
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "nothing here");
	}
}

static size_t query_number(const char *query, const char *name, size_t otherwise, size_t max)
{
	char text[32];
	size_t v = 0;

	if (!serve_query_get(text, sizeof(text), query, name) || text[0] == '\0')
		return otherwise;
	for (const char *at = text; *at != '\0'; at++) {
		if (*at < '0' || *at > '9' || v > max)
			return otherwise;
		v = v * 10 + (size_t)(*at - '0');
	}
	return v > max ? max : v;
}

static bool contains(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void put_found(struct jsonw *w, const struct json *entry)
{
	const struct json *latest = json_get(entry, "latest");
	const struct json *description = json_get(entry, "description");

	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_value(w, json_get(entry, "name"), false);
	jsonw_key(w, "latest_version");
	if (latest != NULL)
		jsonw_value(w, latest, false);
	else
		jsonw_null(w);
	jsonw_kv_bool(w, "is_official", false);
	if (description != NULL) {
		jsonw_key(w, "description");
		jsonw_value(w, description, false);
	}
	jsonw_end_object(w);
}

static void search(struct serve_answer *a, const struct serve_request *q, const struct json *list)
{
	struct jsonw w = jsonw_init(&a->body, false);
	size_t limit = query_number(q->query, "limit", 20, 100);
	size_t offset = query_number(q->query, "offset", 0, 1000000);
	size_t total = 0;
	char text[256] = "";

	(void)serve_query_get(text, sizeof(text), q->query, "q");
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	jsonw_kv_string(&w, "q", text);
	jsonw_kv_int(&w, "limit", (int64_t)limit);
	jsonw_kv_int(&w, "offset", (int64_t)offset);
	jsonw_key(&w, "packages");
	jsonw_array(&w);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json *name = json_get(&list->items[i], "name");

		if (name == NULL || name->kind != JSON_STRING || !contains(name->text, text))
			continue;
		if (total >= offset && total - offset < limit)
			put_found(&w, &list->items[i]);
		total++;
	}
	jsonw_end_array(&w);
	jsonw_kv_int(&w, "total", (int64_t)total);
	jsonw_end_object(&w);
	serve_json(a, 200);
}

static void get_search(struct serve_api *api, const struct serve_request *q, struct serve_answer *a)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(CATALOG_MAX);
	const struct json *root = NULL, *list = NULL;
	struct json_fault fault = {0};
	AUTO_CLOSE int fd = -1;
	struct err err = {0};

	if (path_open_beneath(&fd, api->data_fd, "index/catalog.json", O_RDONLY,
		RESOLVE_NO_SYMLINKS, &err) == 0 &&
	    file_read_fd(&text, fd, "catalog.json", &err) == 0 &&
	    json_parse(&root, &arena, text.data, text.len, NULL, &fault) == 0)
		list = json_get(root, "packages");
	if (list == NULL || list->kind != JSON_ARRAY)
		serve_fail(a, 500, REGISTRY_CODE(REG_STORAGE), "the catalog cannot be read");
	else
		search(a, q, list);
}

static void get_account(
    struct serve_api *api, const struct serve_request *q, struct serve_answer *a, bool list)
{
	struct jsonw w = jsonw_init(&a->body, false);
	struct serve_account who = {0};
	struct err err = {0};
	int status = serve_authenticate(&who, api, q->authorization, &err);

	if (status != 0) {
		serve_fail_err(a, &err);
		return;
	}
	if (list && (who.scopes & (SERVE_SCOPE_TOKEN | SERVE_SCOPE_ADMIN)) == 0) {
		serve_fail(
		    a, 403, REGISTRY_CODE(REG_FORBIDDEN), "the token lacks the scope token.manage");
		return;
	}
	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", true);
	if (!list)
		jsonw_kv_string(&w, "handle", who.handle);
	else if (serve_token_list(&w, api, &who, &err) < 0)
		serve_fail_err(a, &err);
	if (err.code != 0)
		return;
	jsonw_end_object(&w);
	serve_json(a, 200);
}

static void get_text(struct serve_answer *a, const char *text)
{
	a->status = 200;
	a->type = "text/plain";
	buf_puts(&a->body, text);
}

static void handle_get(struct serve_api *api, const struct serve_request *q, struct serve_answer *a)
{
	const char *path = q->path;

	if (strcmp(path, "/healthz") == 0)
		get_text(a, "ok");
	else if (strcmp(path, "/") == 0)
		get_text(a, "An x07 package registry; its index is at /index/.\n");
	else if (strcmp(path, "/index") == 0)
		redirect(a, 308, "/index/");
	else if (strcmp(path, "/index/") == 0)
		redirect(a, 307, "/index/catalog.json");
	else if (strncmp(path, "/index/", 7) == 0)
		get_index(api, q, a);
	else if (strncmp(path, "/v1/packages/", 13) == 0)
		get_packages(api, q, a);
	else if (strcmp(path, "/v1/search") == 0)
		get_search(api, q, a);
	else if (strcmp(path, "/v1/account") == 0)
		get_account(api, q, a, false);
	else if (strcmp(path, "/v1/tokens") == 0)
		get_account(api, q, a, true);
	else if (strncmp(path, "/dl/", 4) == 0) {
		a->cache = CACHE_FOREVER;
		if (!send_file(api, q, path + 1, "application/octet-stream", a))
			serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "no such version");
	} else
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "nothing here");
}

void serve_handle(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a)
{
	struct err err = {0};

	a->file_fd = -1;
	a->body = buf_init((size_t)128 << 20);
	if (serve_random_hex(a->request_id, 32, &err) < 0)
		a->request_id[0] = '\0';
	if (q->method == SERVE_GET || q->method == SERVE_HEAD)
		handle_get(api, q, a);
	else if (q->method != SERVE_POST)
		serve_fail(a, 405, REGISTRY_CODE(REG_NOT_FOUND), "this method is not served");
	else if (!serve_handle_post(api, q, body_fd, a))
		serve_fail(a, 404, REGISTRY_CODE(REG_NOT_FOUND), "nothing here");
	if (a->body.overflow)
		serve_fail(a, 500, REGISTRY_CODE(REG_INTERNAL), "the answer is too large");
}

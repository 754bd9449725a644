/* SPDX-License-Identifier: MIT */
/*
 * Tokens: ~/.x07/credentials.json, readable by the user alone. A token is bound to the address of
 * its registry and goes to that origin only, over https (registry/client/fetch.h).
 */
#include "registry/client/token.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "registry/codes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA "x07.credentials@0.1.0"
#define MAX_BYTES ((size_t)1 << 20)
#define CODE REGISTRY_CODE(LOGIN_FAILED)

/* As the reference writes it: `sparse+` and the address. */
static char *key_of(const struct client_settings *s)
{
	CLEANUP(buf_clear) struct buf key = buf_init(4096);

	buf_printf(&key, "%s%s", s->kind == CLIENT_INDEX_GIT ? "git+" : "sparse+", s->base);
	return buf_take(&key);
}

/* @return ERR_NOT_FOUND when there is none; a file that others can read is refused. */
static int read_file(struct buf *out, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_code(err, ERR_PKG, CODE, "%s: %s", path, strerror(errno));
	if ((st.st_mode & 077) != 0)
		return err_code(err, ERR_PKG, CODE,
		    "%s holds tokens and others can read it; `chmod 600` it", path);
	return file_read_fd(out, fd, path, err);
}

static int parse(const struct json **tokens, struct arena *arena, const struct buf *text,
    const char *path, struct err *err)
{
	const struct json *doc = NULL;
	struct json_fault fault = {0};

	*tokens = NULL;
	if (json_parse(&doc, arena, buf_str(text), text->len, NULL, &fault) < 0 ||
	    !json_is(json_get(doc, "schema_version"), SCHEMA))
		return err_code(err, ERR_PKG, CODE, "%s is no " SCHEMA, path);
	*tokens = json_get(doc, "tokens");
	return 0;
}

int client_token_load(char **out, const struct client_settings *s, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(MAX_BYTES);
	CLEANUP(arena_clear) struct arena arena = {0};
	AUTO_FREE char *path = client_home_path(s, "credentials.json");
	AUTO_FREE char *key = key_of(s);
	const struct json *tokens = NULL, *token;
	int rc;

	if (s->kind == CLIENT_INDEX_FILE || s->offline)
		return 0;
	rc = read_file(&text, path, err);
	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = parse(&tokens, &arena, &text, path, err);
	if (rc < 0)
		return rc;
	token = json_get(tokens, key);
	if (token != NULL && token->kind == JSON_STRING && token->text.len > 0)
		*out = strndup(token->text.ptr, token->text.len);
	return 0;
}

static void put_tokens(struct buf *out, const struct json *old, const char *key, const char *token)
{
	struct jsonw w = jsonw_init(out, true);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", SCHEMA);
	jsonw_key(&w, "tokens");
	jsonw_object(&w);
	for (uint32_t i = 0; old != NULL && old->kind == JSON_OBJECT && i < old->count; i++) {
		CLEANUP(buf_clear) struct buf name = buf_init(4096);

		buf_add(&name, old->items[i].key.ptr, old->items[i].key.len);
		if (name.data == NULL || strcmp(name.data, key) == 0)
			continue;
		jsonw_key(&w, name.data);
		jsonw_value(&w, &old->items[i], false);
	}
	jsonw_kv_string(&w, key, token);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

/* Nobody else may read it for a moment either, so the mode is set before there are contents. */
static int write_private(const char *path, const struct buf *text, struct err *err)
{
	CLEANUP(buf_clear) struct buf temp = buf_init(16384);
	AUTO_CLOSE int fd = -1;
	int rc = 0;

	buf_printf(&temp, "%s.%ld.tmp", path, (long)getpid());
	(void)unlink(temp.data);
	fd = open(temp.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_code(err, ERR_PKG, CODE, "%s: %s", temp.data, strerror(errno));
	rc = file_write_all(fd, text->data, text->len, err);
	if (rc == 0 && (fsync(fd) < 0 || rename(temp.data, path) < 0))
		rc = err_code(err, ERR_PKG, CODE, "%s: %s", path, strerror(errno));
	if (rc < 0)
		(void)unlink(temp.data);
	return rc;
}

int client_token_save(
    char **path, const struct client_settings *s, const char *token, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(MAX_BYTES);
	CLEANUP(buf_clear) struct buf out = buf_init(MAX_BYTES);
	CLEANUP(arena_clear) struct arena arena = {0};
	AUTO_FREE char *file = client_home_path(s, "credentials.json");
	AUTO_FREE char *key = key_of(s);
	const struct json *old = NULL;
	struct err inner = {0};
	int rc;

	if (file_mkdirs(s->home, &inner) < 0)
		return err_code(err, ERR_PKG, CODE, "%s", inner.message);
	rc = read_file(&text, file, err);
	if (rc == 0)
		rc = parse(&old, &arena, &text, file, err);
	if (rc < 0 && rc != ERR_NOT_FOUND)
		return rc;
	put_tokens(&out, old, key, token);
	rc = write_private(file, &out, err);
	if (rc == 0)
		*path = TAKE(file);
	return rc;
}

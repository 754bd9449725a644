/* SPDX-License-Identifier: MIT */
/*
 * `x07 registry key`, and the key files that it makes: a seed, readable by its owner alone. What an
 * old key says of a new one goes into rotations.ndjson, for everybody.
 * Source: docs/format/index.md, "keys".
 */
#include "cmd/cmd_registry.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "cmd/codes.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 4096
#define ROTATIONS_MAX ((size_t)1 << 20)

/* clang-format off */
#define AT(field) offsetof(struct registry_options, field)
#define TEXT(name, value, field, help) { name, value, NULL, help, OPTION_TEXT, OPTION_IN_X07, 0, AT(field) }
#define FLAG(name, field, help) { name, NULL, NULL, help, OPTION_FLAG, OPTION_IN_X07, 0, AT(field) }
const struct option registry_key_rows[5] = {
	TEXT("--out", "FILE", out, "where the new key goes; it must not exist"),
	TEXT("--key", "FILE", key, "the key before, which vouches for the new one"),
	TEXT("--key-id", "ID", key_id, "name of the key before (default: made of its digest)"),
	TEXT("--rotations", "FILE", rotations, "where that goes: rotations.ndjson beside the packages"),
	FLAG("--json", pkg.json, "print the report as JSON on a terminal too"),
};
/* clang-format on */

void signing_key_clear(struct signing_key *k)
{
	explicit_bzero(k, sizeof(*k));
}

static int finish_key(struct signing_key *k, const char *id, struct err *err)
{
	char hex[SHA256_HEX_SIZE];
	int rc = registry_sign_public(k->pub, k->seed, err);

	if (rc < 0)
		return rc;
	if (id != NULL && (strlen(id) > REGISTRY_KEY_ID_MAX || id[0] == '\0'))
		return err_set(err, ERR_USAGE, "--key-id: 1 to %u characters", REGISTRY_KEY_ID_MAX);
	sha256_text(hex, k->pub, sizeof(k->pub));
	if (id != NULL)
		(void)snprintf(k->id, sizeof(k->id), "%s", id);
	else
		(void)snprintf(k->id, sizeof(k->id), "ed25519-%.16s", hex);
	k->present = true;
	return 0;
}

int signing_key_load(struct signing_key *k, const char *path, const char *id, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(KEY_FILE_MAX);
	struct stat st;
	int rc;

	if (path == NULL)
		return 0;
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		return err_code(err, ERR_PKG, CMD_CODE(KEY_UNSAFE),
		    "%s: others can read this key; run: chmod 600 %s", path, path);
	rc = file_read(&text, path, err);
	if (rc == 0)
		rc = registry_sign_read_seed(k->seed, text.data, text.len, err);
	if (text.data != NULL)
		explicit_bzero(text.data, text.len);
	if (rc == ERR_FORMAT)
		err->what = CMD_CODE(KEY_INVALID);
	if (rc < 0)
		return err_wrap_file(err, path);
	return finish_key(k, id, err);
}

void signing_key_print(struct jsonw *w, const struct signing_key *k)
{
	jsonw_kv_string(w, "key_id", k->id);
	jsonw_key(w, "ed25519_pub");
	jsonw_base64(w, k->pub, sizeof(k->pub));
}

/* The line of rotations.ndjson by which clients of @p old come to trust @p key. */
static int print_rotation(
    struct buf *out, const struct signing_key *key, const struct signing_key *old, struct err *err)
{
	CLEANUP(buf_clear) struct buf message = buf_init(512);
	struct registry_rotation r = {
	    .by = {.kind = "ed25519", .key_id = old->id, .well_formed = true}};
	struct jsonw w = jsonw_init(out, false);
	int rc;

	memcpy(r.key.id, key->id, sizeof(r.key.id));
	memcpy(r.key.pub, key->pub, sizeof(r.key.pub));
	registry_rotation_message(&message, &r.key);
	rc = registry_sign_make(r.by.sig, old->seed, message.data, message.len, err);
	if (rc < 0)
		return rc;
	registry_rotation_print(&w, &r);
	buf_putc(out, '\n');
	return 0;
}

/* Public: readable by whoever builds, and replaced whole. */
static int append_rotation(const char *path, const struct buf *line, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(ROTATIONS_MAX);
	struct err none = {0};
	int rc = file_read(&text, path, &none);

	if (rc < 0 && rc != ERR_NOT_FOUND) {
		*err = none;
		return rc;
	}
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buf_putc(&text, '\n');
	buf_add(&text, line->data, line->len);
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "%s: larger than 1 MiB", path);
	return file_replace(path, text.data, text.len, err);
}

static int write_key(const char *path, const struct signing_key *key, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(256);
	mode_t before;
	int rc;

	buf_put_base64(&text, key->seed, sizeof(key->seed));
	buf_putc(&text, '\n');
	before = umask(077);
	rc = file_create(path, text.data, text.len, err);
	(void)umask(before);
	explicit_bzero(text.data, text.len);
	return rc;
}

static int check_key_options(const struct registry_options *o, struct err *err)
{
	if (o->out == NULL)
		return err_set(err, ERR_USAGE, "--out FILE says where the key goes");
	if ((o->key == NULL) != (o->rotations == NULL))
		return err_set(err, ERR_USAGE,
		    "--key OLD and --rotations FILE belong together: the old key vouches for the "
		    "new one there");
	return 0;
}

/* A key that no client would follow is not left behind, to be used by mistake. */
static int make_key(struct pkg_report *r, const struct registry_options *o, struct err *err)
{
	CLEANUP(signing_key_clear) struct signing_key key = {0}, old = {0};
	CLEANUP(buf_clear) struct buf line = buf_init(1024);
	int rc = check_key_options(o, err);

	if (rc == 0)
		rc = signing_key_load(&old, o->key, o->key_id, err);
	if (rc < 0)
		return rc;
	if (getrandom(key.seed, sizeof(key.seed), 0) != (ssize_t)sizeof(key.seed))
		return err_sys(err, ERR_IO, "random numbers");
	rc = finish_key(&key, NULL, err);
	if (rc == 0 && old.present)
		rc = print_rotation(&line, &key, &old, err);
	if (rc == 0)
		rc = write_key(o->out, &key, err);
	if (rc == 0 && old.present && (rc = append_rotation(o->rotations, &line, err)) < 0)
		(void)unlink(o->out);
	if (rc < 0)
		return rc;
	pkg_report_open(r);
	jsonw_kv_string(&r->w, "key", o->out);
	signing_key_print(&r->w, &key);
	if (old.present)
		jsonw_kv_string(&r->w, "rotations", o->rotations);
	pkg_report_close(r);
	buf_printf(&r->text, "%s: key %s, public ", o->out, key.id);
	buf_put_base64(&r->text, key.pub, sizeof(key.pub));
	buf_putc(&r->text, '\n');
	if (old.present)
		buf_printf(&r->text, "%s: key %s vouches for it\n", o->rotations, old.id);
	return 0;
}

int cmd_registry_key(const struct cmd_call *call)
{
	const struct registry_options *o = call->options;
	CLEANUP(pkg_report_clear) struct pkg_report r;
	struct err err = {0};
	int rc;

	pkg_report_init(&r, call);
	rc = make_key(&r, o, &err);
	return pkg_report_finish(&r, rc, &err);
}

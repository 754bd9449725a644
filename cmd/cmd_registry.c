/* SPDX-License-Identifier: MIT */
/*
 * `x07 registry build|key|serve|token`: from options to one call of registry/ and a report. `check`
 * is cmd_registry_check.c.
 */
#include "cmd/cmd_registry.h"

#include "base/file.h"
#include "registry/build.h"
#include "registry/serve.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY_FILE_MAX 4096
#define KEY_ID_SIZE 32
#define DEFAULT_NAME "x07-registry"
#define MIB (UINT64_C(1) << 20)

/* clang-format off */
#define AT(field) offsetof(struct registry_options, field)
#define TEXT(name, value, field, help) { name, value, NULL, help, OPTION_TEXT, OPTION_IN_X07, 0, AT(field) }
#define FLAG(name, field, help) { name, NULL, NULL, help, OPTION_FLAG, OPTION_IN_X07, 0, AT(field) }
#define UINT(name, value, field, help) { name, value, NULL, help, OPTION_UINT, OPTION_IN_X07, 0, AT(field) }
#define JSON FLAG("--json", pkg.json, "print the report as JSON on a terminal too")
#define KEY TEXT("--key", "FILE", key, "sign with this key (see x07 registry key)")
#define KEY_ID TEXT("--key-id", "ID", key_id, "name of the key (default: made of its digest)")
#define NAME TEXT("--name", "NAME", name, "what the registry calls itself (default: " DEFAULT_NAME ")")

const struct option registry_build_rows[10] = {
	TEXT("--out", "DIR", out, "where the registry goes: DIR/index and DIR/dl (default: public)"),
	KEY, KEY_ID, NAME,
	TEXT("--dl", "URL", dl, "where clients find DIR/dl (default: ../dl/ beside the index)"),
	TEXT("--api", "URL", api, "where clients publish (default: nowhere)"),
	UINT("--valid-days", "N", days, "how long the snapshot may be believed (default: 30)"),
	UINT("--memory", "MIB", memory, "memory for sorting (default: 24)"),
	FLAG("--quiet", pkg.quiet, "no notes"),
	JSON,
};
const struct option registry_check_rows[5] = {
	TEXT("--trust-key", "ID:BASE64", trust_key, "trust this public key alone"),
	FLAG("--no-archives", no_archives, "check the index, download no archive"),
	FLAG("--offline", pkg.offline, "open no socket"),
	FLAG("--quiet", pkg.quiet, "no notes"),
	JSON,
};
const struct option registry_key_rows[2] = {
	TEXT("--out", "FILE", out, "where the new key goes; it must not exist"),
	JSON,
};
const struct option registry_serve_rows[6] = {
	TEXT("--bind", "ADDRESS:PORT", bind, "where to listen (default: 127.0.0.1:8080)"),
	TEXT("--public-base", "URL", public_base, "address that clients use (default: relative ones)"),
	KEY, KEY_ID, NAME,
	FLAG("--quiet", pkg.quiet, "no line for each request"),
};
const struct option registry_token_rows[5] = {
	TEXT("--handle", "NAME", handle, "who publishes with it: owner of new packages"),
	TEXT("--label", "TEXT", label, "what it is for"),
	TEXT("--scopes", "LIST", scopes, "publish,owner.manage,token.manage,admin (default: publish)"),
	FLAG("--quiet", pkg.quiet, "no notes"),
	JSON,
};
/* clang-format on */

/** A signing key and its name. */
struct key {
	uint8_t seed[REGISTRY_ED25519_SEED];
	uint8_t pub[REGISTRY_ED25519_PUB];
	char id[REGISTRY_KEY_ID_MAX + 1];
	bool present;
};

static void key_clear(struct key *k)
{
	explicit_bzero(k, sizeof(*k));
}

static int finish_key(struct key *k, const char *id, struct err *err)
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

static int load_key(struct key *k, const char *path, const char *id, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(KEY_FILE_MAX);
	struct stat st;
	int rc;

	if (path == NULL)
		return 0;
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		return err_user(err, ERR_PKG, "X07PKG_KEY_UNSAFE",
		    "%s: others can read this key; run: chmod 600 %s", path, path);
	rc = file_read(&text, path, err);
	if (rc == 0)
		rc = registry_sign_read_seed(k->seed, text.data, text.len, err);
	if (text.data != NULL)
		explicit_bzero(text.data, text.len);
	if (rc == ERR_FORMAT)
		memcpy(err->user_code, "X07PKG_KEY_INVALID", sizeof("X07PKG_KEY_INVALID"));
	if (rc < 0)
		return err_wrap_file(err, path);
	return finish_key(k, id, err);
}

static void put_key(struct jsonw *w, const struct key *k)
{
	jsonw_kv_string(w, "key_id", k->id);
	jsonw_key(w, "ed25519_pub");
	jsonw_base64(w, k->pub, sizeof(k->pub));
}

/* SOURCE_DATE_EPOCH makes a registry that can be made again, byte for byte. */
static int64_t build_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end = NULL;
	long long at = epoch != NULL && epoch[0] != '\0' ? strtoll(epoch, &end, 10) : 0;

	return end != NULL && *end == '\0' && at > 0 ? at : (int64_t)time(NULL);
}

static int build(
    struct pkg_report *r, const struct registry_options *o, const char *dir, struct err *err)
{
	CLEANUP(key_clear) struct key key = {0};
	struct registry_build_result result = {0};
	struct registry_build_options b = {.input = dir,
	    .output = o->out != NULL ? o->out : "public",
	    .name = o->name != NULL ? o->name : DEFAULT_NAME,
	    .dl = o->dl,
	    .api = o->api,
	    .now_s = build_time()};
	int rc = load_key(&key, o->key, o->key_id, err);

	if (rc < 0)
		return rc;
	if (o->days.set && (o->days.value == 0 || o->days.value > 3650))
		return err_set(err, ERR_USAGE, "--valid-days: 1 to 3650");
	if (o->memory.set && (o->memory.value < 1 || o->memory.value > 65536))
		return err_set(err, ERR_USAGE, "--memory: 1 to 65536");
	b.seed = key.present ? key.seed : NULL;
	b.key_id = key.id;
	b.lifetime_s = (int64_t)o->days.value * 86400;
	b.memory = (size_t)(o->memory.value * MIB);
	rc = registry_build(&result, &b, err);
	if (rc < 0)
		return rc;
	pkg_report_open(r);
	jsonw_kv_string(&r->w, "out", b.output);
	jsonw_kv_int(&r->w, "packages", (int64_t)result.packages);
	jsonw_kv_int(&r->w, "versions", (int64_t)result.versions);
	jsonw_kv_int(&r->w, "archives_added", (int64_t)result.archives_added);
	jsonw_kv_int(&r->w, "files_written", (int64_t)result.files_written);
	if (key.present) {
		jsonw_kv_int(&r->w, "snapshot_version", (int64_t)result.snapshot_version);
		put_key(&r->w, &key);
	}
	pkg_report_close(r);
	buf_printf(&r->text,
	    "%s: %" PRIu64 " packages, %" PRIu64 " versions, %" PRIu64 " archives added%s\n",
	    b.output, result.packages, result.versions, result.archives_added,
	    key.present ? "" : "; unsigned");
	return 0;
}

int cmd_registry_build(const struct cmd_call *call)
{
	CLEANUP(pkg_report_clear) struct pkg_report r;
	struct err err = {0};
	int rc;

	pkg_report_init(&r, call);
	if (call->args.operand_count != 1)
		rc = err_set(&err, ERR_USAGE, "name the folder with archives or package sources");
	else
		rc = build(&r, call->options, call->args.operands[0], &err);
	return pkg_report_finish(&r, rc, &err);
}

static int make_key(struct pkg_report *r, const char *path, struct err *err)
{
	CLEANUP(key_clear) struct key key = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(256);
	mode_t before;
	int rc;

	if (path == NULL)
		return err_set(err, ERR_USAGE, "--out FILE says where the key goes");
	if (getrandom(key.seed, sizeof(key.seed), 0) != (ssize_t)sizeof(key.seed))
		return err_sys(err, ERR_IO, "random numbers");
	rc = finish_key(&key, NULL, err);
	if (rc < 0)
		return rc;
	buf_put_base64(&text, key.seed, sizeof(key.seed));
	buf_putc(&text, '\n');
	before = umask(077);
	rc = file_create(path, text.data, text.len, err);
	(void)umask(before);
	explicit_bzero(text.data, text.len);
	if (rc < 0)
		return rc;
	pkg_report_open(r);
	jsonw_kv_string(&r->w, "key", path);
	put_key(&r->w, &key);
	pkg_report_close(r);
	buf_printf(&r->text, "%s: key %s, public ", path, key.id);
	buf_put_base64(&r->text, key.pub, sizeof(key.pub));
	buf_putc(&r->text, '\n');
	return 0;
}

int cmd_registry_key(const struct cmd_call *call)
{
	const struct registry_options *o = call->options;
	CLEANUP(pkg_report_clear) struct pkg_report r;
	struct err err = {0};
	int rc;

	pkg_report_init(&r, call);
	rc = make_key(&r, o->out, &err);
	return pkg_report_finish(&r, rc, &err);
}

static int make_token(
    struct pkg_report *r, const struct registry_options *o, const char *dir, struct err *err)
{
	char token[80] = "";
	int rc;

	if (o->handle == NULL)
		return err_set(err, ERR_USAGE, "--handle NAME says who publishes with the token");
	rc = registry_token_add(token, dir, o->handle, o->label != NULL ? o->label : "",
	    o->scopes != NULL ? o->scopes : "publish", err);
	if (rc < 0)
		return rc;
	pkg_report_open(r);
	jsonw_kv_string(&r->w, "handle", o->handle);
	jsonw_kv_string(&r->w, "token", token);
	pkg_report_close(r);
	buf_printf(&r->text, "%s\n", token);
	return 0;
}

int cmd_registry_token(const struct cmd_call *call)
{
	CLEANUP(pkg_report_clear) struct pkg_report r;
	struct err err = {0};
	int rc;

	pkg_report_init(&r, call);
	if (call->args.operand_count != 1)
		rc = err_set(&err, ERR_USAGE, "name the folder of the served registry");
	else
		rc = make_token(&r, call->options, call->args.operands[0], &err);
	return pkg_report_finish(&r, rc, &err);
}

/* Written by the signal handler alone. */
static volatile int stop_serving;

static void on_signal(int number)
{
	(void)number;
	stop_serving = 1;
}

static void on_ready(void *ctx, const char *address)
{
	(void)ctx;
	(void)printf("%s/index/\n", address);
	(void)fflush(stdout);
}

static void on_answer(void *ctx, const char *method, const char *path, int status)
{
	const struct registry_options *o = ctx;

	if (!o->pkg.quiet) {
		CLEANUP(buf_clear) struct buf line = buf_init(4096);

		buf_printf(&line, "%d %s %s", status, method, path);
		print_line(line.data != NULL ? line.data : "");
	}
}

static int serve(const struct registry_options *o, const char *dir, struct err *err)
{
	CLEANUP(key_clear) struct key key = {0};
	struct registry_options copy = *o;
	struct sigaction action = {.sa_handler = on_signal};
	struct registry_serve_options s = {.data = dir,
	    .bind = o->bind,
	    .name = o->name != NULL ? o->name : DEFAULT_NAME,
	    .public_base = o->public_base,
	    .ready = on_ready,
	    .log = on_answer,
	    .stop = &stop_serving,
	    .ctx = &copy};
	int rc = load_key(&key, o->key, o->key_id, err);

	if (rc < 0)
		return rc;
	if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0)
		return err_sys(err, ERR_IO, "signals");
	s.seed = key.present ? key.seed : NULL;
	s.key_id = key.id;
	return registry_serve(&s, err);
}

int cmd_registry_serve(const struct cmd_call *call)
{
	struct err err = {0};
	int rc;

	if (call->args.operand_count != 1)
		rc = err_set(&err, ERR_USAGE, "name the folder of the registry");
	else
		rc = serve(call->options, call->args.operands[0], &err);
	if (rc == 0)
		return CMD_EXIT_OK;
	return print_err(call, &err, NULL);
}

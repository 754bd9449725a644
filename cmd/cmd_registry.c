/* SPDX-License-Identifier: MIT */
/*
 * `x07 registry build|serve|token`: from options to one call of registry/ and a report. `check` and
 * `key` are cmd_registry_check.c and cmd_registry_key.c.
 */
#include "cmd/cmd_registry.h"

#include "base/file.h"
#include "base/spawn.h"
#include "registry/build/build.h"
#include "registry/serve/state.h"
#include "registry/serve/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

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
	CLEANUP(signing_key_clear) struct signing_key key = {0};
	struct build_result result = {0};
	struct build_options b = {.input = dir,
	    .output = o->out != NULL ? o->out : "public",
	    .name = o->name != NULL ? o->name : DEFAULT_NAME,
	    .dl = o->dl,
	    .api = o->api,
	    .now_s = build_time()};
	int rc = signing_key_load(&key, o->key, o->key_id, err);

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
	rc = build_registry(&result, &b, err);
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
		signing_key_print(&r->w, &key);
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

/* A folder that was misspelt would otherwise look like one that works. */
static void note_new(const struct cmd_call *call, const char *dir)
{
	const struct registry_options *o = call->options;

	if (!o->pkg.quiet)
		print_note(call, "%s was not there: an empty registry begins in it", dir);
}

static int make_token(
    struct pkg_report *r, const struct registry_options *o, const char *dir, struct err *err)
{
	char token[80] = "";
	bool is_new = !file_is_directory(dir);
	int rc;

	if (o->handle == NULL)
		return err_set(err, ERR_USAGE, "--handle NAME says who publishes with the token");
	rc = serve_token_add(token, dir, o->handle, o->label != NULL ? o->label : "",
	    o->scopes != NULL ? o->scopes : "publish", err);
	if (rc < 0)
		return rc;
	if (is_new)
		note_new(r->call, dir);
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

/* The key goes along as a file without a name: arguments are seen by everybody. */
static int pass_key(const struct signing_key *key, struct err *err)
{
	int fd = memfd_create("x07-serve", 0);
	int rc;

	if (fd < 0)
		return err_sys(err, ERR_IO, "memfd");
	rc = file_write_all(fd, key->seed, sizeof(key->seed), err);
	if (rc == 0 && fd != SERVE_SEED_FD && dup2(fd, SERVE_SEED_FD) < 0)
		rc = err_sys(err, ERR_IO, "descriptor of the key");
	if (fd != SERVE_SEED_FD)
		(void)close(fd);
	return rc;
}

static char *arg(const char *text)
{
	return base_strdup(text != NULL ? text : "");
}

/* Becomes the server; what it has to say it says itself. */
static int serve(const struct cmd_call *call, const char *dir, struct err *err)
{
	const struct registry_options *o = call->options;
	CLEANUP(signing_key_clear) struct signing_key key = {0};
	AUTO_FREE char *program = NULL;
	char *argv[SERVE_ARG_COUNT + 1] = {NULL};
	int rc = signing_key_load(&key, o->key, o->key_id, err);

	if (rc < 0 || (rc = spawn_find(&program, "x07-serve", err)) < 0 ||
	    (key.present && (rc = pass_key(&key, err)) < 0))
		return rc;
	argv[SERVE_ARG_PROGRAM] = arg("x07-serve");
	argv[SERVE_ARG_DATA] = arg(dir);
	argv[SERVE_ARG_NAME] = arg(o->name != NULL ? o->name : DEFAULT_NAME);
	argv[SERVE_ARG_BIND] = arg(o->bind);
	argv[SERVE_ARG_PUBLIC_BASE] = arg(o->public_base);
	argv[SERVE_ARG_KEY_ID] = arg(key.present ? key.id : NULL);
	argv[SERVE_ARG_QUIET] = arg(o->pkg.quiet ? "quiet" : NULL);
	if (!file_is_directory(dir))
		note_new(call, dir);
	(void)execv(program, argv);
	rc = err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", program);
	for (size_t i = 0; i < SERVE_ARG_COUNT; i++)
		base_free_ptr(&argv[i]);
	return rc;
}

int cmd_registry_serve(const struct cmd_call *call)
{
	struct err err = {0};
	int rc;

	if (call->args.operand_count != 1)
		rc = err_set(&err, ERR_USAGE, "name the folder of the registry");
	else
		rc = serve(call, call->args.operands[0], &err);
	return print_err(call, &err, rc == ERR_NOT_FOUND ? "is x07 installed completely?" : NULL);
}

/* SPDX-License-Identifier: MIT */
/* `x07 registry check`: every signature and archive of a registry, and what is wrong with them. */
#include "cmd/cmd_registry.h"

#include "base/base64.h"
#include "base/path.h"
#include "registry/build/check.h"
#include "registry/bundled.h"
#include "registry/trust.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define PROBLEMS_MAX 100

/** What goes wrong during a check, on its way into the report. */
struct problems {
	struct pkg_report *r;
	struct buf list; /* JSON array items */
	size_t count;
};

static void on_problem(void *ctx, const char *what, const struct err *err)
{
	struct problems *p = ctx;
	struct jsonw w = jsonw_init(&p->list, false);

	if (p->count++ >= PROBLEMS_MAX)
		return;
	if (p->count > 1)
		buf_putc(&p->list, ',');
	jsonw_object(&w);
	jsonw_kv_string(&w, "what", what);
	jsonw_kv_string(&w, "code", pkg_error_code(err)->id);
	jsonw_kv_string(&w, "message", err->message);
	jsonw_end_object(&w);
	buf_printf(&p->r->text, "%s: [%s] %s\n", what, pkg_error_code(err)->id, err->message);
}

static int parse_trust_key(struct registry_key *out, const char *text, struct err *err)
{
	const char *colon = strchr(text, ':');
	CLEANUP(buf_clear) struct buf bytes = buf_init(64);

	if (colon == NULL || colon == text || (size_t)(colon - text) > REGISTRY_KEY_ID_MAX ||
	    !buf_add_base64_decoded(&bytes, colon + 1, strlen(colon + 1)) ||
	    bytes.len != sizeof(out->pub))
		return err_set(err, ERR_USAGE, "--trust-key: wants ID:BASE64 of 32 bytes");
	memset(out, 0, sizeof(*out));
	memcpy(out->id, text, (size_t)(colon - text));
	memcpy(out->pub, bytes.data, sizeof(out->pub));
	return 0;
}

static void put_check(struct problems *p, const struct build_check_result *result)
{
	struct jsonw *w = &p->r->w;

	pkg_report_open(p->r);
	jsonw_kv_int(w, "packages", (int64_t)result->packages);
	jsonw_kv_int(w, "versions", (int64_t)result->versions);
	jsonw_kv_int(w, "archives", (int64_t)result->archives);
	jsonw_kv_int(w, "bytes", (int64_t)result->bytes);
	jsonw_kv_bool(w, "signed", result->is_signed);
	jsonw_kv_int(w, "snapshot_version", (int64_t)result->snapshot_version);
	jsonw_kv_int(w, "problem_count", (int64_t)result->problems);
	jsonw_key(w, "problems");
	jsonw_array(w);
	buf_add(&p->r->result, p->list.data, p->list.len);
	jsonw_end_array(w);
	pkg_report_close(p->r);
	buf_printf(&p->r->text,
	    "%" PRIu64 " packages, %" PRIu64 " versions, %" PRIu64 " archives of %" PRIu64
	    " bytes, %s: %" PRIu64 " problem%s\n",
	    result->packages, result->versions, result->archives, result->bytes,
	    result->is_signed ? "signed" : "unsigned", result->problems,
	    result->problems == 1 ? "" : "s");
}

static bool offline(const struct registry_options *o)
{
	static const char *const off[] = {"", "0", "false", "no", "off"};
	const char *env = getenv("X07_OFFLINE");

	for (size_t i = 0; env != NULL && i < ARRAY_LEN(off); i++) {
		if (strcasecmp(env, off[i]) == 0)
			return o->pkg.offline;
	}
	return o->pkg.offline || env != NULL;
}

/* Where the registry that ships with x07 lies. What is trusted there is compiled in, not written
 * there. */
static int use_embedded(
    struct build_check_options *c, struct registry_key *key, char **where, struct err *err)
{
	struct registry_trust trust;
	AUTO_FREE char *share = NULL;
	int rc = client_share_folder(&share, NULL, err);

	if (rc < 0)
		return rc;
	registry_bundled_trust(&trust);
	*key = trust.keys[0];
	*where = path_join(share, "registry");
	c->where = *where;
	c->key = key;
	c->now_s = 0; /* it is as old as the program */
	return 0;
}

static int check(
    struct problems *p, const struct registry_options *o, const char *where, struct err *err)
{
	struct build_check_result result = {0};
	struct registry_key key;
	struct build_check_options c = {.where = where,
	    .no_archives = o->no_archives,
	    .now_s = (int64_t)time(NULL),
	    .fetch = {.offline = offline(o)},
	    .problem = on_problem,
	    .ctx = p};
	AUTO_FREE char *folder = NULL;
	int rc = 0;

	if (o->trust_key != NULL) {
		rc = parse_trust_key(&key, o->trust_key, err);
		c.key = &key;
	} else if (strcmp(where, CLIENT_EMBEDDED_URL) == 0) {
		rc = use_embedded(&c, &key, &folder, err);
	}
	if (rc < 0)
		return rc;
	rc = build_check(&result, &c, err);
	put_check(p, &result);
	return rc;
}

int cmd_registry_check(const struct cmd_call *call)
{
	CLEANUP(pkg_report_clear) struct pkg_report r;
	struct problems p = {.r = &r, .list = buf_init(PKG_REPORT_MAX_BYTES)};
	struct err err = {0};
	int rc;

	pkg_report_init(&r, call);
	if (call->args.operand_count != 1)
		rc = err_set(&err, ERR_USAGE,
		    "name the registry: a folder, the URL of an index, or " CLIENT_EMBEDDED_URL);
	else
		rc = check(&p, call->options, call->args.operands[0], &err);
	buf_clear(&p.list);
	return pkg_report_finish(&r, rc, &err);
}

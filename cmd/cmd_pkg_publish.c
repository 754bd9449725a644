/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg pack`, `publish` and `yank`: an archive of a package directory, and what a registry's
 * API does with it. Source: docs/cmd/pkg-publish.md.
 */
#include "cmd/codes.h"
#include "cmd/pkg/toolchain.h"
#include "cmd/pkg_work.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/require.h"
#include "registry/client/api.h"
#include "registry/client/url.h"
#include "registry/codes.h"
#include "registry/pack_dir.h"

#include <string.h>

#define ARCHIVE_END ".x07pkg"
#define NO_CHOICE                                                                                  \
	"no registry is chosen, and the one that ships with x07 takes nothing; --index URL, or "   \
	"x07.config.json, names yours"

/* ---- pack ---- */

/* Registries are built of files that are called so: said when it can still be heard. */
static void warn_name(const struct pkg_work *w)
{
	size_t len = strlen(w->o->out), end = strlen(ARCHIVE_END);

	if (!w->o->quiet && (len < end || strcmp(w->o->out + len - end, ARCHIVE_END) != 0))
		print_note(w->call,
		    "warning: `x07 registry build` takes files that end in " ARCHIVE_END ", not %s",
		    w->o->out);
}

/* Whether this compiler is one of those that the package says it is for. */
static bool is_for_us(const struct registry_packed *packed)
{
	struct pkg_requirement wanted;
	struct pkg_version ours;

	return packed->compat == NULL ||
	       pkg_requirement_parse(&wanted, str_c(packed->compat), NULL) < 0 ||
	       pkg_version_parse(&ours, STR(PKG_X07C_VERSION), NULL) < 0 ||
	       pkg_requirement_holds(&wanted, &ours);
}

static int pack(struct pkg_work *w, struct err *err)
{
	CLEANUP(registry_packed_clear) struct registry_packed packed = {0};
	const struct pkg_options *o = w->o;
	struct jsonw *j = &w->report.w;
	struct err inner = {0};
	AUTO_FREE char *folder = NULL;
	int rc;

	if (o->package == NULL)
		return err_set(err, ERR_USAGE, "which folder? --package DIR");
	if (o->out == NULL || o->out[0] == '\0')
		return err_code(
		    err, ERR_PKG, CMD_CODE(PACK_OUT), "where to? --out FILE names the archive");
	rc = registry_pack_dir(&packed, o->package, false, err);
	if (rc < 0)
		return err_wrap_file(err, o->package);
	folder = path_dirname(o->out);
	if (file_mkdirs(folder, &inner) < 0 ||
	    file_replace(o->out, packed.bytes.data, packed.bytes.len, &inner) < 0)
		return err_code(err, ERR_PKG, CMD_CODE(PACK_WRITE), "%s", inner.message);
	warn_name(w);
	if (!is_for_us(&packed) && !o->quiet)
		print_note(w->call,
		    "warning: x07c_compat %s leaves this compiler out, x07c " PKG_X07C_VERSION
		    ": with this x07 nobody can add it",
		    packed.compat);
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "package_dir", o->package);
	jsonw_kv_string(j, "out", o->out);
	jsonw_kv_string(j, "sha256", packed.sha256);
	jsonw_kv_int(j, "bytes", (int64_t)packed.bytes.len);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "%s@%s is in %s\nsha256 %s\n", packed.name, packed.version,
	    o->out, packed.sha256);
	return 0;
}

int cmd_pkg_pack(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	pkg_work_init(&w, call);
	rc = pack(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

/* ---- publish ---- */

/* An answer of the API, parsed; NULL when it is no JSON object. */
static const struct json *read_answer(struct arena *arena, const struct fetch_response *r)
{
	const struct json *doc = NULL;
	struct json_fault fault = {0};

	if (r->body.data == NULL ||
	    json_parse(&doc, arena, r->body.data, r->body.len, NULL, &fault) < 0 ||
	    doc->kind != JSON_OBJECT)
		return NULL;
	return doc;
}

/* What may help when the registry asks for a token. */
static void add_way_out(struct buf *out, struct pkg_work *w)
{
	const struct registry_config *config = NULL;
	struct err ignored = {0};

	if (client_config(&config, pkg_supply_index(&w->supply), &ignored) == 0 &&
	    config->api != NULL && strstr(config->api, "://") != NULL &&
	    !fetch_url_same_origin(w->settings.base, config->api))
		buf_printf(out,
		    "; tokens of this index are not sent to %.200s, which is another origin: name "
		    "an index there (`--index URL`)",
		    config->api);
	else
		buf_printf(
		    out, "; `x07 pkg login --index %s` remembers a token", w->settings.index_url);
}

/* What the registry says of its refusal, behind our message. */
static int refusal(
    const struct fetch_response *r, struct pkg_work *w, const struct code *code, struct err *err)
{
	CLEANUP(buf_clear) struct buf way_out = buf_init(2048);
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *doc = read_answer(&arena, r);
	const struct json *id = doc != NULL ? json_get(doc, "code") : NULL;
	const struct json *message = doc != NULL ? json_get(doc, "message") : NULL;

	if (id == NULL || id->kind != JSON_STRING || message == NULL ||
	    message->kind != JSON_STRING)
		return err->code;
	if (r->status == 401)
		add_way_out(&way_out, w);
	return err_code(err, ERR_PKG, code, "%s refuses (HTTP %d): %.*s: %.*s%s",
	    w->settings.index_url, r->status, (int)(id->text.len < 64 ? id->text.len : 64),
	    id->text.ptr, (int)(message->text.len < 256 ? message->text.len : 256),
	    message->text.ptr, way_out.data != NULL ? way_out.data : "");
}

static int post(struct fetch_response *out, struct pkg_work *w, const char *path,
    const struct buf *body, const struct code *code, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	bool is_json = body->len > 0 && body->data[0] == '{';
	int rc = file_sealed_memfd(&fd, "body", body->data, body->len, err);

	if (rc == 0)
		rc = client_api(out, pkg_supply_index(&w->supply),
		    &(struct client_api_call){.path = path,
			.post = true,
			.body_fd = fd,
			.content_type = is_json ? "application/json" : "application/octet-stream",
			.code = code},
		    err);
	return rc < 0 ? refusal(out, w, code, err) : 0;
}

static int compare_answer(
    const struct json *doc, const struct registry_packed *packed, struct err *err)
{
	if (doc == NULL)
		return err_code(err, ERR_PKG, CMD_CODE(PUBLISH_RESPONSE),
		    "%s@%s: the registry took it, but its answer is no JSON object", packed->name,
		    packed->version);
	if (!json_is(json_get(doc, "name"), packed->name) ||
	    !json_is(json_get(doc, "version"), packed->version) ||
	    !json_is(json_get(doc, "cksum"), packed->sha256))
		return err_code(err, ERR_PKG, CMD_CODE(PUBLISH_RESPONSE_MISMATCH),
		    "the registry names another package than %s@%s with sha256 %s", packed->name,
		    packed->version, packed->sha256);
	return 0;
}

/* Published, but not to be seen: worth a word, no failure. */
static void look_again(struct pkg_work *w, const struct registry_packed *packed)
{
	CLEANUP(fetch_response_clear) struct fetch_response r = {0};
	CLEANUP(buf_clear) struct buf path = buf_init(512), want = buf_init(256);
	struct err ignored = {0};

	buf_printf(&path, "packages/%s", packed->name);
	buf_printf(&want, "\"%s\"", packed->version);
	if (client_api(&r, pkg_supply_index(&w->supply),
		&(struct client_api_call){.path = path.data, .code = REGISTRY_CODE(API_FETCH)},
		&ignored) < 0 ||
	    r.body.data == NULL || memmem(r.body.data, r.body.len, want.data, want.len) == NULL)
		print_note(w->call, "warning: the registry does not list %s@%s yet", packed->name,
		    packed->version);
}

static bool has_fitting(const struct registry_index *file, const char *requirement)
{
	struct pkg_requirement wanted;

	for (uint32_t i = 0; i < file->count; i++) {
		struct pkg_version v;

		if (requirement == NULL ||
		    (pkg_requirement_parse(&wanted, str_c(requirement), NULL) == 0 &&
			pkg_version_parse(&v, str_c(file->versions[i].version), NULL) == 0 &&
			pkg_requirement_holds(&wanted, &v)))
			return true;
	}
	return false;
}

/* Packages may be published in any order, so it is no failure; nobody can add it until then. */
static void warn_needs(struct pkg_work *w, const struct registry_packed *packed)
{
	for (uint32_t i = 0; i < packed->need_count && !w->o->quiet; i++) {
		const struct pkg_need *n = &packed->needs[i];
		const struct registry_index *file = NULL;
		struct err err = {0};
		int rc = client_get(&file, pkg_supply_index(&w->supply), n->name, &err);

		if (rc != ERR_NOT_FOUND && (rc < 0 || has_fitting(file, n->requirement)))
			continue;
		progress_clear(&w->progress);
		print_note(w->call, "warning: %s@%s needs %s %s, which %s does not have (yet)",
		    packed->name, packed->version, n->name,
		    n->requirement != NULL ? n->requirement : "", w->settings.index_url);
	}
}

static void report_published(
    struct pkg_work *w, const struct registry_packed *packed, const struct json *doc)
{
	const struct json *path = json_get(doc, "index_path");
	struct jsonw *j = &w->report.w;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_kv_string(j, "package_dir", w->o->package);
	jsonw_kv_string(j, "name", packed->name);
	jsonw_kv_string(j, "version", packed->version);
	jsonw_kv_string(j, "cksum", packed->sha256);
	jsonw_key(j, "index_path");
	if (path != NULL && path->kind == JSON_STRING)
		jsonw_string_n(j, path->text.ptr, path->text.len);
	else
		jsonw_null(j);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "published %s@%s to %s\n", packed->name, packed->version,
	    w->settings.index_url);
}

static int publish(struct pkg_work *w, struct err *err)
{
	CLEANUP(registry_packed_clear) struct registry_packed packed = {0};
	CLEANUP(fetch_response_clear) struct fetch_response r = {0};
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *doc;
	struct err inner = {0};
	int rc;

	if (w->o->package == NULL)
		return err_set(err, ERR_USAGE, "which folder? --package DIR");
	if (registry_pack_dir(&packed, w->o->package, true, &inner) < 0) {
		(void)err_wrap_file(&inner, w->o->package);
		return err_code(err, ERR_PKG, CMD_CODE(PUBLISH_PACK), "%s", inner.message);
	}
	if (!is_for_us(&packed))
		return err_code(err, ERR_PKG, CMD_CODE(PUBLISH_PACK),
		    "%s: x07-package.json: `meta.x07c_compat` \"%s\" leaves out "
		    "x07c " PKG_X07C_VERSION ", which packs it: who has this x07 could not add it",
		    w->o->package, packed.compat);
	if (w->settings.embedded)
		return err_code(err, ERR_PKG, REGISTRY_CODE(PUBLISH_FAILED), NO_CHOICE);
	if (w->settings.kind != CLIENT_INDEX_HTTP)
		return err_code(err, ERR_PKG, REGISTRY_CODE(PUBLISH_FAILED),
		    "%s has no API; add the archive of `x07 pkg pack` to its folder or repository "
		    "and run `x07 registry build` there",
		    w->settings.index_url);
	if (w->settings.offline)
		return err_code(err, ERR_PKG, REGISTRY_CODE(OFFLINE_INDEX),
		    "offline: nothing can be published");
	rc = post(&r, w, "packages/publish", &packed.bytes, REGISTRY_CODE(PUBLISH_FAILED), err);
	if (rc < 0)
		return rc;
	doc = read_answer(&arena, &r);
	rc = compare_answer(doc, &packed, err);
	if (rc < 0)
		return rc;
	progress_clear(&w->progress);
	look_again(w, &packed);
	warn_needs(w, &packed);
	report_published(w, &packed, doc);
	return 0;
}

int cmd_pkg_publish(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, &err);

	if (rc == 0)
		rc = publish(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

/* ---- yank ---- */

static int yank(struct pkg_work *w, const char *spec, struct err *err)
{
	CLEANUP(fetch_response_clear) struct fetch_response r = {0};
	CLEANUP(buf_clear) struct buf path = buf_init(512), body = buf_init(64);
	struct jsonw *j = &w->report.w;
	struct pkg_version parsed;
	struct str name, version;
	struct err inner = {0};
	bool yanked = !w->o->undo;
	int rc;

	if (pkg_spec_split(&name, &version, str_c(spec), &inner) < 0 ||
	    pkg_version_parse(&parsed, version, &inner) < 0)
		return err_code(
		    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "'%s' is no NAME@VERSION", spec);
	if (w->settings.embedded)
		return err_code(err, ERR_PKG, REGISTRY_CODE(YANK_FAILED), NO_CHOICE);
	if (w->settings.kind != CLIENT_INDEX_HTTP || w->settings.offline)
		return err_code(err, ERR_PKG, REGISTRY_CODE(YANK_FAILED),
		    "%s %s; a registry of files has a yanked.txt with NAME@VERSION lines for "
		    "`x07 registry build`",
		    w->settings.index_url,
		    w->settings.offline ? "cannot be asked offline" : "has no API");
	buf_printf(&path, "packages/%.*s/%.*s/yank", (int)name.len, name.ptr, (int)version.len,
	    version.ptr);
	buf_printf(&body, "{\"yanked\":%s}", yanked ? "true" : "false");
	rc = post(&r, w, path.data, &body, REGISTRY_CODE(YANK_FAILED), err);
	if (rc < 0)
		return rc;
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_key(j, "name");
	jsonw_string_n(j, name.ptr, name.len);
	jsonw_key(j, "version");
	jsonw_string_n(j, version.ptr, version.len);
	jsonw_kv_bool(j, "yanked", yanked);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "%s %s\n", spec,
	    yanked ? "is withdrawn: only those who have it locked get it" : "is back");
	return 0;
}

int cmd_pkg_yank(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open(&w, call, &err);
	if (rc == 0)
		rc = yank(&w, call->args.operands[0], &err);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/* `x07 pkg versions` and `x07 pkg info`: what a registry says of a package. Source:
 * docs/cmd/pkg-versions.md. */
#include "base/path.h"
#include "cmd/codes.h"
#include "cmd/pkg/near.h"
#include "cmd/pkg/pick.h"
#include "cmd/pkg_work.h"
#include "pkg/codes.h"
#include "pkg/place.h"
#include "registry/client/api.h"
#include "registry/codes.h"
#include "registry/index.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static void put_advisories(struct jsonw *j, const struct registry_version *v)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < v->advisory_count; i++)
		count += !v->advisories[i].withdrawn;
	if (count == 0)
		return;
	jsonw_kv_int(j, "advisories_count", count);
	jsonw_key(j, "advisories");
	jsonw_array(j);
	for (uint32_t i = 0; i < v->advisory_count; i++) {
		const struct registry_advisory *a = &v->advisories[i];

		if (a->withdrawn)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "id", a->id);
		jsonw_kv_string(j, "kind", a->kind);
		jsonw_kv_string(j, "severity", a->severity);
		jsonw_kv_string(j, "summary", a->summary);
		if (a->url != NULL)
			jsonw_kv_string(j, "url", a->url);
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
}

static void tell_advisories(struct buf *out, const struct registry_version *v)
{
	for (uint32_t i = 0; i < v->advisory_count; i++) {
		const struct registry_advisory *a = &v->advisories[i];

		if (!a->withdrawn)
			buf_printf(out, "  advisory %s (%s, %s): %s\n", a->id, a->kind, a->severity,
			    a->summary);
	}
}

static int list_versions(struct pkg_work *w, const char *name, struct err *err)
{
	const struct registry_index *file = NULL;
	AUTO_FREE struct pkg_pick_row *rows = NULL;
	struct jsonw *j = &w->report.w;
	uint32_t count = 0;
	int rc;

	if (w->settings.offline && w->o->refresh)
		return err_code(err, ERR_PKG, CMD_CODE(OFFLINE_REFRESH),
		    "--refresh asks the registry, --offline forbids it");
	if (!pkg_name_is_valid(str_c(name)))
		return err_code(
		    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "'%s' is no package name", name);
	rc = client_get(&file, pkg_supply_index(&w->supply), name, err);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? pkg_near_no_package(err, &w->supply, name) : rc;
	rows = pkg_pick_sorted(&count, file);
	if (count == 0)
		return pkg_pick_none_left(err, &w->supply, name);
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_kv_string(j, "name", name);
	jsonw_key(j, "versions");
	jsonw_array(j);
	for (uint32_t i = 0; i < count; i++) {
		jsonw_object(j);
		jsonw_kv_string(j, "version", rows[i].v->version);
		jsonw_kv_bool(j, "yanked", rows[i].v->yanked);
		put_advisories(j, rows[i].v);
		jsonw_end_object(j);
		buf_printf(&w->report.text, "%s%s\n", rows[i].v->version,
		    rows[i].v->yanked ? " (withdrawn)" : "");
		tell_advisories(&w->report.text, rows[i].v);
	}
	jsonw_end_array(j);
	pkg_report_close(&w->report);
	return 0;
}

int cmd_pkg_versions(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open_asking(&w, call, &err);
	if (rc == 0)
		rc = list_versions(&w, call->args.operands[0], &err);
	return pkg_work_finish(&w, rc, &err);
}

/* ---- info ---- */

/* A registry that is a server answers with the manifest; a folder has none to give. */
static int put_remote_manifest(
    struct pkg_work *w, const struct registry_version *v, struct err *err)
{
	CLEANUP(fetch_response_clear) struct fetch_response answer = {0};
	CLEANUP(buf_clear) struct buf path = buf_init(512);
	const struct registry_config *config = NULL;
	const struct json *root = NULL, *manifest;
	struct json_fault fault = {0};
	int rc = client_config(&config, pkg_supply_index(&w->supply), err);

	if (rc < 0)
		return rc;
	if (config->api == NULL || w->settings.offline || w->settings.kind != CLIENT_INDEX_HTTP)
		return 0;
	buf_printf(&path, "packages/%s/%s/metadata", v->name, v->version);
	rc = client_api(&answer, pkg_supply_index(&w->supply),
	    &(struct client_api_call){.path = path.data, .code = REGISTRY_CODE(API_FETCH)}, err);
	if (rc < 0)
		return rc;
	if (json_parse(&root, &w->arena, buf_str(&answer.body), answer.body.len, NULL, &fault) < 0)
		return err_code(err, ERR_PKG, CMD_CODE(API_PARSE), "%s of %s is no JSON", path.data,
		    w->settings.index_url);
	manifest = json_get(root, "package");
	if (manifest == NULL || manifest->kind != JSON_OBJECT)
		return err_code(err, ERR_PKG, CMD_CODE(API_PARSE), "%s of %s has no `package`",
		    path.data, w->settings.index_url);
	jsonw_key(&w->report.w, "package_manifest");
	jsonw_value(&w->report.w, manifest, false);
	return 0;
}

/* The manifest: of the installed package, else from the API of the registry. */
static int put_manifest(struct pkg_work *w, const struct registry_version *v, struct err *err)
{
	CLEANUP(pkg_meta_clear) struct pkg_meta meta = {0};
	CLEANUP(buf_clear) struct buf dir = buf_init(1024);
	struct jsonw *j = &w->report.w;
	struct err inner = {0};
	AUTO_CLOSE int fd = -1;
	int rc;

	buf_printf(&dir, PKG_VENDORED "%s/%s", v->name, v->version);
	fd = open(dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return put_remote_manifest(w, v, err);
	rc = pkg_meta_read(&meta, fd, v->name, &inner);
	if (rc < 0) {
		*err = inner;
		return rc;
	}
	jsonw_kv_string(j, "package_dir", dir.data);
	jsonw_key(j, "package_manifest");
	jsonw_value(j, meta.p.document, false);
	return 0;
}

static int describe(struct pkg_work *w, const char *spec, struct err *err)
{
	const struct registry_version *v = NULL;
	struct jsonw *j = &w->report.w;
	int rc = pkg_pick(&v, &w->supply, &w->arena, spec, err);

	if (rc == 0)
		rc = registry_trust_check(client_trust(pkg_supply_index(&w->supply)), v, err);
	if (rc < 0 || v == NULL)
		return rc;
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_kv_string(j, "name", v->name);
	jsonw_kv_string(j, "version", v->version);
	jsonw_kv_string(j, "sha256", v->cksum);
	jsonw_kv_bool(j, "yanked", v->yanked);
	put_advisories(j, v);
	if (v->has_needs) {
		jsonw_key(j, "dependencies");
		jsonw_array(j);
		for (uint32_t i = 0; i < v->need_count; i++) {
			jsonw_object(j);
			jsonw_kv_string(j, "name", v->needs[i].name);
			jsonw_kv_string(j, "requirement", v->needs[i].requirement);
			jsonw_end_object(j);
			buf_printf(&w->report.text, "needs %s %s\n", v->needs[i].name,
			    v->needs[i].requirement != NULL ? v->needs[i].requirement : "");
		}
		jsonw_end_array(j);
	}
	rc = put_manifest(w, v, err);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "%s@%s%s\nsha256 %s\n", v->name, v->version,
	    v->yanked ? " (withdrawn)" : "", v->cksum);
	return rc;
}

int cmd_pkg_info(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open_asking(&w, call, &err);
	if (rc == 0)
		rc = describe(&w, call->args.operands[0], &err);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg verify`: whether a version of the index is signed, by which key, and whether that key is
 * trusted here. Source: docs/cmd/pkg-versions.md.
 */
#include "cmd/pkg/pick.h"
#include "cmd/pkg_work.h"

#include <string.h>

static void put(struct pkg_work *w, const struct registry_version *v, int rc)
{
	struct jsonw *j = &w->report.w;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_kv_string(j, "name", v->name);
	jsonw_kv_string(j, "version", v->version);
	jsonw_kv_string(j, "sha256", v->cksum);
	if (v->signature.key_id[0] != '\0') {
		jsonw_key(j, "signature");
		jsonw_object(j);
		jsonw_kv_string(j, "kind", v->signature.kind);
		jsonw_kv_string(j, "key_id", v->signature.key_id);
		jsonw_kv_bool(j, "ok", rc == 0);
		jsonw_end_object(j);
	}
	pkg_report_close(&w->report);
	if (rc == 0)
		buf_printf(&w->report.text, "%s@%s: signed by %s, sha256 %s\n", v->name, v->version,
		    v->signature.key_id, v->cksum);
}

static int verify(struct pkg_work *w, const char *spec, struct err *err)
{
	const struct registry_config *config = NULL;
	const struct registry_version *v = NULL;
	struct registry_trust trust;
	int rc = client_config(&config, pkg_supply_index(&w->supply), err);

	if (rc == 0)
		rc = pkg_pick(&v, &w->supply, &w->arena, spec, err);
	if (rc < 0 || v == NULL)
		return rc;
	/* Whether anybody requires a signature is not the question here. */
	trust = *client_trust(pkg_supply_index(&w->supply));
	trust.required = true;
	rc = registry_trust_check(&trust, v, err);
	put(w, v, rc);
	return rc;
}

int cmd_pkg_verify(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "which package?");
	rc = pkg_work_open_asking(&w, call, &err);
	if (rc == 0)
		rc = verify(&w, call->args.operands[0], &err);
	return pkg_work_finish(&w, rc, &err);
}

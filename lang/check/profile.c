/* SPDX-License-Identifier: MIT */
/*
 * Budget profiles: arch/budgets/profiles/<id>.budget.json below the arch root, and two that are
 * built in. The digest of that folder is part of the image's key (lang.c), since what a profile
 * says is compiled in. Source: docs/spec/language.md 9, docs/format/budget-profile.md.
 */
#include "lang/check/profile_priv.h"

#include "base/file.h"
#include "lang/check/diag_priv.h"
#include "lang/profiles.h"

#include <string.h>

#define SCHEMA "x07.budget.profile@0.1.0"

/* Order of the caps: alloc_bytes, alloc_calls, realloc_calls, memcpy_bytes, sched_ticks, fuel. */
struct built_in {
	const char *id;
	int32_t cap[CK_BUDGET_CAPS];
};

static const struct built_in built_in[] = {
    {"stream_xf_plugin_v1", {16 << 20, 65536, 65536, 64 << 20, 0, 0}},
    {"archive_extract_safe_v1", {256 << 20, 1 << 20, 1 << 20, 1 << 30, 0, 0}},
};

static int bad_profile(struct ck *c, const struct json *e, const char *path, const char *what)
{
	return ck_fail(c, LANG_CODE_TYPE, e, "see docs/format/budget-profile.md",
	    "budget profile %s: %s", path, what);
}

static int take_member(struct ck *c, struct ck_budget_cfg *out, const struct json *m,
    const struct json *e, const char *path)
{
	uint32_t cap;

	if (str_eq_c(m->key, "schema_version"))
		return json_is(m, SCHEMA)
			   ? 0
			   : bad_profile(c, e, path, "schema_version is not " SCHEMA);
	if (str_eq_c(m->key, "id") || str_eq_c(m->key, "label") || str_eq_c(m->key, "doc"))
		return m->kind == JSON_STRING ? 0 : bad_profile(c, e, path, "a text is wanted");
	if (str_eq_c(m->key, "mode")) {
		if (m->kind != JSON_STRING)
			return bad_profile(c, e, path, "mode must be a text");
		return ck_budget_mode(c, out, m->text, e);
	}
	if (ck_budget_cap_find(&cap, m->key) < 0)
		return bad_profile(c, e, path, "it has a member that is not known");
	if (m->kind != JSON_INT || m->integer < 0 || m->integer > INT32_MAX)
		return bad_profile(c, e, path, "a cap must be a number from 0 to 2147483647");
	out->cap[cap] = (int32_t)m->integer;
	return 0;
}

static int read_profile(
    struct ck *c, struct ck_budget_cfg *out, struct str id, const struct json *e, const char *path)
{
	CLEANUP(buf_clear) struct buf text = buf_init(LANG_PROFILE_MAX_BYTES);
	struct err ignored = {0};
	struct json_fault fault;
	const struct json *doc;
	const struct json *own;
	int rc = file_read(&text, path, &ignored);

	if (rc == ERR_NOT_FOUND)
		return ck_fail(c, LANG_CODE_SHAPE, e, "write the file, or name another profile",
		    "read budget profile file %s: No such file or directory", path);
	if (rc < 0)
		return bad_profile(c, e, path, "it cannot be read, or is larger than 64 KiB");
	if (json_parse(&doc, c->arena, text.data, text.len, NULL, &fault) < 0 ||
	    doc->kind != JSON_OBJECT)
		return bad_profile(c, e, path, "it is not a JSON object");
	own = json_get(doc, "id");
	if (json_get(doc, "schema_version") == NULL || json_get(doc, "mode") == NULL)
		return bad_profile(c, e, path, "schema_version and mode are wanted");
	if (own != NULL && (own->kind != JSON_STRING || !str_eq(own->text, id)))
		return bad_profile(c, e, path, "its id is not the name of the file");
	for (uint32_t i = 0; i < doc->count; i++) {
		rc = take_member(c, out, &doc->items[i], e, path);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static const struct built_in *built_in_find(struct str id)
{
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
		if (str_eq_c(id, built_in[i].id))
			return &built_in[i];
	}
	return NULL;
}

int ck_budget_profile(struct ck *c, struct ck_budget_cfg *out, struct str id, const struct json *e)
{
	const struct built_in *known = built_in_find(id);
	AUTO_FREE char *path = NULL;

	if (!lang_profile_id_is_valid(id))
		return ck_fail(c, LANG_CODE_TYPE, e, "use letters, digits, _ and -",
		    "budget.scope_from_arch_v1: \"%.*s\" is no id of a profile", CK_STR(id));
	if (c->options->arch_root != NULL)
		path = lang_profile_path(c->options->arch_root, id);
	if (known != NULL && (path == NULL || !file_is_regular(path))) {
		memcpy(out->cap, known->cap, sizeof(out->cap));
		return ck_budget_mode(c, out, STR("trap_v1"), e);
	}
	if (path == NULL)
		return ck_fail(c, LANG_CODE_ARCH, e, "run the program as part of a project",
		    "budget.scope_from_arch_v1 requires an arch root");
	return read_profile(c, out, id, e, path);
}

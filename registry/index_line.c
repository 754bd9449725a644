/* SPDX-License-Identifier: MIT */
/*
 * The members of one index line, read and written. Unknown members are passed over, so that a newer
 * registry can say more; one that we use must be right.
 */
#include "registry/index_line.h"

#include "pkg/require.h"
#include "pkg/version.h"
#include "registry/index.h"
#include "registry/read.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "x07.index-entry@0.1.0"
#define ADVISORY_SCHEMA "x07.pkg.advisory@0.1.0"
#define MEMBERS_MAX 256
#define NEEDS_MAX 1024

/** A line under way. */
struct line {
	struct registry_version *v;
	const char *name;
	struct str text;
	const struct json *root;
	struct arena *keep;
};

static const char no_room[] = "the file holds more than 64 MiB of text";

/* Copy of a member that must be there; NULL also when the arena is full. */
static const char *text_of(struct line *l, const char *key)
{
	return registry_read_member(l->keep, l->root, key);
}

static const char *read_identity(struct line *l)
{
	const char *name = text_of(l, "name");
	const char *version = text_of(l, "version");
	struct pkg_version parsed;

	if (!name || strcmp(name, l->name) != 0)
		return "`name` is not the name of this package";
	if (!version || pkg_version_parse(&parsed, str_c(version), NULL) < 0)
		return "`version` is not a semantic version";
	l->v->name = l->name;
	l->v->version = version;
	return NULL;
}

static const char *read_required(struct line *l)
{
	const struct json *yanked = json_get(l->root, "yanked");

	l->v->cksum = text_of(l, "cksum");
	if (!registry_read_is_sha256(l->v->cksum))
		return "`cksum` is not a SHA-256";
	if (!yanked || (yanked->kind != JSON_TRUE && yanked->kind != JSON_FALSE))
		return "`yanked` must be a boolean";
	l->v->yanked = yanked->kind == JSON_TRUE;
	return NULL;
}

static const char *read_advisory(struct line *l, struct registry_advisory *a, const struct json *j)
{
	const struct json *withdrawn = json_get(j, "withdrawn_at_utc");
	const char *package = registry_read_member(l->keep, j, "package");
	const char *version = registry_read_member(l->keep, j, "version");

	if (!json_is(json_get(j, "schema_version"), ADVISORY_SCHEMA))
		return "an advisory has an unknown schema";
	if (!package || strcmp(package, l->v->name) != 0 || !version ||
	    strcmp(version, l->v->version) != 0)
		return "an advisory is about another package or version";
	a->id = registry_read_member(l->keep, j, "id");
	a->kind = registry_read_member(l->keep, j, "kind");
	a->severity = registry_read_member(l->keep, j, "severity");
	a->summary = registry_read_member(l->keep, j, "summary");
	if (!a->id || !a->kind || !a->severity || !a->summary)
		return "an advisory lacks id, kind, severity or summary";
	a->url = registry_read_member(l->keep, j, "url");
	a->withdrawn = withdrawn && withdrawn->kind != JSON_NULL;
	a->text = arena_strndup(l->keep, l->text.ptr + j->offset, j->end - j->offset);
	return a->text ? NULL : no_room;
}

static const char *read_advisories(struct line *l)
{
	const struct json *list = json_get(l->root, "advisories");
	struct registry_version *v = l->v;

	if (!list)
		return NULL;
	if (list->kind != JSON_ARRAY || list->count > NEEDS_MAX)
		return "`advisories` must be an array of at most 1024";
	v->advisories = arena_alloc(l->keep, (list->count + 1) * sizeof(*v->advisories));
	if (!v->advisories)
		return no_room;
	for (uint32_t i = 0; i < list->count; i++) {
		const char *fault = read_advisory(l, &v->advisories[i], &list->items[i]);

		if (fault)
			return fault;
		v->advisory_count++;
	}
	return NULL;
}

static const char *read_need(struct line *l, struct pkg_need *need, const struct json *j)
{
	const char *text = registry_read_string(l->keep, j);
	struct pkg_requirement parsed;
	struct str name;
	struct str requirement;

	if (!text || pkg_spec_split(&name, &requirement, str_c(text), NULL) < 0)
		return "`dependencies` must hold texts NAME@REQUIREMENT";
	if (requirement.len > 0 && pkg_requirement_parse(&parsed, requirement, NULL) < 0)
		return "a requirement in `dependencies` cannot be read";
	need->name = arena_strndup(l->keep, name.ptr, name.len);
	need->requirement = arena_strndup(l->keep, requirement.ptr, requirement.len);
	return need->name && need->requirement ? NULL : no_room;
}

static const char *read_needs(struct line *l)
{
	const struct json *list = json_get(l->root, "dependencies");
	struct registry_version *v = l->v;

	if (!list)
		return NULL;
	if (list->kind != JSON_ARRAY || list->count > NEEDS_MAX)
		return "`dependencies` must be an array of at most 1024";
	v->needs = arena_alloc(l->keep, (list->count + 1) * sizeof(*v->needs));
	if (!v->needs)
		return no_room;
	for (uint32_t i = 0; i < list->count; i++) {
		const char *fault = read_need(l, &v->needs[i], &list->items[i]);

		if (fault)
			return fault;
		v->need_count++;
	}
	v->has_needs = true;
	return NULL;
}

/* A member that may be missing, but must be a text when it is there. */
static const char *optional_text(struct line *l, const char **out, const char *key)
{
	const struct json *value = json_get(l->root, key);

	if (!value || value->kind == JSON_NULL)
		return NULL;
	*out = registry_read_string(l->keep, value);
	return *out ? NULL : "an optional member is not a text";
}

static const char *read_ours(struct line *l)
{
	const struct json *size = json_get(l->root, "size");
	struct registry_version *v = l->v;
	const char *fault = read_needs(l);
	int64_t when;

	if (!fault)
		fault = optional_text(l, &v->compat, "x07c_compat");
	if (!fault)
		fault = optional_text(l, &v->tree_sha256, "tree_sha256");
	if (!fault)
		fault = optional_text(l, &v->published_at, "published_at");
	if (fault)
		return fault;
	if (v->tree_sha256 && !registry_read_is_sha256(v->tree_sha256))
		return "`tree_sha256` is not a SHA-256";
	if (v->published_at && !registry_read_time(&when, v->published_at))
		return "`published_at` is not a time such as 2026-01-31T12:00:00Z";
	if (size && (size->kind != JSON_INT || size->integer < 0))
		return "`size` must be a number of bytes";
	v->size = size ? (uint64_t)size->integer : 0;
	return NULL;
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Of two members of one name readers take different ones. */
static const char *check_keys(const struct json *root)
{
	struct str keys[MEMBERS_MAX];

	if (root->count > MEMBERS_MAX)
		return "more than 256 members";
	for (uint32_t i = 0; i < root->count; i++)
		keys[i] = root->items[i].key;
	qsort(keys, root->count, sizeof(keys[0]), by_key);
	for (uint32_t i = 1; i < root->count; i++) {
		if (str_eq(keys[i - 1], keys[i]))
			return "a member is there twice";
	}
	return NULL;
}

static const char *read_members(struct line *l)
{
	const struct json *signature = json_get(l->root, "signature");
	const char *fault = check_keys(l->root);

	l->v->signature.key_id = "";
	if (!fault)
		fault = read_identity(l);
	if (!fault)
		fault = read_required(l);
	if (!fault && signature && signature->kind != JSON_NULL)
		fault = registry_read_signature(&l->v->signature, l->keep, signature);
	if (!fault)
		fault = read_advisories(l);
	return fault ? fault : read_ours(l);
}

void registry_index_line_parse(struct registry_version *v, const char *name, struct str text,
    struct arena *keep, struct arena *scratch)
{
	const struct json_options options = {.max_depth = 32, .max_nodes = 100000};
	struct line l = {.v = v, .name = name, .text = text, .keep = keep};
	struct json_fault fault = {0};

	if (text.len > REGISTRY_INDEX_LINE_MAX) {
		v->fault = "longer than 1 MiB";
		return;
	}
	if (json_parse(&l.root, scratch, text.ptr, text.len, &options, &fault) < 0) {
		v->fault = arena_strndup(keep, fault.message, strlen(fault.message));
		if (v->fault == NULL)
			v->fault = "not JSON";
		return;
	}
	if (l.root->kind != JSON_OBJECT) {
		v->fault = "not a JSON object";
		return;
	}
	if (!json_is(json_get(l.root, "schema_version"), SCHEMA)) {
		v->version = registry_read_member(keep, l.root, "version");
		v->fault = "its schema is not " SCHEMA;
		return;
	}
	v->fault = read_members(&l);
	if (v->fault && !v->version)
		v->version = registry_read_member(keep, l.root, "version");
}

static void print_optional(struct jsonw *w, const char *key, const char *text)
{
	if (text)
		jsonw_kv_string(w, key, text);
}

static void print_signature(struct jsonw *w, const struct registry_signature *s)
{
	jsonw_key(w, "signature");
	jsonw_object(w);
	jsonw_kv_string(w, "kind", s->kind);
	jsonw_kv_string(w, "key_id", s->key_id);
	jsonw_key(w, "ed25519_sig");
	jsonw_base64(w, s->sig, sizeof(s->sig));
	jsonw_end_object(w);
}

/* The texts are JSON as it was read, so they are valid where a value may stand. */
static void print_advisories(struct jsonw *w, const struct registry_version *v)
{
	jsonw_key(w, "advisories");
	jsonw_array(w);
	for (uint32_t i = 0; i < v->advisory_count; i++) {
		CLEANUP(arena_clear) struct arena arena = {0};
		const struct json *value = NULL;
		struct json_fault fault;
		const char *text = v->advisories[i].text;

		if (json_parse(&value, &arena, text, strlen(text), NULL, &fault) == 0)
			jsonw_value(w, value, false);
	}
	jsonw_end_array(w);
}

static void print_needs(struct jsonw *w, const struct registry_version *v)
{
	jsonw_key(w, "dependencies");
	jsonw_array(w);
	for (uint32_t i = 0; i < v->need_count; i++) {
		const struct pkg_need *need = &v->needs[i];
		const char *requirement = need->requirement ? need->requirement : "";
		CLEANUP(buf_clear) struct buf text = buf_init(1 << 16);

		buf_printf(&text, "%s%s%s", need->name, requirement[0] ? "@" : "", requirement);
		jsonw_string_n(w, text.data, text.len);
	}
	jsonw_end_array(w);
}

void registry_index_print(struct buf *out, const struct registry_version *v)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", SCHEMA);
	jsonw_kv_string(&w, "name", v->name);
	jsonw_kv_string(&w, "version", v->version);
	jsonw_kv_string(&w, "cksum", v->cksum);
	jsonw_kv_bool(&w, "yanked", v->yanked);
	if (v->signature.well_formed)
		print_signature(&w, &v->signature);
	if (v->advisory_count > 0)
		print_advisories(&w, v);
	if (v->has_needs)
		print_needs(&w, v);
	print_optional(&w, "x07c_compat", v->compat);
	print_optional(&w, "tree_sha256", v->tree_sha256);
	print_optional(&w, "published_at", v->published_at);
	if (v->size > 0) {
		jsonw_key(&w, "size");
		jsonw_uint(&w, v->size);
	}
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

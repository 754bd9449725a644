/* SPDX-License-Identifier: MIT */
/*
 * Reading the capability map and checking it as a whole: every word means one thing, every package
 * has one version. Source: docs/format/capabilities.schema.json.
 */
#include "registry/capmap_read.h"

#include "base/file.h"
#include "base/vec.h"
#include "pkg/version.h"
#include "registry/codes.h"
#include "registry/read.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "x07.capabilities@0.1.0"
#define CODE REGISTRY_CODE(CAPABILITIES_INVALID)
#define ITEMS_MAX 4096
#define WORD_MAX 64

/** A parse under way. */
struct reader {
	struct registry_capmap map;
	struct registry_pick *picks; /* owned: every package named, for the check of versions */
	size_t pick_count, pick_cap;
	struct err *err;
};

static int bad(struct reader *r, const struct json *at, const char *what)
{
	CLEANUP(buf_clear) struct buf where = buf_init(256);

	json_pointer(&where, at);
	return err_code(r->err, ERR_FORMAT, CODE, "capability map: %s: %s",
	    where.len ? where.data : "document", what);
}

/* Ids and aliases: lower case, digits, `-`, `_`, divided by dots. */
static bool is_word(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return len > 0 && len <= WORD_MAX && text[0] >= 'a' && text[0] <= 'z' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == len;
}

static int read_pick(struct reader *r, struct registry_pick *out, const struct json *value)
{
	struct pkg_version version;

	out->name = registry_read_member(&r->map.arena, value, "name");
	out->version = registry_read_member(&r->map.arena, value, "version");
	if (!out->name || !pkg_name_is_valid(str_c(out->name)))
		return bad(r, value, "`name` is no package name");
	if (!out->version || pkg_version_parse(&version, str_c(out->version), NULL) < 0)
		return bad(r, value, "`version` is no version");
	VEC_PUSH(r->picks, r->pick_count, r->pick_cap, *out);
	return 0;
}

static bool is_list(const struct json *value)
{
	return value->kind == JSON_ARRAY && value->count <= ITEMS_MAX;
}

static int read_alternatives(
    struct reader *r, struct registry_capability *c, const struct json *list)
{
	struct registry_pick *picks;

	if (!list)
		return 0;
	if (!is_list(list))
		return bad(r, list, "must be an array of packages");
	picks = arena_alloc(&r->map.arena, (list->count + 1) * sizeof(*picks));
	for (uint32_t i = 0; i < list->count; i++) {
		int rc = read_pick(r, &picks[i], &list->items[i]);

		if (rc < 0)
			return rc;
	}
	c->alternatives = picks;
	c->alternative_count = list->count;
	return 0;
}

static int read_texts(
    struct reader *r, const char *const **out, uint32_t *count, const struct json *list)
{
	const char **texts;

	if (!list)
		return 0;
	if (!is_list(list))
		return bad(r, list, "must be an array of texts");
	texts = arena_alloc(&r->map.arena, (list->count + 1) * sizeof(*texts));
	for (uint32_t i = 0; i < list->count; i++) {
		texts[i] = registry_read_string(&r->map.arena, &list->items[i]);
		if (!texts[i] || texts[i][0] == '\0')
			return bad(r, &list->items[i], "must be a text");
	}
	*out = texts;
	*count = list->count;
	return 0;
}

static int read_status(struct reader *r, struct registry_capability *c, const struct json *value)
{
	static const char *const known[] = {"stable", "experimental", "deprecated"};

	if (!value)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (json_is(value, known[i]))
			c->status = known[i];
	}
	return c->status ? 0 : bad(r, value, "must be stable, experimental or deprecated");
}

static int read_capability(
    struct reader *r, struct registry_capability *c, const struct json *value)
{
	const struct json *pick = json_get(value, c->ships ? "canonical" : "package");
	const struct json *notes = json_get(value, "notes");
	int rc;

	c->id = registry_read_member(&r->map.arena, value, "id");
	c->summary = registry_read_member(&r->map.arena, value, "summary");
	if (!is_word(c->id))
		return bad(r, value, "`id` must be lower-case words divided by dots");
	if (!c->summary || c->summary[0] == '\0')
		return bad(r, value, "`summary` is missing");
	if (!pick || pick->kind != JSON_OBJECT)
		return bad(r, value, c->ships ? "`canonical` is missing" : "`package` is missing");
	rc = read_pick(r, &c->canonical, pick);
	if (rc == 0)
		rc = read_alternatives(r, c, json_get(value, "alternatives"));
	if (rc == 0)
		rc = read_texts(r, &c->modules, &c->module_count, json_get(value, "modules"));
	if (rc == 0)
		rc = read_texts(r, &c->worlds, &c->world_count, json_get(value, "worlds"));
	if (rc == 0)
		rc = read_status(r, c, json_get(value, "status"));
	c->notes = registry_read_string(&r->map.arena, notes);
	if (rc == 0 && notes && !c->notes)
		return bad(r, notes, "must be a text");
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const struct registry_capability *x = a;
	const struct registry_capability *y = b;

	return strcmp(x->id, y->id);
}

static int by_alias(const void *a, const void *b)
{
	const struct registry_alias *x = a;
	const struct registry_alias *y = b;

	return strcmp(x->alias, y->alias);
}

static int by_package(const void *a, const void *b)
{
	const struct registry_pick *x = a;
	const struct registry_pick *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->version, y->version);
}

static int read_list(struct reader *r, const struct json *list, bool ships)
{
	struct registry_capmap *map = &r->map;

	for (uint32_t i = 0; i < list->count; i++) {
		struct registry_capability *c = &map->items[map->count];
		int rc;

		*c = (struct registry_capability){.ships = ships};
		rc = read_capability(r, c, &list->items[i]);
		if (rc < 0)
			return rc;
		map->count++;
	}
	return 0;
}

/* What the registry beside the map has, and what is kept elsewhere. */
static int read_capabilities(struct reader *r, const struct json *root)
{
	const struct json none = {.kind = JSON_ARRAY};
	const struct json *here = json_get(root, "capabilities");
	const struct json *elsewhere = json_get(root, "elsewhere");
	struct registry_capmap *map = &r->map;
	int rc;

	if (!here || !is_list(here))
		return bad(r, here ? here : root, "`capabilities` must be an array");
	if (elsewhere && !is_list(elsewhere))
		return bad(r, elsewhere, "must be an array");
	elsewhere = elsewhere ? elsewhere : &none;
	map->items = arena_alloc(
	    &map->arena, ((size_t)here->count + elsewhere->count + 1) * sizeof(*map->items));
	rc = read_list(r, here, true);
	if (rc == 0)
		rc = read_list(r, elsewhere, false);
	if (rc < 0)
		return rc;
	qsort(map->items, map->count, sizeof(*map->items), by_id);
	for (uint32_t i = 1; i < map->count; i++) {
		if (strcmp(map->items[i - 1].id, map->items[i].id) == 0)
			return err_code(r->err, ERR_FORMAT, CODE,
			    "capability map: %s is there twice", map->items[i].id);
	}
	return 0;
}

static bool has_id(const struct registry_capmap *map, const char *id)
{
	const struct registry_capability key = {.id = id};

	return bsearch(&key, map->items, map->count, sizeof(key), by_id) != NULL;
}

static int read_aliases(struct reader *r, const struct json *object)
{
	struct registry_capmap *map = &r->map;

	if (!object)
		return 0;
	if (object->kind != JSON_OBJECT || object->count > ITEMS_MAX)
		return bad(r, object, "must be an object");
	map->aliases = arena_alloc(&map->arena, (object->count + 1) * sizeof(*map->aliases));
	for (uint32_t i = 0; i < object->count; i++) {
		const struct json *value = &object->items[i];
		struct registry_alias *alias = &map->aliases[i];

		alias->alias = arena_strndup(&map->arena, value->key.ptr, value->key.len);
		alias->id = registry_read_string(&map->arena, value);
		if (!is_word(alias->alias) || strlen(alias->alias) != value->key.len)
			return bad(r, value, "an alias must be a lower-case word");
		if (!alias->id || !has_id(map, alias->id))
			return bad(r, value, "leads to no capability");
		if (has_id(map, alias->alias))
			return bad(r, value, "is the id of a capability itself");
		map->alias_count++;
	}
	qsort(map->aliases, map->alias_count, sizeof(*map->aliases), by_alias);
	for (uint32_t i = 1; i < map->alias_count; i++) {
		if (strcmp(map->aliases[i - 1].alias, map->aliases[i].alias) == 0)
			return bad(r, object, "an alias is there twice");
	}
	return 0;
}

static int check_versions(struct reader *r)
{
	if (r->pick_count > 0)
		qsort(r->picks, r->pick_count, sizeof(*r->picks), by_package);
	for (size_t i = 1; i < r->pick_count; i++) {
		const struct registry_pick *a = &r->picks[i - 1];
		const struct registry_pick *b = &r->picks[i];

		if (strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) != 0)
			return err_code(r->err, ERR_FORMAT, CODE,
			    "capability map: %s is named with the versions %s and %s", a->name,
			    a->version, b->version);
	}
	return 0;
}

static int read_map(struct reader *r, const struct json *root)
{
	int rc;

	if (!json_is(json_get(root, "schema_version"), SCHEMA))
		return bad(r, root, "its schema is not " SCHEMA);
	rc = read_capabilities(r, root);
	if (rc == 0)
		rc = read_aliases(r, json_get(root, "aliases"));
	return rc < 0 ? rc : check_versions(r);
}

int registry_capmap_parse(
    struct registry_capmap *out, const char *text, size_t len, struct err *err)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	const struct json_options options = {.max_depth = 16, .max_nodes = 200000};
	struct reader r = {.err = err};
	struct json_fault fault = {0};
	const struct json *root = NULL;
	int rc;

	arena_init(&scratch, 0);
	if (len > REGISTRY_CAPMAP_MAX_BYTES)
		return err_code(err, ERR_FORMAT, CODE, "capability map: larger than 1 MiB");
	if (json_parse(&root, &scratch, text, len, &options, &fault) < 0)
		return err_code(err, ERR_FORMAT, CODE, "capability map: not a JSON document: %s",
		    fault.message);
	rc = read_map(&r, root);
	free(r.picks);
	if (rc < 0) {
		registry_capmap_clear(&r.map);
		return rc;
	}
	*out = r.map;
	return 0;
}

int registry_capmap_load(struct registry_capmap *out, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_CAPMAP_MAX_BYTES);
	int rc = file_read(&text, path, err);

	if (rc < 0)
		return err_wrap(err, "capability map");
	return registry_capmap_parse(out, buf_str(&text), text.len, err);
}

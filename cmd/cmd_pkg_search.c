/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg search` and `x07 pkg list`: the catalog of a registry, which is information only. What
 * is installed is decided by signed index lines. Source: docs/cmd/pkg-search.md.
 */
#include "base/path.h"
#include "base/vec.h"
#include "cmd/codes.h"
#include "cmd/pkg/capmap.h"
#include "cmd/pkg_work.h"
#include "registry/client/url.h"
#include "registry/codes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define FOUND_MAX 100u
#define SHARD_DEPTH_MAX 3

/** The catalog of a registry. Zero-initialise; catalog_clear. */
struct catalog {
	struct arena arena;
	struct buf text;
	const struct json *packages; /* array; NULL = there is no catalog */
};

static void catalog_clear(struct catalog *c)
{
	buf_clear(&c->text);
	arena_clear(&c->arena);
}

static int catalog_read(struct catalog *c, struct pkg_work *w, struct err *err)
{
	const struct json *root = NULL;
	struct json_fault fault = {0};
	int rc = client_catalog(&c->text, pkg_supply_index(&w->supply), err);

	if (rc < 0)
		return rc;
	arena_init(&c->arena, (size_t)16 * CLIENT_CATALOG_MAX);
	if (json_parse(&root, &c->arena, buf_str(&c->text), c->text.len, NULL, &fault) == 0)
		c->packages = json_get(root, "packages");
	if (c->packages == NULL || c->packages->kind != JSON_ARRAY)
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_FETCH),
		    "catalog.json of %s is none", w->settings.index_url);
	return 0;
}

static const char *text_of(struct catalog *c, const struct json *entry, const char *member)
{
	const struct json *v = json_get(entry, member);

	if (v == NULL || v->kind != JSON_STRING)
		return "";
	return arena_strndup(&c->arena, v->text.ptr, v->text.len);
}

/* Every word is in one of the texts, whatever its case. */
static bool matches(const struct cmd_call *call, const char *a, const char *b)
{
	for (size_t i = 0; i < call->args.operand_count; i++) {
		const char *word = call->args.operands[i];

		if (strcasestr(a, word) == NULL && strcasestr(b, word) == NULL)
			return false;
	}
	return true;
}

static void put_capabilities(struct pkg_work *w, const struct registry_capmap *map)
{
	struct jsonw *j = &w->report.w;

	jsonw_key(j, "capabilities");
	jsonw_array(j);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct registry_capability *c = &map->items[i];

		if (!matches(w->call, c->id, c->summary))
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "id", c->id);
		jsonw_kv_string(j, "name", c->canonical.name);
		jsonw_kv_string(j, "version", c->canonical.version);
		jsonw_kv_bool(j, "ships", c->ships);
		jsonw_end_object(j);
		if (c->ships)
			buf_printf(&w->report.text,
			    "%s (capability): %s\n  x07 pkg add %s --sync\n", c->id, c->summary,
			    c->id);
	}
	jsonw_end_array(j);
}

static uint32_t put_packages(struct pkg_work *w, struct catalog *c)
{
	struct jsonw *j = &w->report.w;
	uint32_t total = 0;

	jsonw_key(j, "packages");
	jsonw_array(j);
	for (uint32_t i = 0; i < c->packages->count; i++) {
		const struct json *entry = &c->packages->items[i];
		const char *name = text_of(c, entry, "name");
		const char *latest = text_of(c, entry, "latest");
		const char *about = text_of(c, entry, "description");
		const struct json *official = json_get(entry, "is_official");

		if (!matches(w->call, name, about) || ++total > FOUND_MAX)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", name);
		jsonw_kv_string(j, "latest_version", latest);
		jsonw_kv_bool(j, "is_official", official != NULL && official->kind == JSON_TRUE);
		if (about[0] != '\0')
			jsonw_kv_string(j, "description", about);
		jsonw_end_object(j);
		buf_printf(&w->report.text, "%s@%s%s%s\n", name, latest,
		    about[0] != '\0' ? ": " : "", about);
	}
	jsonw_end_array(j);
	return total;
}

static int search(struct pkg_work *w, struct err *err)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	CLEANUP(catalog_clear) struct catalog catalog = {0};
	struct jsonw *j = &w->report.w;
	uint32_t total;
	int rc = catalog_read(&catalog, w, err);

	if (rc == 0)
		rc = pkg_capmap_open(&map, &w->settings, err);
	if (rc < 0)
		return rc;
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	total = put_packages(w, &catalog);
	jsonw_kv_int(j, "total", total);
	put_capabilities(w, &map);
	pkg_report_close(&w->report);
	if (w->report.text.len == 0)
		buf_printf(&w->report.text,
		    "nothing fits: neither in %s nor in the capability map\n",
		    client_settings_called(&w->settings));
	return 0;
}

int cmd_pkg_search(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc;

	if (call->args.operand_count == 0)
		return pkg_work_ask_operand(call, "search for what?");
	rc = pkg_work_open_asking(&w, call, &err);
	if (rc == 0)
		rc = search(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

/* ---- list ---- */

struct names {
	char **items; /* owned, each owned */
	size_t count, cap;
};

static void names_clear(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		base_free_ptr(&n->items[i]);
	base_free_ptr(&n->items);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_name(struct names *n, const char *name)
{
	if (pkg_name_is_valid(str_c(name)))
		VEC_PUSH(n->items, n->count, n->cap, base_strdup(name));
}

/* The files of an index without a catalog: <shard>/<shard>/<name>. Takes @p fd. */
static void walk(struct names *n, int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	if (dir == NULL) {
		base_close_fd(&fd);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		int below;

		if (e->d_name[0] == '.' || (depth == 0 && strcmp(e->d_name, "snapshot") == 0))
			continue;
		if (depth > 0 && e->d_type == DT_REG)
			add_name(n, e->d_name);
		if (e->d_type != DT_DIR || depth >= SHARD_DEPTH_MAX)
			continue;
		below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			walk(n, below, depth + 1);
	}
	(void)closedir(dir);
}

static int list_folder(struct names *n, const struct client_settings *s, struct err *err)
{
	AUTO_FREE char *path = fetch_url_file_path(s->base);
	int fd = path != NULL ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0)
		return err_code(err, ERR_PKG, CMD_CODE(LIST_INDEX_MISSING),
		    "%s: there is no such folder", s->index_url);
	walk(n, fd, 0);
	return 0;
}

static int list_catalog(struct names *n, struct pkg_work *w, struct err *err)
{
	CLEANUP(catalog_clear) struct catalog catalog = {0};
	int rc = catalog_read(&catalog, w, err);

	for (uint32_t i = 0; rc == 0 && i < catalog.packages->count; i++)
		add_name(n, text_of(&catalog, &catalog.packages->items[i], "name"));
	return rc;
}

static int list(struct pkg_work *w, struct err *err)
{
	CLEANUP(names_clear) struct names names = {0};
	struct jsonw *j = &w->report.w;
	int rc;

	if (w->settings.kind == CLIENT_INDEX_FILE)
		rc = list_folder(&names, &w->settings, err);
	else
		rc = list_catalog(&names, w, err);
	if (rc == ERR_NOT_FOUND)
		rc = err_code(err, ERR_PKG, CMD_CODE(LIST_UNSUPPORTED),
		    "%s publishes no catalog.json; name the packages you want",
		    w->settings.index_url);
	if (rc < 0)
		return rc;
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(char *), by_name);
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_key(j, "packages");
	jsonw_array(j);
	for (size_t i = 0; i < names.count; i++) {
		jsonw_string(j, names.items[i]);
		buf_printf(&w->report.text, "%s\n", names.items[i]);
	}
	jsonw_end_array(j);
	pkg_report_close(&w->report);
	return 0;
}

int cmd_pkg_list(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_open_asking(&w, call, &err);

	if (rc == 0)
		rc = list(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

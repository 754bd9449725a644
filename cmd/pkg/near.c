/* SPDX-License-Identifier: MIT */
/*
 * What to say of a package that a registry does not have: a name that is nearly it, or that it
 * ships with x07. The catalog is read for that only where it costs nothing to speak of.
 */
#include "cmd/pkg/near.h"

#include "base/file.h"
#include "base/near.h"
#include "base/path.h"
#include "cmd/pkg/engine_codes.h"
#include "pkg/version.h"
#include "registry/codes.h"

#include <string.h>

#define NAMES_MAX 10000
#define HINT_MAX 16384
/* How the resolver begins what it says of a name that the registry lacks. */
#define NO_SUCH_PACKAGE "there is no such package"

/* Owned; NULL when nothing is near. */
static char *near_name(struct pkg_supply *supply, const char *name)
{
	CLEANUP(buf_clear) struct buf text = {0};
	CLEANUP(arena_clear) struct arena arena = {0};
	AUTO_FREE const char **names = NULL;
	const struct json *root = NULL, *list;
	struct json_fault fault = {0};
	struct err ignored = {0};
	const char *near;
	size_t count = 0;

	if (!client_is_small(pkg_supply_index(supply)) ||
	    client_catalog(&text, pkg_supply_index(supply), &ignored) < 0)
		return NULL;
	arena_init(&arena, (size_t)16 * CLIENT_CATALOG_MAX);
	if (json_parse(&root, &arena, buf_str(&text), text.len, NULL, &fault) < 0)
		return NULL;
	list = json_get(root, "packages");
	if (list == NULL || list->kind != JSON_ARRAY)
		return NULL;
	names = base_calloc((size_t)list->count + 1, sizeof(*names));
	for (uint32_t i = 0; i < list->count && count < NAMES_MAX; i++) {
		const struct json *v = json_get(&list->items[i], "name");

		if (v != NULL && v->kind == JSON_STRING && pkg_name_is_valid(v->text))
			names[count++] = arena_strndup(&arena, v->text.ptr, v->text.len);
	}
	near = near_find(name, names, count);
	return near != NULL ? base_strdup(near) : NULL;
}

/* Not a matter of the network: asked of the files that are installed beside the program. */
static bool ships(const struct client_settings *s, const char *name)
{
	AUTO_FREE char *all = path_join(s->share, "registry/dl");
	AUTO_FREE char *dir = path_join(all, name);

	return !s->embedded && pkg_name_is_valid(str_c(name)) && file_is_directory(dir);
}

#define BOTH "to have both, build your registry with a copy of %s/registry/dl beside your packages"

char *pkg_near_shipped(const struct client_settings *s, const struct pkg_conflict *conflict)
{
	CLEANUP(buf_clear) struct buf text = buf_init(HINT_MAX);

	for (uint32_t i = 0; i < conflict->fact_count; i++) {
		const struct pkg_fact *f = &conflict->facts[i];

		if (f->name == NULL || f->detail == NULL ||
		    strncmp(f->detail, NO_SUCH_PACKAGE, strlen(NO_SUCH_PACKAGE)) != 0 ||
		    !ships(s, f->name))
			continue;
		buf_printf(&text, "%s ships with x07: " BOTH, f->name, s->share);
		return buf_take(&text);
	}
	return NULL;
}

int pkg_near_no_dependency(struct err *err, const struct pkg_project *project, const char *name)
{
	const struct pkg_manifest *m = &project->m;
	AUTO_FREE const char **names = base_calloc((size_t)m->dependency_count + 1, sizeof(*names));
	const char *near;

	for (uint32_t i = 0; i < m->dependency_count; i++)
		names[i] = m->dependencies[i].name;
	near = near_find(name, names, m->dependency_count);
	return err_code(err, ERR_PKG, PKG_ENGINE_CODE(DEP_NOT_FOUND),
	    "%s is no dependency of %s%s%s%s", name, m->path,
	    near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
	    near != NULL ? "'?" : "");
}

int pkg_near_no_package(struct err *err, struct pkg_supply *supply, const char *name)
{
	const struct client_settings *s = supply->o.settings;
	AUTO_FREE char *near = NULL;

	if (ships(s, name))
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
		    "no package %s in %s; it ships with x07 (--index embedded:): " BOTH, name,
		    client_settings_called(s), s->share);
	near = near_name(supply, name);
	return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH), "no package %s in %s%s%s%s",
	    name, client_settings_called(s), near != NULL ? "; did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* SPDX-License-Identifier: MIT */
/*
 * What to say of a package that a registry does not have: a name that is nearly it, or that it
 * ships with x07. The catalog is read for that only where it costs nothing to speak of.
 */
#include "base/near.h"
#include "base/file.h"
#include "base/path.h"
#include "cmd/pkg/work.h"

#include <stdio.h>
#include <string.h>

#define NAMES_MAX 10000

/* Owned; NULL when nothing is near. */
static char *near_name(struct pkg_work *w, const char *name)
{
	CLEANUP(buf_clear) struct buf text = {0};
	CLEANUP(arena_clear) struct arena arena = {0};
	AUTO_FREE const char **names = NULL;
	const struct json *root = NULL, *list;
	struct json_fault fault = {0};
	struct err ignored = {0};
	const char *near;
	size_t count = 0;

	if (!client_is_small(pkg_work_index(w)) ||
	    client_catalog(&text, pkg_work_index(w), &ignored) < 0)
		return NULL;
	arena_init(&arena, (size_t)16 * CLIENT_CATALOG_MAX);
	if (json_parse(&root, &arena, text.data != NULL ? text.data : "", text.len, NULL, &fault) <
	    0)
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
static bool ships(const struct pkg_work *w, const char *name)
{
	AUTO_FREE char *all = path_join(w->settings.share, "registry/dl");
	AUTO_FREE char *dir = path_join(all, name);

	return !w->settings.embedded && pkg_name_is_valid(str_c(name)) && file_is_directory(dir);
}

#define BOTH "to have both, build your registry with a copy of %s/registry/dl beside your packages"

void pkg_say_shipped(struct err *err, struct pkg_work *w, const struct pkg_conflict *conflict)
{
	for (uint32_t i = 0; i < conflict->fact_count; i++) {
		const struct pkg_fact *f = &conflict->facts[i];
		size_t len = strlen(err->message);

		if (f->name == NULL || f->detail == NULL ||
		    strncmp(f->detail, "there is no such package", 24) != 0 || !ships(w, f->name))
			continue;
		(void)snprintf(err->message + len, sizeof(err->message) - len,
		    "; %s ships with x07: " BOTH, f->name, w->settings.share);
		buf_printf(
		    &w->report.text, "%s ships with x07: " BOTH "\n", f->name, w->settings.share);
		return;
	}
}

int pkg_no_dependency(struct err *err, const struct pkg_work *w, const char *name)
{
	const struct pkg_manifest *m = &w->project.m;
	AUTO_FREE const char **names = base_calloc((size_t)m->dependency_count + 1, sizeof(*names));
	const char *near;

	for (uint32_t i = 0; i < m->dependency_count; i++)
		names[i] = m->dependencies[i].name;
	near = near_find(name, names, m->dependency_count);
	return err_user(err, ERR_PKG, "X07PKG_DEP_NOT_FOUND", "%s is no dependency of %s%s%s%s",
	    name, m->path, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
	    near != NULL ? "'?" : "");
}

int pkg_say_missing(struct err *err, struct pkg_work *w, const char *name)
{
	AUTO_FREE char *near = NULL;

	if (ships(w, name))
		return err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH",
		    "no package %s in %s; it ships with x07 (--index embedded:): " BOTH, name,
		    client_settings_called(&w->settings), w->settings.share);
	near = near_name(w, name);
	return err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH", "no package %s in %s%s%s%s", name,
	    client_settings_called(&w->settings), near != NULL ? "; did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* SPDX-License-Identifier: MIT */
/*
 * Adding a package: what the word means, whether it is offered, and how much of the project changes
 * for it. Source: docs/cmd/pkg-add.md.
 */
#include "cmd/pkg/add.h"

#include "cmd/pkg/capmap.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/near.h"
#include "cmd/pkg/sync.h"
#include "cmd/pkg/write.h"
#include "pkg/codes.h"
#include "pkg/place.h"
#include "pkg/require.h"
#include "registry/codes.h"

#include <string.h>

#define PATH_MAX_BYTES 4096

struct adding {
	const struct pkg_wish *wish;
	const char *name;
	const char *version;    /* NULL: the highest */
	const char *capability; /* NULL when a package was named */
	bool ships;             /* the capability's package is in the embedded registry */
	const char *near;       /* a capability with a similar name; NULL */
	const char *path;
};

static const char *copy(const struct pkg_task *t, struct str text)
{
	return arena_strndup(t->arena, text.ptr, text.len);
}

/* A capability when the word is no package name, or when only the map knows it. */
static int find_capability(
    struct adding *a, const struct pkg_task *t, const char *word, struct err *err)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	const struct registry_capability *c = NULL;
	const struct registry_index *file = NULL;
	struct err ignored = {0};
	bool is_name = pkg_name_is_valid(str_c(word));
	int rc = pkg_capmap_open(&map, t->supply->o.settings, err);

	if (rc < 0)
		return is_name ? 0 : rc;
	c = registry_capmap_find(&map, word);
	if (c == NULL && registry_capmap_suggest(&map, word) != NULL)
		a->near = copy(t, str_c(registry_capmap_suggest(&map, word)));
	if (is_name && (c == NULL || pkg_project_dependency(t->project, word) != NULL ||
			   client_get(&file, pkg_supply_index(t->supply), word, &ignored) == 0))
		return 0;
	if (c == NULL)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(CAPABILITY_UNKNOWN),
		    "'%s' is neither a package name (a-z, 0-9, _ and -) nor a capability%s%s%s",
		    word, a->near != NULL ? "; did you mean '" : "", a->near != NULL ? a->near : "",
		    a->near != NULL ? "'?" : "");
	a->capability = copy(t, str_c(c->id));
	a->ships = c->ships;
	a->name = copy(t, str_c(c->canonical.name));
	a->version = copy(t, str_c(c->canonical.version));
	return 0;
}

static int read_spec(struct adding *a, const struct pkg_task *t, const char *spec, struct err *err)
{
	struct str name, version;
	struct pkg_version parsed;
	struct err inner = {0};

	if (strchr(spec, '@') == NULL) {
		a->name = spec;
		return find_capability(a, t, spec, err);
	}
	if (pkg_spec_split(&name, &version, str_c(spec), &inner) < 0 ||
	    pkg_version_parse(&parsed, version, &inner) < 0)
		return err_code(
		    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "'%s': %s", spec, inner.message);
	a->name = copy(t, name);
	a->version = copy(t, version);
	return 0;
}

/* As the manifest wants it: else the next command could not read what this one wrote. */
static int check_path(const char *path, struct err *err)
{
	const char *at = path;
	bool up = false;

	while (path != NULL && !up && at != NULL) {
		at += *at == '/';
		up = strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0');
		at = strchr(at, '/');
	}
	if (path == NULL || (path[0] != '\0' && path[0] != '/' && !up &&
				strpbrk(path, "\\:\n") == NULL && strlen(path) < PATH_MAX_BYTES))
		return 0;
	return err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID),
	    "--path '%.256s' must be relative to the project, without `..`; `$workspace/` leads to "
	    "the workspace",
	    path);
}

/* What is there already. @return 1 when there is nothing to add. */
static int compare_present(struct adding *a, const struct pkg_project *project, struct err *err)
{
	const struct pkg_dependency *d = pkg_project_dependency(project, a->name);

	if (d == NULL)
		return 0;
	if (a->version == NULL)
		a->version = d->version;
	if (strcmp(d->version, a->version) != 0)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(DEP_EXISTS),
		    "%s is a dependency already, with version %s; `x07 pkg update %s`, or remove "
		    "it "
		    "first",
		    a->name, d->version, a->name);
	if (a->wish->path != NULL && strcmp(d->path, a->wish->path) != 0)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(DEP_EXISTS),
		    "%s is a dependency already, at %s", a->name, d->path);
	a->path = d->path;
	return 1;
}

static int no_package(const struct adding *a, const struct pkg_task *t, struct err *err)
{
	if (a->capability != NULL && t->supply->o.settings->embedded && !a->ships)
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
		    "%s is %s@%s, which does not ship with x07: --index URL names a registry that "
		    "has it",
		    a->capability, a->name, a->version);
	if (a->near == NULL)
		return pkg_near_no_package(err, t->supply, a->name);
	return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
	    "no package %s in %s; did you mean the capability '%s'?", a->name,
	    client_settings_called(t->supply->o.settings), a->near);
}

/* Before the resolver says the same in more words. Without an index it knows what is installed. */
static int check_offered(const struct adding *a, const struct pkg_task *t, struct err *err)
{
	const struct registry_index *file = NULL;
	const struct registry_version *v = NULL;
	struct err inner = {0};
	int rc;

	if (a->wish->path != NULL || pkg_project_patch(t->project, a->name) != NULL)
		return 0;
	rc = client_get(&file, pkg_supply_index(t->supply), a->name, &inner);
	if (rc == ERR_NOT_FOUND)
		return no_package(a, t, err);
	if (rc == 0 && a->version != NULL)
		rc = registry_index_find(&v, file, a->version, &inner);
	if (rc == 0 && v != NULL && v->yanked && !t->allow_yanked)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(YANKED_DEP),
		    "%s@%s was withdrawn by its registry; another version, or --allow-yanked",
		    a->name, a->version);
	if (rc == 0 || err_is(&inner, REGISTRY_CODE(OFFLINE_INDEX)))
		return 0;
	*err = inner;
	return rc;
}

/* The highest version that is offered: no yanked one, and a pre-release only when asked for. */
static int pick_version(struct adding *a, const struct pkg_task *t, struct err *err)
{
	const struct registry_index *file = NULL;
	struct pkg_version best = {0};
	int rc = client_get(&file, pkg_supply_index(t->supply), a->name, err);

	for (uint32_t i = 0; rc == 0 && i < file->count; i++) {
		const struct registry_version *v = &file->versions[i];
		struct pkg_version parsed;
		struct err ignored = {0};

		if (v->yanked || pkg_version_parse(&parsed, str_c(v->version), &ignored) < 0 ||
		    (parsed.pre.len > 0 && !t->pre))
			continue;
		if (a->version == NULL || pkg_version_cmp(&parsed, &best) > 0) {
			a->version = v->version;
			best = parsed;
		}
	}
	if (rc == ERR_NOT_FOUND)
		return no_package(a, t, err);
	if (rc == 0 && a->version == NULL)
		return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
		    "no version of %s in %s that can be taken", a->name,
		    t->supply->o.settings->index_url);
	return rc;
}

static int resolve(const struct adding *a, struct pkg_items *items, struct pkg_conflict *conflict,
    const struct pkg_task *t, struct err *err)
{
	const struct pkg_need need = {a->name, a->version != NULL ? a->version : ""};
	const struct pkg_change change = {.add = &need, .add_count = 1, .add_path = a->wish->path};
	int rc;

	if (a->wish->sync)
		return pkg_sync(items, conflict, t, &change, err);
	rc = pkg_choose(items, conflict, t, &change, err);
	return rc < 0 ? rc : pkg_write_manifest(t->project, items, err);
}

/* x07.json alone. */
static int add_entry(struct adding *a, const struct pkg_task *t, struct err *err)
{
	struct pkg_edit edit;
	int rc = a->version == NULL ? pick_version(a, t, err) : 0;

	if (rc == 0 && a->capability != NULL)
		rc = check_offered(a, t, err);
	if (rc < 0)
		return rc;
	a->path = a->wish->path != NULL
		      ? a->wish->path
		      : arena_printf(t->arena, PKG_VENDORED "%s/%s", a->name, a->version);
	edit = (struct pkg_edit){a->name, a->version, a->path};
	return pkg_write_edit(t->project, &edit, err);
}

/* With all that it needs. */
static int add_closure(struct adding *a, struct pkg_items *items, struct pkg_conflict *conflict,
    const struct pkg_task *t, struct err *err)
{
	const struct pkg_item *item;
	int rc = check_offered(a, t, err);

	if (rc == 0)
		rc = resolve(a, items, conflict, t, err);
	if (rc < 0)
		return rc;
	item = pkg_items_find(items, a->name);
	if (item == NULL)
		return err_set(err, ERR_INTERNAL, "%s is not among the packages", a->name);
	a->version = item->version;
	a->path = item->path;
	return 0;
}

static int add(struct adding *a, struct pkg_items *items, struct pkg_conflict *conflict,
    const struct pkg_task *t, struct err *err)
{
	int there = compare_present(a, t->project, err);

	if (there < 0)
		return there;
	if (there == 1 && !a->wish->sync)
		return 0;
	if (a->version == NULL && a->wish->path != NULL)
		return err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID),
		    "--path wants NAME@VERSION, not '%s'", a->name);
	return a->wish->sync || a->wish->closure ? add_closure(a, items, conflict, t, err)
						 : add_entry(a, t, err);
}

int pkg_add(struct pkg_added *out, struct pkg_items *items, struct pkg_conflict *conflict,
    const struct pkg_task *task, const struct pkg_wish *wish, struct err *err)
{
	struct adding a = {.wish = wish};
	int rc = read_spec(&a, task, wish->spec, err);

	if (rc == 0)
		rc = check_path(wish->path, err);
	if (rc == 0)
		rc = add(&a, items, conflict, task, err);
	if (rc < 0)
		return rc;
	*out = (struct pkg_added){
	    .name = a.name, .version = a.version, .path = a.path, .capability = a.capability};
	return 0;
}

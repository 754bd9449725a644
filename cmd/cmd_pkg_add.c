/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg add NAME[@VERSION]` and `x07 pkg add CAPABILITY`. Source: spec packages 8 and 10;
 * docs/cmd/pkg-add.md.
 */
#include "base/path.h"
#include "cmd/pkg/capmap.h"
#include "cmd/pkg/work.h"
#include "pkg/edit.h"
#include "pkg/require.h"

#include <stdlib.h>
#include <string.h>

struct adding {
	const char *name;
	const char *version;    /* NULL: the highest */
	const char *capability; /* NULL when a package was named */
	bool ships;             /* the capability's package is in the embedded registry */
	const char *near;       /* a capability with a similar name; NULL */
	const char *path;
};

static const char *copy(struct pkg_work *w, struct str text)
{
	return arena_strndup(&w->arena, text.ptr, text.len);
}

/* A capability when the word is no package name, or when only the map knows it. */
static int find_capability(struct adding *a, struct pkg_work *w, const char *word, struct err *err)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	const struct registry_capability *c = NULL;
	const struct registry_index *file = NULL;
	struct err ignored = {0};
	bool is_name = pkg_name_is_valid(str_c(word));
	int rc = pkg_capmap_open(&map, &w->settings, err);

	if (rc < 0)
		return is_name ? 0 : rc;
	c = registry_capmap_find(&map, word);
	if (c == NULL && registry_capmap_suggest(&map, word) != NULL)
		a->near = copy(w, str_c(registry_capmap_suggest(&map, word)));
	if (is_name && (c == NULL || pkg_project_dependency(&w->project, word) != NULL ||
			   client_get(&file, pkg_work_index(w), word, &ignored) == 0))
		return 0;
	if (c == NULL)
		return err_user(err, ERR_PKG, "X07PKG_CAPABILITY_UNKNOWN",
		    "'%s' is neither a package name (a-z, 0-9, _ and -) nor a capability%s%s%s",
		    word, a->near != NULL ? "; did you mean '" : "", a->near != NULL ? a->near : "",
		    a->near != NULL ? "'?" : "");
	a->capability = copy(w, str_c(c->id));
	a->ships = c->ships;
	a->name = copy(w, str_c(c->canonical.name));
	a->version = copy(w, str_c(c->canonical.version));
	return 0;
}

static int read_spec(struct adding *a, struct pkg_work *w, const char *spec, struct err *err)
{
	struct str name, version;
	struct pkg_version parsed;
	struct err inner = {0};

	if (strchr(spec, '@') == NULL) {
		a->name = spec;
		return find_capability(a, w, spec, err);
	}
	if (pkg_spec_split(&name, &version, str_c(spec), &inner) < 0 ||
	    pkg_version_parse(&parsed, version, &inner) < 0)
		return err_user(
		    err, ERR_PKG, "X07PKG_SPEC_INVALID", "'%s': %s", spec, inner.message);
	a->name = copy(w, name);
	a->version = copy(w, version);
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
				strpbrk(path, "\\:\n") == NULL && strlen(path) < 4096))
		return 0;
	return err_user(err, ERR_PKG, "X07PKG_SPEC_INVALID",
	    "--path '%.256s' must be relative to the project, without `..`; `$workspace/` leads to "
	    "the workspace",
	    path);
}

/* What is there already. @return 1 when there is nothing to add. */
static int compare_present(struct adding *a, struct pkg_work *w, struct err *err)
{
	const struct pkg_dependency *d = pkg_project_dependency(&w->project, a->name);

	if (d == NULL)
		return 0;
	if (a->version == NULL)
		a->version = d->version;
	if (strcmp(d->version, a->version) != 0)
		return err_user(err, ERR_PKG, "X07PKG_DEP_EXISTS",
		    "%s is a dependency already, with version %s; `x07 pkg update %s`, or remove "
		    "it "
		    "first",
		    a->name, d->version, a->name);
	if (w->o->path != NULL && strcmp(d->path, w->o->path) != 0)
		return err_user(err, ERR_PKG, "X07PKG_DEP_EXISTS",
		    "%s is a dependency already, at %s", a->name, d->path);
	a->path = d->path;
	return 1;
}

static int no_package(const struct adding *a, struct pkg_work *w, struct err *err)
{
	if (a->capability != NULL && w->settings.embedded && !a->ships)
		return err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH",
		    "%s is %s@%s, which does not ship with x07: --index URL names a registry that "
		    "has it",
		    a->capability, a->name, a->version);
	if (a->near == NULL)
		return pkg_say_missing(err, w, a->name);
	return err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH",
	    "no package %s in %s; did you mean the capability '%s'?", a->name,
	    client_settings_called(&w->settings), a->near);
}

static bool is_patched(const struct pkg_work *w, const char *name)
{
	return json_get(json_get(w->project.m.document, "patch"), name) != NULL;
}

/* Before the resolver says the same in more words. Without an index it knows what is installed. */
static int check_offered(const struct adding *a, struct pkg_work *w, struct err *err)
{
	const struct registry_index *file = NULL;
	const struct registry_version *v = NULL;
	struct err inner = {0};
	int rc;

	if (w->o->path != NULL || is_patched(w, a->name))
		return 0;
	rc = client_get(&file, pkg_work_index(w), a->name, &inner);
	if (rc == ERR_NOT_FOUND)
		return no_package(a, w, err);
	if (rc == 0 && a->version != NULL)
		rc = registry_index_find(&v, file, a->version, &inner);
	if (rc == 0 && v != NULL && v->yanked && !w->o->allow_yanked)
		return err_user(err, ERR_PKG, "X07PKG_YANKED_DEP",
		    "%s@%s was withdrawn by its registry; another version, or --allow-yanked",
		    a->name, a->version);
	if (rc == 0 || strcmp(inner.user_code, "X07PKG_OFFLINE_INDEX") == 0)
		return 0;
	*err = inner;
	return rc;
}

/* The highest version that is offered: no yanked one, and a pre-release only when asked for. */
static int pick_version(struct adding *a, struct pkg_work *w, struct err *err)
{
	const struct registry_index *file = NULL;
	struct pkg_version best = {0};
	int rc = client_get(&file, pkg_work_index(w), a->name, err);

	for (uint32_t i = 0; rc == 0 && i < file->count; i++) {
		const struct registry_version *v = &file->versions[i];
		struct pkg_version parsed;
		struct err ignored = {0};

		if (v->yanked || pkg_version_parse(&parsed, str_c(v->version), &ignored) < 0 ||
		    (parsed.pre.len > 0 && !w->o->pre))
			continue;
		if (a->version == NULL || pkg_version_cmp(&parsed, &best) > 0) {
			a->version = v->version;
			best = parsed;
		}
	}
	if (rc == ERR_NOT_FOUND)
		return no_package(a, w, err);
	if (rc == 0 && a->version == NULL)
		return err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH",
		    "no version of %s in %s that can be taken", a->name, w->settings.index_url);
	return rc;
}

static int resolve(struct adding *a, struct pkg_work *w, bool sync, struct err *err)
{
	const struct pkg_need need = {a->name, a->version != NULL ? a->version : ""};
	const struct pkg_change change = {.add = &need, .add_count = 1, .add_path = w->o->path};
	int rc;

	if (sync)
		return pkg_sync_all(w, &change, err);
	rc = pkg_items_resolve(w, &change, err);
	return rc < 0 ? rc : pkg_write_both(w, false, err);
}

/* x07.json alone. */
static int write_entry(struct adding *a, struct pkg_work *w, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_MANIFEST_MAX_BYTES);
	const struct pkg_edit edit = {a->name, a->version, a->path};
	struct pkg_project *p = &w->project;
	int rc = pkg_edit_apply(&text, p->text.data, p->text.len, &edit, 1, err);

	if (rc == 0)
		rc = pkg_txn_put(p->txn, pkg_project_manifest_name(p), text.data, text.len, err);
	return rc < 0 ? rc : pkg_txn_commit(NULL, p->txn, err);
}

static const struct pkg_item *item_of(const struct pkg_work *w, const char *name)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (strcmp(w->items[i].name, name) == 0)
			return &w->items[i];
	}
	return NULL;
}

static int add(struct adding *a, struct pkg_work *w, struct err *err)
{
	bool whole = w->o->sync || w->o->with_closure;
	int there = compare_present(a, w, err);
	int rc = 0;

	if (there < 0)
		return there;
	if (there == 1 && !w->o->sync)
		return 0;
	if (a->version == NULL && w->o->path != NULL)
		return err_user(err, ERR_PKG, "X07PKG_SPEC_INVALID",
		    "--path wants NAME@VERSION, not '%s'", a->name);
	if (a->version == NULL && !whole)
		rc = pick_version(a, w, err);
	if (rc == 0 && (whole || a->capability != NULL))
		rc = check_offered(a, w, err);
	if (rc == 0 && whole)
		rc = resolve(a, w, w->o->sync, err);
	if (rc < 0)
		return rc;
	if (whole) {
		const struct pkg_item *item = item_of(w, a->name);

		a->version = item->version;
		a->path = item->path;
		return 0;
	}
	a->path = w->o->path != NULL
		      ? w->o->path
		      : arena_printf(&w->arena, PKG_VENDORED "%s/%s", a->name, a->version);
	return write_entry(a, w, err);
}

static void report_transitive(const struct adding *a, struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;

	jsonw_key(j, "transitive_added");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_item *item = &w->items[i];

		if (strcmp(item->name, a->name) == 0 ||
		    pkg_project_dependency(&w->project, item->name) != NULL)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_end_object(j);
		buf_printf(&w->report.text, "  with %s@%s\n", item->name, item->version);
	}
	jsonw_end_array(j);
}

static void report(const struct adding *a, struct pkg_work *w)
{
	struct jsonw *j = &w->report.w;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "name", a->name);
	jsonw_kv_string(j, "version", a->version);
	jsonw_kv_string(j, "path", a->path);
	if (a->capability != NULL)
		jsonw_kv_string(j, "capability", a->capability);
	buf_printf(&w->report.text, "added %s@%s%s\n", a->name, a->version,
	    w->o->sync ? "" : " to x07.json; `x07 pkg lock` installs it");
	if (w->o->sync) {
		jsonw_key(j, "lock");
		jsonw_object(j);
		pkg_report_lock(j, w);
		jsonw_end_object(j);
	}
	if (w->o->sync || w->o->with_closure)
		report_transitive(a, w);
	pkg_report_close(&w->report);
}

int cmd_pkg_add(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct adding a = {0};
	struct err err = {0};
	int rc = 0;

	if (call->args.operand_count == 0) {
		pkg_work_init(&w, call);
		rc = err_set(&err, ERR_USAGE, "which package? NAME, NAME@VERSION or a capability");
		return pkg_work_finish(&w, rc, &err);
	}
	rc = pkg_work_open(&w, call, true, PKG_TXN_WRITE, &err);
	if (rc == 0)
		rc = read_spec(&a, &w, call->args.operands[0], &err);
	if (rc == 0)
		rc = check_path(w.o->path, &err);
	if (rc == 0)
		rc = add(&a, &w, &err);
	if (rc == 0)
		report(&a, &w);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg repair`: locked packages that do not go with this compiler are replaced by versions that
 * do, of the same major version (of 0.x: the same minor one, then any 0.y). What else is locked
 * stays where it can. Source: spec packages 8; docs/cmd/pkg-repair.md.
 */
#include "cmd/cmd_pkg_lock.h"

#include <stdio.h>
#include <string.h>

/** What is to be replaced. Arrays of `count`; strings in the arena of the work. */
struct repair {
	struct pkg_work *w;
	struct pkg_need *wants; /* owned */
	const char **from;      /* owned: versions */
	bool *direct;           /* owned: x07.json wants it itself */
	uint32_t count;
	bool zero; /* one of them is 0.x */
};

static void repair_clear(struct repair *r)
{
	base_free_ptr(&r->wants);
	base_free_ptr(&r->from);
	base_free_ptr(&r->direct);
}

static int check_toolchain(const char *name, struct err *err)
{
	struct pkg_version v;
	struct err ignored = {0};

	if (name == NULL || strcmp(name, "current") == 0 || strcmp(name, PKG_X07C_VERSION) == 0)
		return 0;
	if (pkg_version_parse(&v, str_c(name), &ignored) < 0)
		return err_user(err, ERR_PKG, "X07PKG_REPAIR_TOOLCHAIN_INVALID",
		    "--toolchain \"%s\": `current` is wanted", name);
	return err_user(err, ERR_PKG, "X07PKG_REPAIR_TOOLCHAIN_UNSUPPORTED",
	    "--toolchain %s: this x07 knows the compiler %s only; `current`", name,
	    PKG_X07C_VERSION);
}

/* The codes of the reference for what can be wrong with a lock. */
static int with_code(struct err *err)
{
	const char *code = pkg_error_code(err);
	const char *as = NULL;

	if (strcmp(code, "X07PKG_LOCK_MISSING") == 0)
		as = "X07PKG_REPAIR_LOCK_MISSING";
	if (strcmp(code, "X07PKG_LOCK_MISMATCH") == 0 || strncmp(code, "X07LOCK_", 8) == 0)
		as = "X07PKG_REPAIR_LOCK_INVALID";
	if (as != NULL) {
		(void)snprintf(err->user_code, sizeof(err->user_code), "%s", as);
		err->code = ERR_PKG;
	}
	return err->code;
}

/* Versions that users of @p version may expect to work. */
static const char *band(struct repair *r, const char *version, bool any_minor)
{
	unsigned major = 0, minor = 0;
	struct arena *a = &r->w->arena;

	if (sscanf(version, "%9u.%9u.", &major, &minor) != 2)
		return version;
	if (major == 0 && !any_minor)
		return arena_printf(a, ">=0.%u.0 <0.%u.0", minor, minor + 1);
	return arena_printf(a, ">=%u.0.0 <%u.0.0", major, major + 1);
}

static int note(struct repair *r, const struct pkg_item *item, struct err *err)
{
	const struct json *patch =
	    json_get(json_get(r->w->project.m.document, "patch"), item->name);

	if (patch != NULL && json_get(patch, "path") != NULL)
		return err_user(err, ERR_PKG, "X07PKG_REPAIR_PATCHED_PATH_INCOMPATIBLE",
		    "package %s@%s does not go with x07c %s, and `patch` in x07.json says where it "
		    "is: %s",
		    item->name, item->version, PKG_X07C_VERSION, item->path);
	if (patch != NULL && json_get(patch, "version") != NULL)
		return err_user(err, ERR_PKG, "X07PKG_REPAIR_NO_COMPATIBLE_VERSION",
		    "package %s@%s does not go with x07c %s, and `patch` in x07.json forces it; "
		    "name "
		    "another version there, or remove it",
		    item->name, item->version, PKG_X07C_VERSION);
	if (item->local)
		return err_user(err, ERR_PKG, "X07PKG_REPAIR_LOCAL_INCOMPATIBLE",
		    "package %s@%s does not go with x07c %s, and is yours to change: %s",
		    item->name, item->version, PKG_X07C_VERSION, item->path);
	r->wants[r->count] = (struct pkg_need){item->name, band(r, item->version, false)};
	r->from[r->count] = item->version;
	r->direct[r->count] = item->direct;
	r->zero = r->zero || strncmp(item->version, "0.", 2) == 0;
	r->count++;
	return 0;
}

static int find_unfit(struct repair *r, struct err *err)
{
	const struct pkg_lock *lock = &r->w->project.lock;
	int rc = 0;

	r->wants = base_calloc(lock->count + 1, sizeof(*r->wants));
	r->from = base_calloc(lock->count + 1, sizeof(*r->from));
	r->direct = base_calloc(lock->count + 1, sizeof(*r->direct));
	for (uint32_t i = 0; rc == 0 && i < lock->count; i++) {
		const struct pkg_lock_entry *e = &lock->entries[i];
		struct pkg_item item = {.name = e->name,
		    .version = e->version,
		    .path = e->path,
		    .direct = !e->has_direct || e->direct,
		    .local = !pkg_path_is_vendored(e->path),
		    .old = e};

		rc = pkg_read_one(&item, r->w, err);
		if (rc < 0 && strcmp(err->user_code, "X07PKG_X07C_INCOMPATIBLE") == 0) {
			*err = (struct err){0};
			rc = note(r, &item, err);
		}
		if (item.has_tree)
			pkg_tree_clear(&item.tree);
		pkg_meta_clear(&item.meta);
	}
	return rc;
}

static bool is_conflict(const struct err *err)
{
	return strcmp(err->user_code, "X07PKG_RESOLVE_CONFLICT") == 0;
}

static int resolve(struct repair *r, struct err *err)
{
	struct pkg_work *w = r->w;
	const struct pkg_change change = {.add = r->wants, .add_count = r->count};
	int rc = pkg_items_resolve(w, &change, err);

	if (rc < 0 && is_conflict(err) && r->zero) {
		for (uint32_t i = 0; i < r->count; i++)
			r->wants[i].requirement = band(r, r->from[i], true);
		*err = (struct err){0};
		w->report.data.len = w->report.text.len = 0;
		rc = pkg_items_resolve(w, &change, err);
	}
	if (rc < 0 && is_conflict(err))
		(void)snprintf(err->user_code, sizeof(err->user_code), "%s",
		    "X07PKG_REPAIR_NO_COMPATIBLE_VERSION");
	return rc;
}

static struct pkg_item *find(const struct repair *r, const char *name)
{
	for (uint32_t i = 0; i < r->w->count; i++) {
		if (strcmp(r->w->items[i].name, name) == 0)
			return &r->w->items[i];
	}
	return NULL;
}

static int replace(struct repair *r, struct err *err)
{
	struct pkg_work *w = r->w;
	int rc = resolve(r, err);

	if (rc < 0)
		return rc;
	/* That a range was asked for is no wish of x07.json. */
	for (uint32_t i = 0; i < r->count; i++) {
		struct pkg_item *item = find(r, r->wants[i].name);

		if (item != NULL)
			item->direct = r->direct[i];
	}
	rc = pkg_items_ask_index(w, err);
	if (rc < 0 && strcmp(err->user_code, "X07PKG_OFFLINE_INDEX") == 0)
		rc = 0;
	if (rc == 0)
		rc = pkg_items_scan(w, err);
	if (rc == 0)
		rc = pkg_items_install(w, err);
	if (rc == 0)
		rc = pkg_items_compare_lock(w, err);
	if (rc == 0)
		rc = pkg_write_both(w, true, err);
	if (rc < 0)
		return rc;
	pkg_prune(w);
	pkg_warn_items(w);
	return 0;
}

static void report(struct repair *r)
{
	struct pkg_report *out = &r->w->report;

	pkg_report_open(out);
	pkg_report_lock(&out->w, r->w);
	jsonw_kv_string(&out->w, "toolchain", "current");
	jsonw_key(&out->w, "repaired");
	jsonw_array(&out->w);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct pkg_item *item = find(r, r->wants[i].name);
		const char *to = item != NULL ? item->version : NULL;

		jsonw_object(&out->w);
		jsonw_kv_string(&out->w, "name", r->wants[i].name);
		jsonw_kv_string(&out->w, "from_version", r->from[i]);
		jsonw_kv_string(&out->w, "to_version", to);
		jsonw_end_object(&out->w);
		buf_printf(&out->text, "%s %s -> %s\n", r->wants[i].name, r->from[i],
		    to != NULL ? to : "(no longer needed)");
	}
	jsonw_end_array(&out->w);
	pkg_report_close(out);
	if (r->count == 0)
		buf_printf(
		    &out->text, "every locked package goes with x07c %s\n", PKG_X07C_VERSION);
}

int cmd_pkg_repair(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(repair_clear) struct repair r = {.w = &w};
	const struct pkg_options *o = call->options;
	struct err err = {0};
	int rc = pkg_work_open(&w, call, true, PKG_TXN_WRITE, &err);

	if (rc == 0)
		rc = check_toolchain(o->toolchain, &err);
	if (rc == 0)
		rc = pkg_require_lock(&w, &err);
	if (rc < 0)
		rc = with_code(&err);
	if (rc == 0)
		rc = find_unfit(&r, &err);
	if (rc == 0 && r.count > 0)
		rc = replace(&r, &err);
	if (rc == 0)
		report(&r);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg check-semver`: what a program that uses the old version of a package would miss in the
 * new one: modules, exported functions, their parameters and results. Version numbers are not
 * looked at. Source: docs/cmd/pkg-check-semver.md.
 */
#include "base/file.h"
#include "base/path.h"
#include "cmd/codes.h"
#include "cmd/pkg_work.h"

#include <fcntl.h>
#include <string.h>

#define MODULE_MAX_BYTES ((size_t)16 << 20)

/** One of the two packages. */
struct side {
	const char *dir;
	int fd; /* owned */
	struct pkg_meta meta;
};

/** A module of one side. */
struct source {
	struct arena arena;
	struct buf text;
	const struct json *root; /* NULL: not listed */
};

struct comparison {
	struct pkg_work *w;
	struct side old, new;
	struct buf changes; /* JSON array */
	struct jsonw j;
	uint32_t count;
};

static void comparison_clear(struct comparison *c)
{
	pkg_meta_clear(&c->old.meta);
	pkg_meta_clear(&c->new.meta);
	base_close_fd(&c->old.fd);
	base_close_fd(&c->new.fd);
	buf_clear(&c->changes);
}

static void source_clear(struct source *s)
{
	buf_clear(&s->text);
	arena_clear(&s->arena);
}

static int side_open(struct side *s, const char *option, struct err *err)
{
	struct err inner = {0};
	int rc;

	if (s->dir == NULL)
		return err_set(err, ERR_USAGE, "%s DIR: which package?", option);
	s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return err_code(
		    err, ERR_PKG, CMD_CODE(SEMVER_DIR), "%s: no folder %s", option, s->dir);
	rc = pkg_meta_read(&s->meta, s->fd, s->dir, &inner);
	if (rc < 0)
		return err_code(err, ERR_PKG, CMD_CODE(SEMVER_LOAD), "%s %s: %s", option, s->dir,
		    inner.message);
	return 0;
}

static bool is_listed(const struct pkg_package *p, const char *id)
{
	for (uint32_t i = 0; i < p->module_count; i++) {
		if (strcmp(p->modules[i], id) == 0)
			return true;
	}
	return false;
}

static int bad_module(const struct side *s, const char *id, const char *why, struct err *err)
{
	return err_code(err, ERR_PKG, CMD_CODE(SEMVER_LOAD), "%s: module %s: %s", s->dir, id, why);
}

static int source_read(struct source *out, const struct side *s, const char *id, struct err *err)
{
	AUTO_FREE char *path = pkg_package_module_path(&s->meta.p, id);
	AUTO_CLOSE int fd = -1;
	struct json_fault at = {0};
	struct err inner = {0};
	const struct json *decls;
	int rc = path_open_beneath(&fd, s->fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, &inner);

	out->text = buf_init(MODULE_MAX_BYTES);
	if (rc == 0)
		rc = file_read_fd(&out->text, fd, path, &inner);
	if (rc < 0)
		return bad_module(s, id, inner.message, err);
	rc = json_parse(&out->root, &out->arena, buf_str(&out->text), out->text.len, NULL, &at);
	if (rc < 0)
		return bad_module(s, id, at.message, err);
	decls = json_get(out->root, "decls");
	if (decls == NULL || decls->kind != JSON_ARRAY)
		return bad_module(s, id, "no array \"decls\"", err);
	return 0;
}

/* ---- what a module exports ---- */

static const struct json *find_function(const struct source *s, struct str name)
{
	const struct json *decls = json_get(s->root, "decls");

	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *n = json_get(&decls->items[i], "name");

		if (n != NULL && n->kind == JSON_STRING && str_eq(n->text, name))
			return &decls->items[i];
	}
	return NULL;
}

static bool is_export(const struct json *decl)
{
	const struct json *names = json_get(decl, "names");

	return json_is(json_get(decl, "kind"), "export") && names != NULL &&
	       names->kind == JSON_ARRAY;
}

static bool exports(const struct source *s, struct str name)
{
	const struct json *decls = json_get(s->root, "decls");

	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *names = json_get(&decls->items[i], "names");

		for (uint32_t k = 0; is_export(&decls->items[i]) && k < names->count; k++) {
			if (names->items[k].kind == JSON_STRING &&
			    str_eq(names->items[k].text, name))
				return true;
		}
	}
	return false;
}

static void put_member(struct jsonw *j, const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);

	if (v == NULL || v->kind == JSON_NULL)
		return;
	jsonw_key(j, key);
	jsonw_value(j, v, true);
}

/* What a caller sees. Names of parameters are not part of it: arguments have positions. */
static void put_signature(struct jsonw *j, const struct json *fn)
{
	const struct json *params = json_get(fn, "params");

	jsonw_object(j);
	put_member(j, fn, "kind");
	put_member(j, fn, "type_params");
	jsonw_key(j, "params");
	jsonw_array(j);
	for (uint32_t i = 0; params != NULL && params->kind == JSON_ARRAY && i < params->count;
	     i++) {
		jsonw_object(j);
		put_member(j, &params->items[i], "ty");
		put_member(j, &params->items[i], "brand");
		jsonw_end_object(j);
	}
	jsonw_end_array(j);
	put_member(j, fn, "result");
	put_member(j, fn, "result_brand");
	jsonw_end_object(j);
}

static bool same_signature(const struct json *a, const struct json *b)
{
	CLEANUP(buf_clear) struct buf x = buf_init(PKG_REPORT_MAX_BYTES);
	CLEANUP(buf_clear) struct buf y = buf_init(PKG_REPORT_MAX_BYTES);
	struct jsonw jx = jsonw_init(&x, false), jy = jsonw_init(&y, false);

	put_signature(&jx, a);
	put_signature(&jy, b);
	return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

/* ---- changes ---- */

static void change_open(struct comparison *c, const char *kind, const char *module)
{
	jsonw_object(&c->j);
	jsonw_kv_string(&c->j, "kind", kind);
	jsonw_kv_string(&c->j, "module_id", module);
	c->count++;
}

static void put_export(struct comparison *c, struct str name)
{
	jsonw_key(&c->j, "export");
	jsonw_string_n(&c->j, name.ptr, name.len);
}

static void say(struct comparison *c, const char *what, struct str name)
{
	buf_printf(&c->w->report.text, "%s %.*s\n", what, (int)name.len, name.ptr);
}

static int compare_export(struct comparison *c, const char *id, const struct source *old,
    const struct source *new, struct str name, struct err *err)
{
	const struct json *before = find_function(old, name);
	const struct json *after = find_function(new, name);

	if (before == NULL)
		return bad_module(&c->old, id, "it exports what it does not declare", err);
	if (!exports(new, name)) {
		change_open(c, "export-removed", id);
		put_export(c, name);
		jsonw_end_object(&c->j);
		say(c, "export removed:", name);
		return 0;
	}
	if (after == NULL)
		return bad_module(&c->new, id, "it exports what it does not declare", err);
	if (same_signature(before, after))
		return 0;
	change_open(c, "export-signature-changed", id);
	put_export(c, name);
	jsonw_key(&c->j, "old");
	put_signature(&c->j, before);
	jsonw_key(&c->j, "new");
	put_signature(&c->j, after);
	jsonw_end_object(&c->j);
	say(c, "signature changed:", name);
	return 0;
}

static int compare_module(struct comparison *c, const char *id, struct err *err)
{
	CLEANUP(source_clear) struct source old = {0};
	CLEANUP(source_clear) struct source new = {0};
	const struct json *decls;
	int rc = source_read(&old, &c->old, id, err);

	if (rc < 0)
		return rc;
	if (!is_listed(&c->new.meta.p, id)) {
		change_open(c, "module-removed", id);
		jsonw_end_object(&c->j);
		say(c, "module removed:", str_c(id));
		return 0;
	}
	rc = source_read(&new, &c->new, id, err);
	if (rc < 0)
		return rc;
	decls = json_get(old.root, "decls");
	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *names = json_get(&decls->items[i], "names");

		for (uint32_t k = 0; is_export(&decls->items[i]) && k < names->count; k++) {
			if (rc == 0 && names->items[k].kind == JSON_STRING)
				rc = compare_export(c, id, &old, &new, names->items[k].text, err);
		}
	}
	return rc;
}

static int compare(struct comparison *c, struct err *err)
{
	const struct pkg_package *p = &c->old.meta.p;
	int rc = side_open(&c->old, "--old", err);

	if (rc == 0)
		rc = side_open(&c->new, "--new", err);
	if (rc == 0 && p->name != NULL && strcmp(p->name, c->new.meta.p.name) != 0)
		rc = err_code(err, ERR_PKG, CMD_CODE(SEMVER_NAME_MISMATCH),
		    "these are two packages: --old is %s, --new is %s", p->name,
		    c->new.meta.p.name);
	c->changes = buf_init(PKG_REPORT_MAX_BYTES);
	c->j = jsonw_init(&c->changes, false);
	jsonw_array(&c->j);
	for (uint32_t i = 0; rc == 0 && i < p->module_count; i++)
		rc = compare_module(c, p->modules[i], err);
	jsonw_end_array(&c->j);
	return rc;
}

static void report(struct comparison *c)
{
	struct pkg_report *r = &c->w->report;

	pkg_report_open(r);
	jsonw_kv_string(&r->w, "name", c->old.meta.p.name);
	jsonw_kv_string(&r->w, "old_version", c->old.meta.p.version);
	jsonw_kv_string(&r->w, "new_version", c->new.meta.p.version);
	if (c->count > 0) {
		buf_puts(&r->result, ",\"breaking_changes\":");
		buf_add(&r->result, c->changes.data, c->changes.len);
	} else {
		buf_printf(&r->text, "%s: nothing of %s is missing in %s\n", c->old.meta.p.name,
		    c->old.meta.p.version, c->new.meta.p.version);
	}
	pkg_report_close(r);
}

int cmd_pkg_check_semver(const struct cmd_call *call)
{
	const struct pkg_options *o = call->options;
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(comparison_clear)
	struct comparison c = {
	    .w = &w, .old = {.dir = o->old_dir, .fd = -1}, .new = {.dir = o->new_dir, .fd = -1}};
	struct err err = {0};
	int rc;

	pkg_work_init(&w, call);
	rc = compare(&c, &err);
	if (rc == 0) {
		report(&c);
		if (c.count > 0)
			rc = err_code(&err, ERR_PKG, CMD_CODE(SEMVER_BREAKING),
			    "%u breaking change%s from %s to %s", c.count, c.count == 1 ? "" : "s",
			    c.old.meta.p.version, c.new.meta.p.version);
	}
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * x07.lock.json from a file to plain data. Comparing it: pkg/lock_verify.c; its text:
 * pkg/lock_print.c.
 */
#include "pkg/lock.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/jsondoc.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/read_priv.h"

#include <string.h>

#define LOCK_NODES_MAX (1u << 20)
#define LOCK_DEPTH_MAX 64

static const char *const versions[] = {"x07.lock@0.2.0", "x07.lock@0.3.0", "x07.lock@0.4.0"};

struct parser {
	struct pkg_reader r;
	struct pkg_lock lock;
	unsigned minor; /* of the schema version: 2 to 4 */
};

char *pkg_lock_path(const struct pkg_manifest *m)
{
	return path_join(m->root, m->lockfile ? m->lockfile : PKG_LOCK_DEFAULT_NAME);
}

/* Before anything else: of a later version nothing more can be said. */
static bool read_version(struct parser *p, const struct json *root)
{
	char quoted[JSONDOC_QUOTED_SIZE];
	const char *text = pkg_read_string(&p->r, root, "schema_version", PKG_REQUIRED);

	for (unsigned i = 0; text && i < ARRAY_LEN(versions); i++) {
		if (strcmp(text, versions[i]) == 0)
			p->minor = i + 2;
	}
	if (text && !p->minor)
		jsondoc_fault(&p->r.doc, pkg_at(json_get(root, "schema_version")),
		    "x07.lock@0.2.0, @0.3.0 or @0.4.0; `x07 pkg lock` writes one",
		    "unsupported schema_version %s", jsondoc_quote(quoted, str_c(text)));
	p->lock.schema_version = text;
	return p->minor != 0;
}

static bool is_key(const char *text)
{
	CLEANUP(buf_clear) struct buf pub = buf_init(64);

	return buf_add_base64_decoded(&pub, text, strlen(text)) && pub.len == PKG_LOCK_KEY_BYTES;
}

static void read_keys(struct parser *p, const struct json *registry)
{
	const struct json *list = pkg_read_array(&p->r, registry, "keys", PKG_NULLABLE);
	struct pkg_lock_key *keys;

	if (!list)
		return;
	if (list->count > PKG_LOCK_KEYS_MAX) {
		jsondoc_fault(
		    &p->r.doc, pkg_at(list), NULL, "more than %u keys", PKG_LOCK_KEYS_MAX);
		return;
	}
	keys = arena_alloc(p->r.arena, (list->count + 1) * sizeof(*keys));
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json *v = &list->items[i];

		if (!pkg_read_is_object(&p->r, v, "a key"))
			continue;
		keys[i].id = pkg_read_string(&p->r, v, "id", PKG_REQUIRED);
		keys[i].ed25519_pub = pkg_read_string(&p->r, v, "ed25519_pub", PKG_REQUIRED);
		if (keys[i].ed25519_pub && !is_key(keys[i].ed25519_pub))
			jsondoc_fault(
			    &p->r.doc, pkg_at(v), NULL, "`ed25519_pub` must be 32 bytes of base64");
	}
	p->lock.keys = keys;
	p->lock.key_count = list->count;
}

/* Since 0.4.0 the lock says which toolchain and which index it was made with. */
static void read_origin(struct parser *p, const struct json *root)
{
	const struct json *toolchain, *registry;

	if (p->minor < 4)
		return;
	toolchain = pkg_read_object(&p->r, root, "toolchain", PKG_REQUIRED);
	registry = pkg_read_object(&p->r, root, "registry", PKG_REQUIRED);
	if (toolchain) {
		p->lock.x07_version = pkg_read_string(&p->r, toolchain, "x07_version", 0);
		p->lock.x07c_version = pkg_read_string(&p->r, toolchain, "x07c_version", 0);
		p->lock.lang_id = pkg_read_string(&p->r, toolchain, "lang_id", 0);
		p->lock.compat = pkg_read_string(&p->r, toolchain, "compat", 0);
	}
	if (registry) {
		p->lock.index_url = pkg_read_string(&p->r, registry, "index_url", 0);
		read_keys(p, registry);
	}
}

static void read_modules(struct parser *p, const struct json *item, struct pkg_lock_entry *e)
{
	const struct json *v = pkg_read_object(&p->r, item, "modules_sha256", PKG_REQUIRED);

	if (!v)
		return;
	e->modules = arena_alloc(p->r.arena, v->count * sizeof(*e->modules));
	for (uint32_t i = 0; i < v->count; i++) {
		struct pkg_lock_module *m = &e->modules[e->module_count];
		struct str id = v->items[i].key;

		m->sha256 = pkg_read_text(&p->r, &v->items[i], "modules_sha256", PKG_SHA256);
		if (!id.len || memchr(id.ptr, '\0', id.len)) {
			jsondoc_fault(&p->r.doc, pkg_at(&v->items[i]), NULL, "bad module id");
			continue;
		}
		m->id = arena_strndup(p->r.arena, id.ptr, id.len);
		e->module_count++;
	}
}

/* Kept as text: only the index gives them a meaning. */
static void read_advisories(struct parser *p, const struct json *item, struct pkg_lock_entry *e)
{
	const struct json *v = pkg_read_array(&p->r, item, "advisories", PKG_NULLABLE);
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_LOCK_MAX_BYTES);
	struct jsonw w = jsonw_init(&text, false);

	if (!v || !v->count)
		return;
	jsonw_value(&w, v, false);
	e->advisories = arena_strndup(p->r.arena, text.data, text.len);
}

static bool is_null(const struct json *item, const char *name)
{
	const struct json *v = json_get(item, name);

	return v && v->kind == JSON_NULL;
}

static void read_entry(struct parser *p, const struct json *item, struct pkg_lock_entry *e)
{
	e->name = pkg_read_string(&p->r, item, "name", PKG_REQUIRED);
	e->version = pkg_read_string(&p->r, item, "version", PKG_REQUIRED);
	e->path = pkg_read_string(&p->r, item, "path", PKG_REQUIRED | PKG_REL_PATH);
	e->module_root = pkg_read_string(&p->r, item, "module_root", PKG_REQUIRED | PKG_REL_PATH);
	e->manifest_sha256 =
	    pkg_read_string(&p->r, item, "package_manifest_sha256", PKG_REQUIRED | PKG_SHA256);
	read_modules(p, item, e);
	e->overridden_by = pkg_read_string(&p->r, item, "overridden_by", PKG_NULLABLE);
	if (!is_null(item, "yanked"))
		e->has_yanked = pkg_read_bool(&p->r, item, "yanked", &e->yanked);
	read_advisories(p, item, e);
	e->archive_sha256 =
	    pkg_read_string(&p->r, item, "archive_sha256", PKG_NULLABLE | PKG_SHA256);
	e->tree_sha256 = pkg_read_string(&p->r, item, "tree_sha256", PKG_NULLABLE | PKG_SHA256);
	e->has_direct = pkg_read_bool(&p->r, item, "direct", &e->direct);
}

static void read_entries(struct parser *p, const struct json *root)
{
	const struct json *v = pkg_read_array(&p->r, root, "dependencies", PKG_REQUIRED);

	if (!v)
		return;
	p->lock.entries = arena_alloc(p->r.arena, v->count * sizeof(*p->lock.entries));
	for (uint32_t i = 0; i < v->count; i++) {
		if (pkg_read_is_object(&p->r, &v->items[i], "a locked dependency"))
			read_entry(p, &v->items[i], &p->lock.entries[p->lock.count++]);
	}
}

/* First what has the code X07LOCK_SCHEMA, then, if that is right, the rest. */
static int read_document(struct parser *p, const struct json *root, struct err *err)
{
	if (pkg_read_is_object(&p->r, root, "a lock file")) {
		p->r.doc.what = PKG_CODE(LOCK_SCHEMA);
		if (read_version(p, root))
			read_origin(p, root);
	}
	if (p->r.doc.faults)
		return jsondoc_refuse(&p->r.doc, "lock file", err);
	p->r.doc.what = PKG_CODE(LOCK_PARSE);
	read_entries(p, root);
	return p->r.doc.faults ? jsondoc_refuse(&p->r.doc, "lock file", err) : 0;
}

static void parser_clear(struct parser *p)
{
	pkg_lock_clear(&p->lock);
}

int pkg_lock_parse(struct pkg_lock *out, const char *text, size_t len, const char *path,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(parser_clear) struct parser p = {0};
	CLEANUP(arena_clear) struct arena values = {0};
	const struct json_options options = {
	    .max_depth = LOCK_DEPTH_MAX, .max_nodes = LOCK_NODES_MAX};
	const struct json *root = NULL;
	struct err inner = {0};
	int rc;

	p.r.arena = &p.lock.arena;
	p.r.doc = (struct jsondoc){
	    .text = text, .len = len, .file = path, .what = PKG_CODE(LOCK_PARSE), .diags = diags};
	if (jsondoc_parse(&root, &p.r.doc, &values, &options, &inner) < 0)
		return err_code(err, ERR_FORMAT, PKG_CODE(LOCK_PARSE),
		    "lock file %s; take the whole file of one side of a merge, or remove it, then "
		    "run "
		    "`x07 pkg lock`",
		    inner.message);
	rc = read_document(&p, root, err);
	if (rc < 0)
		return rc;
	p.lock.path = arena_strndup(p.r.arena, path, strlen(path));
	*out = TAKE(p.lock);
	return 0;
}

int pkg_lock_load(struct pkg_lock *out, const char *path, struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_LOCK_MAX_BYTES);
	struct err inner = {0};
	int rc = file_read(&text, path, &inner);

	if (rc < 0)
		return err_code(err, rc, PKG_CODE(LOCK_READ), "lock file: %s%s", inner.message,
		    rc == ERR_NOT_FOUND ? "; `x07 pkg lock` writes it" : "");
	return pkg_lock_parse(out, buf_str(&text), text.len, path, diags, err);
}

void pkg_lock_clear(struct pkg_lock *lock)
{
	arena_clear(&lock->arena);
	*lock = (struct pkg_lock){0};
}

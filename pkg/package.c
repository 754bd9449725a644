/* SPDX-License-Identifier: MIT */
/* x07-package.json from a file to plain data, each fault with its place (pkg/package.h). */
#include "pkg/package.h"

#include "base/file.h"
#include "base/module_path.h"
#include "pkg/codes.h"
#include "pkg/read_priv.h"

#include <string.h>

#define SCHEMA "x07.package@0.1.0"
#define DEPTH_MAX 64
#define NODES_MAX (1u << 18)
#define LIST_MAX 10000 /* files of a package; PKG_TREE_FILES_MAX */

struct parser {
	struct pkg_reader r;
	struct pkg_package p;
};

typedef bool (*take_fn)(struct parser *p, const struct json *item, const char *text, uint32_t at);

static void read_schema(struct parser *p, const struct json *root)
{
	char quoted[JSONDOC_QUOTED_SIZE];
	const char *text = pkg_read_string(&p->r, root, "schema_version", PKG_REQUIRED);

	if (text && strcmp(text, SCHEMA) != 0)
		jsondoc_fault(&p->r.doc, pkg_at(json_get(root, "schema_version")), SCHEMA,
		    "unsupported schema_version %s", jsondoc_quote(quoted, str_c(text)));
}

static void read_identity(struct parser *p, const struct json *root)
{
	char quoted[JSONDOC_QUOTED_SIZE];
	struct pkg_version v;
	struct err err = {0};

	p->p.name = pkg_read_string(&p->r, root, "name", PKG_REQUIRED);
	p->p.version = pkg_read_string(&p->r, root, "version", PKG_REQUIRED);
	if (p->p.name && !pkg_name_is_valid(str_c(p->p.name)))
		jsondoc_fault(&p->r.doc, pkg_at(json_get(root, "name")),
		    "lower-case letters, digits, `-` and `_`, a letter first",
		    "not a package name: %s", jsondoc_quote(quoted, str_c(p->p.name)));
	if (p->p.version && pkg_version_parse(&v, str_c(p->p.version), &err) < 0)
		jsondoc_fault(
		    &p->r.doc, pkg_at(json_get(root, "version")), NULL, "%s", err.message);
}

/* Segments divided by dots; none that would lead out of the module root. Spec packages 3. */
static bool id_is_valid(const char *id)
{
	size_t segment = 0;

	for (const char *c = id;; c++) {
		if (*c == '.' || *c == '\0') {
			if (segment == 0)
				return false;
			segment = 0;
		} else {
			segment++;
		}
		if (*c == '/' || *c == '\\' || (unsigned char)*c == 0x7f ||
		    ((unsigned char)*c < 0x20 && *c))
			return false;
		if (!*c)
			return true;
	}
}

static bool take_module(struct parser *p, const struct json *item, const char *text, uint32_t at)
{
	char quoted[JSONDOC_QUOTED_SIZE];

	if (!id_is_valid(text)) {
		jsondoc_fault(&p->r.doc, pkg_at(item), "names divided by dots: std.net.http",
		    "not a module id: %s", jsondoc_quote(quoted, str_c(text)));
		return false;
	}
	for (uint32_t i = 0; i < at; i++) {
		if (strcmp(p->p.modules[i], text) == 0) {
			jsondoc_fault(&p->r.doc, pkg_at(item), "keep one of them",
			    "module %s is there twice", jsondoc_quote(quoted, str_c(text)));
			return false;
		}
	}
	p->p.modules[at] = text;
	return true;
}

static bool take_need(struct parser *p, const struct json *item, const char *text, uint32_t at)
{
	struct str name, requirement;
	struct pkg_requirement r;
	struct err err = {0};
	int rc = pkg_spec_split(&name, &requirement, str_c(text), &err);

	if (rc == 0 && !requirement.len)
		rc = err_set(&err, ERR_FORMAT, "no version: \"%.*s\"", (int)name.len, name.ptr);
	if (rc == 0)
		rc = pkg_requirement_parse(&r, requirement, &err);
	if (rc < 0) {
		jsondoc_fault(&p->r.doc, pkg_at(item), "name@1.2.3 or name@>=1.2.3 <2.0.0", "%s",
		    err.message);
		return false;
	}
	p->p.needs[at].name = arena_strndup(p->r.arena, name.ptr, name.len);
	p->p.needs[at].requirement = arena_strndup(p->r.arena, requirement.ptr, requirement.len);
	return true;
}

/* A name for the linker: nothing that could become an option or a path. */
static bool take_lib(struct parser *p, const struct json *item, const char *text, uint32_t at)
{
	char quoted[JSONDOC_QUOTED_SIZE];

	if (text[0] == '-' || strpbrk(text, " \t\r\n/\\")) {
		jsondoc_fault(&p->r.doc, pkg_at(item), NULL, "bad name in `ffi_libs`: %s",
		    jsondoc_quote(quoted, str_c(text)));
		return false;
	}
	p->p.ffi_libs[at] = text;
	return true;
}

static bool take_world(struct parser *p, const struct json *item, const char *text, uint32_t at)
{
	(void)item;
	p->p.worlds[at] = text;
	return true;
}

/* Each text of an array. @return how many were taken. */
static uint32_t read_texts(
    struct parser *p, const struct json *list, const char *what, take_fn take)
{
	uint32_t count = 0;

	if (list->count > LIST_MAX) {
		jsondoc_fault(
		    &p->r.doc, pkg_at(list), NULL, "more than %d entries in `%s`", LIST_MAX, what);
		return 0;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		const char *text = pkg_read_text(&p->r, &list->items[i], what, 0);

		if (text)
			count += take(p, &list->items[i], text, count);
	}
	return count;
}

static void read_modules(struct parser *p, const struct json *root)
{
	const struct json *v = pkg_read_array(&p->r, root, "modules", PKG_REQUIRED);

	p->p.module_root = pkg_read_string(&p->r, root, "module_root", PKG_REQUIRED | PKG_REL_PATH);
	if (!v)
		return;
	p->p.modules = arena_alloc(p->r.arena, v->count * sizeof(char *));
	p->p.module_count = read_texts(p, v, "modules", take_module);
}

static void read_meta(struct parser *p, const struct json *root)
{
	const struct json *meta = pkg_read_object(&p->r, root, "meta", PKG_NULLABLE);
	const struct json *v;

	if (!meta)
		return;
	p->p.import_mode = pkg_read_string(&p->r, meta, "import_mode", PKG_NULLABLE);
	v = pkg_read_array(&p->r, meta, "requires_packages", PKG_NULLABLE);
	if (v) {
		p->p.needs = arena_alloc(p->r.arena, v->count * sizeof(*p->p.needs));
		p->p.need_count = read_texts(p, v, "requires_packages", take_need);
	}
	v = pkg_read_array(&p->r, meta, "ffi_libs", PKG_NULLABLE);
	if (v) {
		p->p.ffi_libs = arena_alloc(p->r.arena, v->count * sizeof(char *));
		p->p.ffi_lib_count = read_texts(p, v, "ffi_libs", take_lib);
	}
	v = pkg_read_array(&p->r, meta, "worlds_allowed", PKG_NULLABLE);
	if (v) {
		p->p.worlds = arena_alloc(p->r.arena, v->count * sizeof(char *));
		p->p.world_count = read_texts(p, v, "worlds_allowed", take_world);
	}
}

/* Last, and with a code of its own: an older toolchain must be able to tell this fault. */
static void read_compat(struct parser *p, const struct json *root)
{
	const struct json *meta = json_get(root, "meta");
	struct pkg_requirement r;
	struct err err = {0};

	if (!meta || meta->kind != JSON_OBJECT)
		return;
	p->r.doc.what = PKG_CODE(COMPAT_INVALID);
	p->p.compat = pkg_read_string(&p->r, meta, "x07c_compat", PKG_NULLABLE);
	if (p->p.compat && pkg_requirement_parse(&r, str_c(p->p.compat), &err) < 0)
		jsondoc_fault(&p->r.doc, pkg_at(json_get(meta, "x07c_compat")),
		    ">=0.1.111 <0.3.0, for example", "%s", err.message);
}

static void parser_clear(struct parser *p)
{
	pkg_package_clear(&p->p);
}

static int read_document(struct parser *p, const struct json *root, struct err *err)
{
	if (pkg_read_is_object(&p->r, root, "a package manifest")) {
		read_schema(p, root);
		read_identity(p, root);
		read_modules(p, root);
		p->p.description = pkg_read_string(&p->r, root, "description", PKG_NULLABLE);
		p->p.docs = pkg_read_string(&p->r, root, "docs", PKG_NULLABLE);
		p->p.license = pkg_read_string(&p->r, root, "license", PKG_NULLABLE);
		read_meta(p, root);
	}
	if (p->r.doc.faults)
		return jsondoc_refuse(&p->r.doc, "package", err);
	read_compat(p, root);
	return p->r.doc.faults ? jsondoc_refuse(&p->r.doc, "package", err) : 0;
}

int pkg_package_parse(struct pkg_package *out, const char *text, size_t len, const char *path,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(parser_clear) struct parser p = {0};
	const struct json_options options = {.max_depth = DEPTH_MAX, .max_nodes = NODES_MAX};
	struct err inner = {0};
	int rc;

	p.r.arena = &p.p.arena;
	p.r.doc = (struct jsondoc){
	    .len = len, .file = path, .what = PKG_CODE(MANIFEST_PARSE), .diags = diags};
	p.r.doc.text = arena_strndup(p.r.arena, text, len);
	if (jsondoc_parse(&p.p.document, &p.r.doc, p.r.arena, &options, &inner) < 0)
		return err_code(
		    err, ERR_FORMAT, PKG_CODE(MANIFEST_PARSE), "package %s", inner.message);
	rc = read_document(&p, p.p.document, err);
	if (rc < 0)
		return rc;
	*out = TAKE(p.p);
	return 0;
}

int pkg_package_load(
    struct pkg_package *out, const char *path, struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_PACKAGE_MAX_BYTES);
	int rc = file_read(&text, path, err);

	if (rc < 0)
		return err_wrap(err, "package");
	return pkg_package_parse(out, buf_str(&text), text.len, path, diags, err);
}

void pkg_package_clear(struct pkg_package *p)
{
	arena_clear(&p->arena);
	*p = (struct pkg_package){0};
}

char *pkg_package_module_path(const struct pkg_package *p, const char *id)
{
	return module_path(p->module_root, str_c(id));
}

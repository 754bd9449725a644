/* SPDX-License-Identifier: MIT */
/*
 * x07.json from a file to plain data. Profiles: pkg/profile.c. Where the file is: pkg/discover.c.
 * Unknown members of the document are kept in `document` and not looked at.
 */
#include "pkg/manifest.h"

#include "base/file.h"
#include "base/jsondoc.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/profile_priv.h"
#include "pkg/read_priv.h"

#include <stdio.h>
#include <string.h>

#define MANIFEST_NODES_MAX (256u << 10)
#define MANIFEST_DEPTH_MAX 64

struct parser {
	struct pkg_reader r;
	struct pkg_manifest m;
	unsigned minor; /* of the schema version: 2 to 5; 0 when unknown */
};

static const char *const versions[] = {
    "x07.project@0.2.0", "x07.project@0.3.0", "x07.project@0.4.0", "x07.project@0.5.0"};

static void read_version(struct parser *p, const struct json *root)
{
	char quoted[JSONDOC_QUOTED_SIZE];
	const char *text = pkg_read_string(&p->r, root, "schema_version", PKG_REQUIRED);

	if (!text)
		return;
	for (unsigned i = 0; i < ARRAY_LEN(versions); i++) {
		if (strcmp(text, versions[i]) == 0)
			p->minor = i + 2;
	}
	if (!p->minor)
		jsondoc_fault(&p->r.doc, pkg_at(json_get(root, "schema_version")),
		    "x07.project@0.2.0, @0.3.0, @0.4.0 or @0.5.0", "unsupported schema_version %s",
		    jsondoc_quote(quoted, str_c(text)));
	p->m.schema_version = text;
}

/* A member that came with a later version of the format. */
static void since(struct parser *p, const struct json *root, const char *name, unsigned minor)
{
	const struct json *v = json_get(root, name);

	if (!v || !p->minor || p->minor >= minor)
		return;
	if (v->kind == JSON_OBJECT && !v->count)
		return;
	jsondoc_fault(&p->r.doc, (struct jsondoc_at){.value = v, .at_key = true},
	    "raise schema_version to x07.project@0.5.0", "field `%s` is not part of %s", name,
	    p->m.schema_version);
}

static const char *read_world(struct parser *p, const struct json *root)
{
	const char *world = pkg_read_string(&p->r, root, "world", 0);

	if (world)
		pkg_check_world(&p->r, json_get(root, "world"), world);
	return world;
}

static void read_entry(struct parser *p, const struct json *root)
{
	static const char suffix[] = ".x07.json";
	const char *entry = pkg_read_string(&p->r, root, "entry", PKG_REQUIRED | PKG_REL_PATH);
	size_t len = entry ? strlen(entry) : 0;

	if (entry && (len <= strlen(suffix) || strcmp(entry + len - strlen(suffix), suffix) != 0))
		jsondoc_fault(&p->r.doc, pkg_at(json_get(root, "entry")), NULL,
		    "`entry` must name a file *.x07.json");
	p->m.entry = entry;
}

static void read_module_roots(struct parser *p, const struct json *root)
{
	const struct json *v = pkg_read_array(&p->r, root, "module_roots", PKG_REQUIRED);

	if (!v)
		return;
	if (!v->count)
		jsondoc_fault(&p->r.doc, pkg_at(v), "usually [\"src\"]", "`module_roots` is empty");
	p->m.module_roots = arena_alloc(p->r.arena, v->count * sizeof(char *));
	for (uint32_t i = 0; i < v->count; i++) {
		const char *text = pkg_read_text(&p->r, &v->items[i], "module_roots", PKG_REL_PATH);

		if (text)
			p->m.module_roots[p->m.module_root_count++] = text;
	}
}

static void read_dependencies(struct parser *p, const struct json *root)
{
	const struct json *v = pkg_read_array(&p->r, root, "dependencies", 0);

	if (!v)
		return;
	p->m.dependencies = arena_alloc(p->r.arena, v->count * sizeof(*p->m.dependencies));
	for (uint32_t i = 0; i < v->count; i++) {
		struct pkg_dependency *d = &p->m.dependencies[p->m.dependency_count];
		const struct json *item = &v->items[i];

		if (!pkg_read_is_object(&p->r, item, "a dependency"))
			continue;
		d->name = pkg_read_string(&p->r, item, "name", PKG_REQUIRED);
		d->version = pkg_read_string(&p->r, item, "version", PKG_REQUIRED);
		d->path = pkg_read_string(&p->r, item, "path", PKG_REQUIRED | PKG_REL_PATH);
		p->m.dependency_count++;
	}
}

/* Names for the linker: nothing that could become an option or a path. Spec packages 2. */
static void check_link_names(struct pkg_reader *r, const struct json *link, const char *name)
{
	const struct json *v = pkg_read_array(r, link, name, 0);
	char quoted[JSONDOC_QUOTED_SIZE];

	for (uint32_t i = 0; v && i < v->count; i++) {
		const char *text = pkg_read_text(r, &v->items[i], name, 0);

		if (text && (text[0] == '-' || strpbrk(text, " \t\r\n/\\")))
			jsondoc_fault(&r->doc, pkg_at(&v->items[i]),
			    "no leading `-`, no white space, no slash", "bad name in `%s`: %s",
			    name, jsondoc_quote(quoted, str_c(text)));
	}
}

static void check_link(struct pkg_reader *r, const struct json *root)
{
	const struct json *link = pkg_read_object(r, root, "link", 0);
	const struct json *paths;
	bool ignored = false;

	if (!link)
		return;
	check_link_names(r, link, "libs");
	check_link_names(r, link, "frameworks");
	paths = pkg_read_array(r, link, "search_paths", 0);
	for (uint32_t i = 0; paths && i < paths->count; i++)
		(void)pkg_read_text(r, &paths->items[i], "search_paths", PKG_REL_PATH);
	(void)pkg_read_bool(r, link, "static", &ignored);
}

static void check_patch(struct pkg_reader *r, const struct json *root)
{
	const struct json *patch = pkg_read_object(r, root, "patch", 0);

	for (uint32_t i = 0; patch && i < patch->count; i++) {
		if (!pkg_read_is_object(r, &patch->items[i], "a patch"))
			continue;
		(void)pkg_read_string(r, &patch->items[i], "version", PKG_REQUIRED);
		(void)pkg_read_string(r, &patch->items[i], "path", PKG_REL_PATH | PKG_NULLABLE);
	}
}

static void read_document(struct parser *p, const struct json *root)
{
	if (!pkg_read_is_object(&p->r, root, "a project manifest"))
		return;
	read_version(p, root);
	p->m.compat = pkg_read_string(&p->r, root, "compat", 0);
	if (p->m.compat)
		since(p, root, "compat", 5);
	p->m.world = read_world(p, root);
	read_entry(p, root);
	p->m.lockfile = pkg_read_string(&p->r, root, "lockfile", PKG_REL_PATH | PKG_NULLABLE);
	read_module_roots(p, root);
	read_dependencies(p, root);
	(void)pkg_read_string(&p->r, root, "operational_entry_symbol", PKG_NULLABLE);
	(void)pkg_read_string(&p->r, root, "certification_entry_symbol", PKG_NULLABLE);
	since(p, root, "operational_entry_symbol", 4);
	since(p, root, "certification_entry_symbol", 4);
	since(p, root, "patch", 3);
	check_link(&p->r, root);
	check_patch(&p->r, root);
	p->m.default_profile = pkg_read_string(&p->r, root, "default_profile", PKG_NULLABLE);
	pkg_read_profiles(&p->r, root, &p->m);
}

static void parser_clear(struct parser *p)
{
	pkg_manifest_clear(&p->m);
}

int pkg_manifest_parse(struct pkg_manifest *out, const char *text, size_t len, const char *path,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(parser_clear) struct parser p = {0};
	AUTO_FREE char *dir = path_dirname(path);
	const struct json_options options = {
	    .max_depth = MANIFEST_DEPTH_MAX, .max_nodes = MANIFEST_NODES_MAX};
	struct err inner = {0};

	p.r.arena = &p.m.arena;
	p.r.doc = (struct jsondoc){
	    .len = len, .file = path, .what = PKG_CODE(PROJECT_PARSE), .diags = diags};
	p.r.doc.text = arena_strndup(p.r.arena, text, len);
	if (jsondoc_parse(&p.m.document, &p.r.doc, p.r.arena, &options, &inner) < 0)
		return err_code(
		    err, ERR_FORMAT, PKG_CODE(PROJECT_PARSE), "project %s", inner.message);
	read_document(&p, p.m.document);
	if (p.r.doc.faults)
		return jsondoc_refuse(&p.r.doc, "project", err);
	p.m.path = arena_strndup(p.r.arena, path, strlen(path));
	p.m.root = arena_strndup(p.r.arena, dir, strlen(dir));
	*out = TAKE(p.m);
	return 0;
}

/* Absolute name of the file: @p path itself, or x07.json in it. */
static int file_of(char **out, const char *path, struct err *err)
{
	AUTO_FREE char *absolute = NULL;
	int rc = path_absolute(&absolute, path, err);

	if (rc < 0)
		return rc;
	*out = file_is_directory(absolute) ? path_join(absolute, "x07.json") : TAKE(absolute);
	return 0;
}

int pkg_manifest_load(
    struct pkg_manifest *out, const char *path, struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_MANIFEST_MAX_BYTES);
	AUTO_FREE char *file = NULL;
	struct err inner = {0};
	int rc = file_of(&file, path, &inner);

	if (rc == 0)
		rc = file_read(&text, file, &inner);
	if (rc < 0)
		return err_code(err, rc, PKG_CODE(PROJECT_READ), "project: %s", inner.message);
	return pkg_manifest_parse(out, buf_str(&text), text.len, file, diags, err);
}

void pkg_manifest_clear(struct pkg_manifest *m)
{
	arena_clear(&m->arena);
	*m = (struct pkg_manifest){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * Reading archives in memory on the offering side: a walk over GNU tar headers that accepts what a
 * packer writes and nothing else, and the members of x07-package.json that an index needs.
 */
#include "registry/build/archive.h"

#include "base/buf.h"
#include "base/vec.h"
#include "pkg/package.h"
#include "pkg/require.h"
#include "pkg/tree.h"
#include "registry/index.h"
#include "registry/pack.h"
#include "registry/read.h"
#include "registry/unpack/rules.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 512
#define NAME_FIELD 100
#define MANIFEST_NAME "x07-package.json"
#define MANIFEST_MAX ((size_t)4 << 20)
#define NEEDS_MAX 1024
#define MODULES_MAX 10000

struct member {
	const char *path; /* in the arena */
	const char *data;
	size_t len;
};

struct reader {
	struct build_archive a;
	const char *data;
	size_t len, at;
	struct member *members;
	size_t count, cap;
	struct err *err;
};

static int bad(struct reader *r, const char *why, const char *path)
{
	return err_user(r->err, ERR_PKG, "X07REG_BAD_ARCHIVE", "the archive: %s%s%.200s", why,
	    path != NULL ? ": " : "", path != NULL ? path : "");
}

static int bad_manifest(struct reader *r, const char *why)
{
	return err_user(r->err, ERR_PKG, "X07REG_BAD_MANIFEST", MANIFEST_NAME ": %s", why);
}

/* Octal digits, then NULs and blanks alone. Source: tar(5). */
static bool octal(uint64_t *out, const char *field, size_t size)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
		if (v >> 58 != 0)
			return false;
		v = v * 8 + (uint64_t)(field[i] - '0');
	}
	*out = v;
	while (i < size && (field[i] == '\0' || field[i] == ' '))
		i++;
	return i == size;
}

static bool checksum_holds(const char *h)
{
	uint64_t want = 0, sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)h[i];
	return octal(&want, h + 148, 8) && want == sum;
}

/* Mode, owner, group, size, time, device: numbers all, although only one of them counts here. */
static bool numbers_hold(const char *h)
{
	static const struct {
		size_t at, size;
	} fields[] = {{100, 8}, {108, 8}, {116, 8}, {124, 12}, {136, 12}, {329, 8}, {337, 8}};
	uint64_t ignored = 0;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!octal(&ignored, h + fields[i].at, fields[i].size))
			return false;
	}
	return true;
}

static bool is_zero(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\0')
			return false;
	}
	return true;
}

/* Header at `at`; its body. 0 at the end of the archive. */
static int next_entry(struct reader *r, const char **header, struct str *body)
{
	const char *h = r->data + r->at;
	uint64_t size = 0;

	if (r->len - r->at < BLOCK)
		return bad(r, "cut short", NULL);
	/* Two blocks of zeros are the end; some readers look at what comes behind. */
	if (is_zero(h, BLOCK) &&
	    (r->len - r->at < 2 * (size_t)BLOCK || !is_zero(h, r->len - r->at)))
		return bad(r, "something behind the end", NULL);
	if (is_zero(h, BLOCK))
		return 0;
	if (!checksum_holds(h) || !numbers_hold(h) || !octal(&size, h + 124, 12) ||
	    memcmp(h + 257, "ustar", 5) != 0)
		return bad(r, "not a tar header", NULL);
	/* The first part of a name, or another size; packers leave all of it empty. */
	if (!is_zero(h + 345, BLOCK - 345))
		return bad(r, "a header with more than a file needs", NULL);
	r->at += BLOCK;
	if (size > PKG_TREE_FILE_MAX)
		return bad(r, "a file of more than 16 MiB", NULL);
	if (size > r->len - r->at || (size + BLOCK - 1) / BLOCK * BLOCK > r->len - r->at)
		return bad(r, "cut short", NULL);
	*header = h;
	*body = (struct str){r->data + r->at, (uint32_t)size};
	r->at += (size + BLOCK - 1) / BLOCK * BLOCK;
	return 1;
}

static int take_path(struct reader *r, char **out, const char *header, struct str *body)
{
	const char *start = header;
	size_t len = strnlen(header, NAME_FIELD);
	int rc;

	if (header[156] == 'L') {
		start = body->ptr;
		len = strnlen(body->ptr, body->len);
		if (len > PKG_TREE_PATH_MAX)
			return bad(r, "a path that is too long", NULL);
		rc = next_entry(r, &header, body);
		if (rc <= 0)
			return rc < 0 ? rc : bad(r, "a long name without a file", NULL);
	}
	*out = arena_strndup(&r->a.arena, start, len);
	if (header[156] != '0' && header[156] != '\0')
		return bad(r, "neither a file nor a long name", *out);
	if (pkg_tree_path_fault(*out, len) != NULL)
		return bad(r, pkg_tree_path_fault(*out, len), *out);
	return 0;
}

static int read_members(struct reader *r)
{
	const char *header = NULL;
	struct str body = {0};
	int rc;

	while ((rc = next_entry(r, &header, &body)) > 0 && header != NULL) {
		struct member m = {0};
		char *path = NULL;

		if (r->count >= PKG_TREE_FILES_MAX)
			return bad(r, "more than 10000 files", NULL);
		rc = take_path(r, &path, header, &body);
		if (rc < 0)
			return rc;
		m = (struct member){path, body.ptr, body.len};
		VEC_PUSH(r->members, r->count, r->cap, m);
	}
	return rc;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->path, ((const struct member *)b)->path);
}

/* As a client compares them: by the rules of registry/unpack/names.c. */
static int check_members(struct reader *r)
{
	CLEANUP(unpack_names_clear) struct unpack_names names = {0};
	struct err why = {0};

	if (r->count == 0)
		return bad(r, "empty", NULL);
	unpack_names_init(&names);
	for (size_t i = 0; i < r->count; i++) {
		if (unpack_names_add(&names, r->members[i].path, false, &why) < 0)
			return bad(r, why.message, NULL);
	}
	qsort(r->members, r->count, sizeof(*r->members), by_path);
	return 0;
}

static void digest_members(struct reader *r)
{
	struct pkg_tree tree = {.count = (uint32_t)r->count};

	tree.files = base_calloc(r->count, sizeof(*tree.files));
	for (size_t i = 0; i < r->count; i++) {
		struct sha256 h;

		tree.files[i].path = r->members[i].path;
		tree.files[i].size = r->members[i].len;
		sha256_init(&h);
		sha256_add(&h, r->members[i].data, r->members[i].len);
		sha256_end(&h, tree.files[i].sha256);
	}
	pkg_tree_digest(r->a.tree_sha256, &tree);
	base_free_ptr(&tree.files);
}

static const struct member *find_member(const struct reader *r, const char *path)
{
	struct member key = {.path = path};

	return bsearch(&key, r->members, r->count, sizeof(key), by_path);
}

static int read_needs(struct reader *r, const struct json *list)
{
	if (list == NULL)
		return 0;
	if (list->kind != JSON_ARRAY || list->count > NEEDS_MAX)
		return bad_manifest(r, "`meta.requires_packages` must be an array of texts");
	r->a.needs = arena_alloc(&r->a.arena, (list->count + 1) * sizeof(*r->a.needs));
	for (uint32_t i = 0; i < list->count; i++) {
		const char *text = registry_read_string(&r->a.arena, &list->items[i]);
		struct pkg_requirement parsed;
		struct str name, requirement;

		if (text == NULL || pkg_spec_split(&name, &requirement, str_c(text), NULL) < 0 ||
		    (requirement.len > 0 && pkg_requirement_parse(&parsed, requirement, NULL) < 0))
			return bad_manifest(
			    r, "`meta.requires_packages` must hold texts NAME@REQUIREMENT");
		r->a.needs[r->a.need_count++] =
		    (struct pkg_need){arena_strndup(&r->a.arena, name.ptr, name.len),
			arena_strndup(&r->a.arena, requirement.ptr, requirement.len)};
	}
	return 0;
}

/* File of module `a.b.c`: `<root>/a/b/c.x07.json`. */
static int check_module(struct reader *r, const char *root, const char *id)
{
	CLEANUP(buf_clear) struct buf path = buf_init(PKG_TREE_PATH_MAX + 16);

	if (id == NULL)
		return bad_manifest(r, "`modules` must be an array of texts");
	buf_printf(&path, "%s/", root);
	for (const char *at = id; *at != '\0'; at++)
		buf_putc(&path, (char)(*at == '.' ? '/' : *at));
	buf_puts(&path, ".x07.json");
	if (path.overflow || find_member(r, path.data) == NULL)
		return bad(r, "a module of the manifest is missing", id);
	return 0;
}

static int check_modules(struct reader *r, const struct json *root)
{
	const char *module_root = registry_read_member(&r->a.arena, root, "module_root");
	const struct json *modules = json_get(root, "modules");
	int rc = 0;

	if (module_root == NULL || module_root[0] == '\0')
		return bad_manifest(r, "`module_root` must be a relative path");
	if (modules == NULL || modules->kind != JSON_ARRAY || modules->count > MODULES_MAX)
		return bad_manifest(r, "`modules` must be an array of texts");
	for (uint32_t i = 0; rc == 0 && i < modules->count; i++)
		rc = check_module(
		    r, module_root, registry_read_string(&r->a.arena, &modules->items[i]));
	r->a.module_count = modules->count;
	return rc;
}

static int check_ffi(struct reader *r, const struct json *meta)
{
	if (!json_is(json_get(meta, "import_mode"), "ffi"))
		return 0;
	for (size_t i = 0; i < r->count; i++) {
		if (strncmp(r->members[i].path, "ffi/", 4) == 0)
			return 0;
	}
	return bad(r, "import mode ffi without a file below ffi/", NULL);
}

static int read_identity(struct reader *r, const struct json *root)
{
	struct pkg_version parsed;

	if (!json_is(json_get(root, "schema_version"), "x07.package@0.1.0"))
		return bad_manifest(r, "`schema_version` must be x07.package@0.1.0");
	r->a.name = registry_read_member(&r->a.arena, root, "name");
	r->a.version = registry_read_member(&r->a.arena, root, "version");
	if (r->a.name == NULL || !pkg_name_is_valid(str_c(r->a.name)))
		return err_user(r->err, ERR_PKG, "X07REG_INVALID_NAME",
		    MANIFEST_NAME ": `name` is no package name");
	if (r->a.version == NULL || pkg_version_parse(&parsed, str_c(r->a.version), NULL) < 0)
		return err_user(r->err, ERR_PKG, "X07REG_INVALID_VERSION",
		    MANIFEST_NAME ": `version` is no semantic version");
	return 0;
}

static int read_manifest(struct reader *r)
{
	const struct json_options options = {.max_depth = 64, .max_nodes = 200000};
	const struct member *m = find_member(r, MANIFEST_NAME);
	const struct json *root = NULL, *meta;
	struct json_fault fault = {0};
	char *text;
	int rc;

	if (m == NULL)
		return bad(r, "no " MANIFEST_NAME, NULL);
	if (m->len > MANIFEST_MAX)
		return bad_manifest(r, "larger than 4 MiB");
	text = arena_strndup(&r->a.arena, m->data, m->len);
	if (json_parse(&root, &r->a.arena, text, m->len, &options, &fault) < 0 ||
	    root->kind != JSON_OBJECT)
		return bad_manifest(r, "not a JSON object");
	meta = json_get(root, "meta");
	r->a.manifest = root;
	r->a.description = registry_read_member(&r->a.arena, root, "description");
	r->a.docs = registry_read_member(&r->a.arena, root, "docs");
	r->a.license = registry_read_member(&r->a.arena, root, "license");
	r->a.compat = meta != NULL ? registry_read_member(&r->a.arena, meta, "x07c_compat") : NULL;
	rc = read_identity(r, root);
	if (rc == 0)
		rc = read_needs(r, meta != NULL ? json_get(meta, "requires_packages") : NULL);
	if (rc == 0)
		rc = check_modules(r, root);
	if (rc == 0 && meta != NULL)
		rc = check_ffi(r, meta);
	return rc;
}

/* What a client would not unpack is not offered: its look at the headers. */
static int scan(struct reader *r)
{
	struct err why = {0};

	return unpack_scan(r->data, r->len, &why) < 0 ? bad(r, why.message, NULL) : 0;
}

/* The client's reader of the manifest: what it refuses, no client could install. */
static int check_for_clients(struct reader *r)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	const struct member *m = find_member(r, MANIFEST_NAME);
	struct err why = {0};

	if (pkg_package_parse(&p, m->data, m->len, MANIFEST_NAME, &diags, &why) < 0)
		return bad_manifest(r, diags.count > 0 ? diags.items[0].message : why.message);
	return 0;
}

int build_archive_read(struct build_archive *out, const char *data, size_t len, struct err *err)
{
	struct reader r = {.data = data, .len = len, .err = err};
	int rc;

	if (len > REGISTRY_ARCHIVE_MAX)
		return err_user(err, ERR_PKG, "X07REG_BODY_TOO_LARGE",
		    "the archive is larger than %zu MiB", REGISTRY_ARCHIVE_MAX >> 20);
	arena_init(&r.a.arena, 0);
	rc = scan(&r);
	if (rc == 0)
		rc = read_members(&r);
	if (rc == 0)
		rc = check_members(&r);
	if (rc == 0)
		rc = read_manifest(&r);
	if (rc == 0)
		rc = check_for_clients(&r);
	if (rc == 0) {
		digest_members(&r);
		sha256_text(r.a.sha256, data, len);
		r.a.size = len;
		r.a.files = (uint32_t)r.count;
		*out = TAKE(r.a);
	}
	base_free_ptr(&r.members);
	build_archive_clear(&r.a);
	return rc;
}

void build_archive_clear(struct build_archive *a)
{
	arena_clear(&a->arena);
	memset(a, 0, sizeof(*a));
}

static bool is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

int build_archive_may_publish(const struct build_archive *a, struct err *err)
{
	const struct {
		const char *text, *code, *what;
	} wanted[] = {
	    {a->description, "X07REG_PKG_DESCRIPTION_REQUIRED", "description"},
	    {a->docs, "X07REG_PKG_DOCS_REQUIRED", "docs"},
	    {a->license, "X07REG_PKG_LICENSE_REQUIRED", "license"},
	    {a->compat, "X07REG_PKG_X07C_COMPAT_REQUIRED", "meta.x07c_compat"},
	};
	struct pkg_requirement parsed;

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (is_blank(wanted[i].text))
			return err_user(err, ERR_PKG, wanted[i].code,
			    MANIFEST_NAME ": `%s` must not be empty", wanted[i].what);
	}
	if (a->module_count == 0)
		return err_user(err, ERR_PKG, "X07REG_BAD_MANIFEST",
		    MANIFEST_NAME ": a published package has at least one module");
	if (pkg_requirement_parse(&parsed, str_c(a->compat), NULL) < 0)
		return err_user(err, ERR_PKG, "X07REG_PKG_X07C_COMPAT_INVALID",
		    MANIFEST_NAME ": `meta.x07c_compat` is no requirement such as >=0.1.0 <0.3.0");
	return 0;
}

void build_archive_version(struct registry_version *out, const struct build_archive *a)
{
	*out = (struct registry_version){.name = a->name,
	    .version = a->version,
	    .cksum = a->sha256,
	    .signature = {.key_id = ""},
	    .has_needs = true,
	    .needs = a->needs,
	    .need_count = a->need_count,
	    .compat = a->compat,
	    .tree_sha256 = a->tree_sha256,
	    .size = a->size};
}

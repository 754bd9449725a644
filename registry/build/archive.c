/* SPDX-License-Identifier: MIT */
/*
 * Reading archives in memory on the offering side: of what the client's walk over the headers
 * finds, only what a packer writes is taken, and the manifest is read by the client's reader.
 */
#include "registry/build/archive.h"

#include "base/buf.h"
#include "base/module_path.h"
#include "base/vec.h"
#include "pkg/tree.h"
#include "pkg/tree_digest.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/pack.h"
#include "registry/unpack/names.h"
#include "registry/unpack/scan.h"
#include "registry/unpack/walk.h"

#include <stdlib.h>
#include <string.h>

struct member {
	const char *path; /* in the arena */
	const char *data;
	size_t len;
};

/** An archive under way. */
struct reader {
	struct build_archive a;
	struct arena arena; /* paths of the members */
	struct unpack_walk walk;
	struct member *members; /* owned */
	size_t count, cap;
	struct err *err;
};

static int bad(struct reader *r, const char *why, const char *path)
{
	return err_code(r->err, ERR_PKG, REGISTRY_CODE(REG_BAD_ARCHIVE), "the archive: %s%s%.200s",
	    why, path != NULL ? ": " : "", path != NULL ? path : "");
}

/* @return 1, 0 at the end of the archive, ERR_PKG. */
static int next_entry(struct reader *r, struct unpack_raw *raw)
{
	struct err why = {0};
	const char *fault;
	int rc = unpack_walk_next(&r->walk, raw, &why);

	if (rc < 0)
		return bad(r, why.message, NULL);
	/* Two blocks of zeros are the end; some readers look at what comes behind. */
	if (rc == 0)
		return unpack_walk_ends_clean(&r->walk) ? 0
							: bad(r, "something behind the end", NULL);
	fault = unpack_raw_fault(raw);
	if (fault != NULL)
		return bad(r, fault, NULL);
	return raw->is_whole ? 1 : bad(r, "cut short", NULL);
}

static int take_path(struct reader *r, char **out, struct unpack_raw *raw)
{
	const char *start = (const char *)raw->header;
	size_t len = strnlen(start, UNPACK_NAME_SIZE);
	int rc;

	if (raw->type == 'L') {
		start = raw->body.ptr;
		len = strnlen(start, raw->body.len);
		if (len > PKG_TREE_PATH_MAX)
			return bad(r, "a path that is too long", NULL);
		rc = next_entry(r, raw);
		if (rc <= 0)
			return rc < 0 ? rc : bad(r, "a long name without a file", NULL);
	}
	*out = arena_strndup(&r->arena, start, len);
	if (raw->type != '0' && raw->type != '\0')
		return bad(r, "neither a file nor a long name", *out);
	if (pkg_tree_path_fault(*out, len) != NULL)
		return bad(r, pkg_tree_path_fault(*out, len), *out);
	return 0;
}

static int read_members(struct reader *r)
{
	struct unpack_raw raw;
	int rc;

	while ((rc = next_entry(r, &raw)) > 0) {
		struct member m = {0};
		char *path = NULL;

		if (r->count >= PKG_TREE_FILES_MAX)
			return bad(r, "more than 10000 files", NULL);
		rc = take_path(r, &path, &raw);
		if (rc < 0)
			return rc;
		m = (struct member){path, raw.body.ptr, raw.body.len};
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

/* The name and the version have codes of their own: who publishes sees at once which it is. */
static const struct code *code_of(const struct diag_list *diags)
{
	const char *ptr = diags->count > 0 ? diags->items[0].ptr : NULL;

	if (ptr != NULL && strcmp(ptr, "/name") == 0)
		return REGISTRY_CODE(REG_INVALID_NAME);
	if (ptr != NULL && strcmp(ptr, "/version") == 0)
		return REGISTRY_CODE(REG_INVALID_VERSION);
	if (ptr != NULL && strcmp(ptr, "/meta/x07c_compat") == 0)
		return REGISTRY_CODE(REG_PKG_X07C_COMPAT_INVALID);
	return REGISTRY_CODE(REG_BAD_MANIFEST);
}

static int check_modules(struct reader *r)
{
	const struct pkg_package *p = &r->a.package;

	for (uint32_t i = 0; i < p->module_count; i++) {
		AUTO_FREE char *path = pkg_package_module_path(p, p->modules[i]);

		if (find_member(r, path) == NULL)
			return bad(r, "a module of the manifest is missing", p->modules[i]);
	}
	return 0;
}

static int check_ffi(struct reader *r)
{
	const char *mode = r->a.package.import_mode;

	if (mode == NULL || strcmp(mode, "ffi") != 0)
		return 0;
	for (size_t i = 0; i < r->count; i++) {
		if (strncmp(r->members[i].path, "ffi/", 4) == 0)
			return 0;
	}
	return bad(r, "import mode ffi without a file below ffi/", NULL);
}

/* What this reader refuses, no client could install. */
static int read_manifest(struct reader *r)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	const struct member *m = find_member(r, PKG_PACKAGE_NAME);
	struct err why = {0};
	int rc;

	if (m == NULL)
		return bad(r, "no " PKG_PACKAGE_NAME, NULL);
	if (m->len > PKG_PACKAGE_MAX_BYTES)
		return err_code(r->err, ERR_PKG, REGISTRY_CODE(REG_BAD_MANIFEST),
		    PKG_PACKAGE_NAME ": larger than 4 MiB");
	if (pkg_package_parse(&r->a.package, m->data, m->len, PKG_PACKAGE_NAME, &diags, &why) < 0)
		return err_code(r->err, ERR_PKG, code_of(&diags), PKG_PACKAGE_NAME ": %s",
		    diags.count > 0 ? diags.items[0].message : why.message);
	rc = check_modules(r);
	return rc < 0 ? rc : check_ffi(r);
}

/* What a client would not unpack is not offered: its look at the headers. */
static int scan(struct reader *r)
{
	struct err why = {0};

	return unpack_scan(r->walk.data, r->walk.len, &why) < 0 ? bad(r, why.message, NULL) : 0;
}

static int read_archive(struct reader *r)
{
	int rc;

	if ((rc = scan(r)) < 0 || (rc = read_members(r)) < 0 || (rc = check_members(r)) < 0 ||
	    (rc = read_manifest(r)) < 0)
		return rc;
	digest_members(r);
	sha256_text(r->a.sha256, r->walk.data, r->walk.len);
	r->a.size = r->walk.len;
	r->a.files = (uint32_t)r->count;
	return 0;
}

static void reader_clear(struct reader *r)
{
	base_free_ptr(&r->members);
	arena_clear(&r->arena);
	build_archive_clear(&r->a);
}

int build_archive_read(struct build_archive *out, const char *data, size_t len, struct err *err)
{
	CLEANUP(reader_clear) struct reader r = {.err = err};
	int rc;

	if (len > REGISTRY_ARCHIVE_MAX)
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_BODY_TOO_LARGE),
		    "the archive is larger than %zu MiB", REGISTRY_ARCHIVE_MAX >> 20);
	unpack_walk_begin(&r.walk, data, len);
	rc = read_archive(&r);
	if (rc < 0)
		return rc;
	*out = TAKE(r.a);
	return 0;
}

void build_archive_clear(struct build_archive *a)
{
	pkg_package_clear(&a->package);
	*a = (struct build_archive){0};
}

static bool is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

int build_archive_may_publish(const struct build_archive *a, struct err *err)
{
	const struct pkg_package *p = &a->package;
	const struct {
		const char *text;
		const struct code *code;
		const char *what;
	} wanted[] = {
	    {p->description, REGISTRY_CODE(REG_PKG_DESCRIPTION_REQUIRED), "description"},
	    {p->docs, REGISTRY_CODE(REG_PKG_DOCS_REQUIRED), "docs"},
	    {p->license, REGISTRY_CODE(REG_PKG_LICENSE_REQUIRED), "license"},
	    {p->compat, REGISTRY_CODE(REG_PKG_X07C_COMPAT_REQUIRED), "meta.x07c_compat"},
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (is_blank(wanted[i].text))
			return err_code(err, ERR_PKG, wanted[i].code,
			    PKG_PACKAGE_NAME ": `%s` must not be empty", wanted[i].what);
	}
	if (p->module_count == 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_BAD_MANIFEST),
		    PKG_PACKAGE_NAME ": a published package has at least one module");
	return 0;
}

void build_archive_version(struct registry_version *out, const struct build_archive *a)
{
	const struct pkg_package *p = &a->package;

	*out = (struct registry_version){.name = p->name,
	    .version = p->version,
	    .cksum = a->sha256,
	    .signature = {.key_id = ""},
	    .has_needs = true,
	    .needs = p->needs,
	    .need_count = p->need_count,
	    .compat = p->compat,
	    .tree_sha256 = a->tree_sha256,
	    .size = a->size};
}

/* SPDX-License-Identifier: MIT */
/*
 * Which files of a package directory go into its archive: the manifest, the modules it lists,
 * everything below ffi/. No link is followed, so an archive holds nothing from elsewhere.
 * Source: docs/format/package.md, docs/format/x07pkg.md.
 */
#include "registry/pack_dir.h"

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "pkg/package.h"
#include "pkg/tree.h"
#include "pkg/tree_digest.h"
#include "registry/codes.h"
#include "registry/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CODE REGISTRY_CODE(PACK_FAILED)

/** A package that is being archived. */
struct packer {
	struct registry_packed packed;
	struct registry_member *members; /* owned; paths and data in the arena */
	size_t count, cap;
	struct pkg_package package; /* owned */
	struct diag_list diags;     /* owned */
	int dirfd;
	struct err *err;
};

static int bad(struct packer *p, const char *what, const char *why)
{
	return err_code(p->err, ERR_PKG, CODE, "%s: %s", what, why);
}

/* Failures of base functions under the code that the user knows. */
static int coded(struct packer *p, const char *path)
{
	struct err inner = *p->err;

	(void)err_wrap_file(&inner, path);
	return err_code(p->err, ERR_PKG, CODE, "%s", inner.message);
}

static int add_file(struct packer *p, const char *path)
{
	CLEANUP(buf_clear) struct buf data = buf_init(PKG_TREE_FILE_MAX);
	struct registry_member m = {.path = path};
	AUTO_CLOSE int fd = -1;
	struct stat st;
	int rc;

	/* Non-blocking: a fifo must not stop us. */
	rc = path_open_beneath(
	    &fd, p->dirfd, path, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS, p->err);
	if (rc < 0)
		return coded(p, path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return bad(p, path, "not a regular file");
	rc = file_read_fd(&data, fd, path, p->err);
	if (rc < 0)
		return coded(p, path);
	m.data = arena_strndup(&p->packed.arena, buf_str(&data), data.len);
	m.len = data.len;
	VEC_PUSH(p->members, p->count, p->cap, m);
	return 0;
}

static int add_module(struct packer *p, const char *id)
{
	AUTO_FREE char *path = pkg_package_module_path(&p->package, id);
	const char *fault = pkg_tree_path_fault(path, strlen(path));

	if (fault)
		return bad(p, path, fault);
	return add_file(p, arena_strndup(&p->packed.arena, path, strlen(path)));
}

static bool is_blank(const char *text)
{
	return text == NULL || text[0] == '\0';
}

/* All at once: whoever writes the first manifest lacks several. */
static int check_publish(struct packer *p)
{
	CLEANUP(buf_clear) struct buf lacks = buf_init(512);
	const struct pkg_package *m = &p->package;

	if (is_blank(m->description))
		buf_puts(&lacks, ", `description`");
	if (is_blank(m->docs))
		buf_puts(&lacks, ", `docs`");
	if (is_blank(m->license))
		buf_puts(&lacks, ", `license` (\"MIT\")");
	if (m->compat == NULL)
		buf_puts(&lacks, ", `meta.x07c_compat` (\">=0.2.0 <0.3.0\")");
	if (lacks.len > 0)
		return err_code(p->err, ERR_PKG, CODE, PKG_PACKAGE_NAME ": publishing needs %.*s",
		    (int)lacks.len - 2, lacks.data + 2);
	if (m->module_count == 0)
		return bad(p, PKG_PACKAGE_NAME, "a package without modules cannot be published");
	return 0;
}

/* Everything below ffi/; the scan refuses links and devices and hashes what it meets. */
static int add_ffi(struct packer *p)
{
	CLEANUP(pkg_tree_clear) struct pkg_tree tree = {0};
	AUTO_CLOSE int fd =
	    openat(p->dirfd, "ffi", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 && errno != ENOENT)
		return bad(p, "ffi", "not a directory");
	if (fd >= 0 && pkg_tree_scan(&tree, fd, p->err) < 0)
		return coded(p, "ffi");
	if (tree.count == 0 && p->package.import_mode && strcmp(p->package.import_mode, "ffi") == 0)
		return bad(p, "ffi", "`meta.import_mode` is ffi, but there is no file here");
	for (uint32_t i = 0; rc == 0 && i < tree.count; i++)
		rc = add_file(p, arena_printf(&p->packed.arena, "ffi/%s", tree.files[i].path));
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pkg_need *)a)->name, ((const struct pkg_need *)b)->name);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(
	    ((const struct registry_member *)a)->path, ((const struct registry_member *)b)->path);
}

static int write_archive(struct packer *p)
{
	struct registry_packed *out = &p->packed;
	struct pkg_tree tree = {.count = (uint32_t)p->count};
	int rc;

	qsort(p->members, p->count, sizeof(*p->members), by_path);
	tree.files = arena_alloc(&out->arena, (p->count + 1) * sizeof(*tree.files));
	for (size_t i = 0; i < p->count; i++) {
		struct sha256 h;

		if (i > 0 && strcmp(p->members[i - 1].path, p->members[i].path) == 0)
			return bad(p, p->members[i].path, "listed twice");
		sha256_init(&h);
		sha256_add(&h, p->members[i].data, p->members[i].len);
		sha256_end(&h, tree.files[i].sha256);
		tree.files[i].path = p->members[i].path;
		tree.files[i].size = p->members[i].len;
	}
	pkg_tree_digest(out->tree_sha256, &tree);
	rc = registry_pack_members(&out->bytes, p->members, p->count, p->err);
	if (rc < 0)
		return bad(p, "archive", "larger than 64 MiB");
	sha256_text(out->sha256, out->bytes.data, out->bytes.len);
	return 0;
}

static const char *keep(struct packer *p, const char *text)
{
	return text ? arena_strndup(&p->packed.arena, text, strlen(text)) : NULL;
}

/* What the receiver is told about the package outlives the manifest it was read from. */
static void describe(struct packer *p)
{
	const struct pkg_package *m = &p->package;
	struct registry_packed *out = &p->packed;
	struct pkg_need *needs = arena_alloc(&out->arena, (m->need_count + 1) * sizeof(*needs));
	const char **ids = arena_alloc(&out->arena, (m->module_count + 1) * sizeof(*ids));

	out->name = keep(p, m->name);
	out->version = keep(p, m->version);
	out->compat = keep(p, m->compat);
	for (uint32_t i = 0; i < m->need_count; i++) {
		needs[i].name = keep(p, m->needs[i].name);
		needs[i].requirement = keep(p, m->needs[i].requirement);
	}
	qsort(needs, m->need_count, sizeof(*needs), by_name);
	for (uint32_t i = 0; i < m->module_count; i++)
		ids[i] = keep(p, m->modules[i]);
	out->needs = needs;
	out->need_count = m->need_count;
	out->modules = ids;
	out->module_count = m->module_count;
}

static int pack(struct packer *p, bool publish)
{
	int rc = add_file(p, PKG_PACKAGE_NAME);

	if (rc < 0)
		return rc;
	rc = pkg_package_parse(&p->package, p->members[0].data, p->members[0].len, PKG_PACKAGE_NAME,
	    &p->diags, p->err);
	if (rc < 0)
		return coded(p, "manifest");
	if (publish && check_publish(p) < 0)
		return ERR_PKG;
	describe(p);
	for (uint32_t i = 0; i < p->package.module_count; i++) {
		rc = add_module(p, p->package.modules[i]);
		if (rc < 0)
			return rc;
	}
	rc = add_ffi(p);
	return rc < 0 ? rc : write_archive(p);
}

void registry_packed_clear(struct registry_packed *packed)
{
	arena_clear(&packed->arena);
	buf_clear(&packed->bytes);
	memset(packed, 0, sizeof(*packed));
}

int registry_pack_dir(struct registry_packed *out, const char *dir, bool publish, struct err *err)
{
	struct packer p = {.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	struct err local = {0};
	int rc;

	/* The messages of others are built into ours, so there must be one. */
	p.err = err ? err : &local;
	p.packed.bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	arena_init(&p.packed.arena, 0);
	if (p.dirfd < 0)
		return err_code(err, ERR_PKG, CODE, "%s: not a directory that can be read", dir);
	rc = pack(&p, publish);
	free(p.members);
	pkg_package_clear(&p.package);
	diag_list_clear(&p.diags);
	(void)close(p.dirfd);
	if (rc < 0) {
		registry_packed_clear(&p.packed);
		return rc;
	}
	*out = p.packed;
	return 0;
}

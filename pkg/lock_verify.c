/* SPDX-License-Identifier: MIT */
/*
 * Whether a lock is the lock of this manifest and of the files on the disk. Nothing is repaired:
 * a difference ends the command, `x07 pkg lock` is the only thing that pins.
 * Source: docs/spec/packages.md 4 (verify_lockfile) and 12.
 */
#include "pkg/lock_verify.h"

#include "pkg/lock.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/module_path.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/place.h"
#include "pkg/tree.h"
#include "pkg/tree_digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKAGE_FILE_MAX (16u << 20)

/* What both sides say about a package. */
struct item {
	const char *name, *version, *path;
};

static int by_item(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->version, y->version);
	return order ? order : strcmp(x->path, y->path);
}

static int mismatch(
    const struct pkg_manifest *m, const struct item *item, const char *what, struct err *err)
{
	return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
	    "lock file and project differ: %.128s %.64s (%.256s) %s; run `x07 pkg lock --project "
	    "%.256s`",
	    item->name, item->version, item->path, what, m->path);
}

static bool says_other(const struct json *patch, const char *key, const char *have)
{
	const struct json *v = json_get(patch, key);

	return v && v->kind == JSON_STRING && v->text.len > 0 && !str_eq(v->text, str_c(have));
}

/* A patch that somebody wrote and nobody locked yet. */
static int verify_patches(const struct pkg_manifest *m, const struct item *items, struct err *err)
{
	const struct json *patches = json_get(m->document, "patch");

	for (uint32_t i = 0; patches && i < m->dependency_count; i++) {
		const struct json *patch = json_get(patches, items[i].name);

		if (says_other(patch, "version", items[i].version) ||
		    says_other(patch, "path", items[i].path))
			return mismatch(m, &items[i], "is not what `patch` in x07.json says", err);
	}
	return 0;
}

int pkg_lock_verify(const struct pkg_lock *lock, const struct pkg_manifest *m, struct err *err)
{
	AUTO_FREE struct item *want = base_calloc(m->dependency_count + 1, sizeof(*want));
	AUTO_FREE struct item *have = base_calloc(lock->count + 1, sizeof(*have));
	uint32_t w = 0, h = 0;

	for (uint32_t i = 0; i < m->dependency_count; i++)
		want[i] = (struct item){
		    m->dependencies[i].name, m->dependencies[i].version, m->dependencies[i].path};
	for (uint32_t i = 0; i < lock->count; i++)
		have[i] = (struct item){
		    lock->entries[i].name, lock->entries[i].version, lock->entries[i].path};
	qsort(want, m->dependency_count, sizeof(*want), by_item);
	qsort(have, lock->count, sizeof(*have), by_item);
	while (w < m->dependency_count || h < lock->count) {
		int order = w == m->dependency_count ? 1
			    : h == lock->count       ? -1
						     : by_item(&want[w], &have[h]);

		if (order < 0)
			return mismatch(m, &want[w], "is not locked", err);
		if (order > 0)
			return mismatch(m, &have[h], "is locked but not a dependency", err);
		w++;
		h++;
	}
	return verify_patches(m, want, err);
}

/* One package, and where it lies. */
struct package {
	const struct pkg_lock_entry *e;
	const char *dir;
	struct pkg_tree tree;
	bool has_tree; /* the lock has a digest over all files, so that all were read */
};

static void package_clear(struct package *p)
{
	if (p->has_tree)
		pkg_tree_clear(&p->tree);
}

static int read_file_sha(char out[SHA256_HEX_SIZE], const struct package *p, const char *rel,
    const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PACKAGE_FILE_MAX);
	const struct pkg_tree_file *file = p->has_tree ? pkg_tree_find(&p->tree, rel) : NULL;
	int rc;

	if (file) {
		sha256_hex(out, file->sha256);
		return 0;
	}
	if (p->has_tree)
		return ERR_NOT_FOUND;
	rc = file_read(&text, path, err);
	if (rc == 0)
		sha256_text(out, buf_str(&text), text.len);
	return rc;
}

/* Digest of one file of a package against the lock. */
static int verify_file(const struct package *p, const char *rel, const char *want, struct err *err)
{
	AUTO_FREE char *path = path_join(p->dir, rel);
	const struct pkg_lock_entry *e = p->e;
	char got[SHA256_HEX_SIZE];
	bool vendored = pkg_path_is_vendored(e->path);
	struct err inner = {0};
	int rc = read_file_sha(got, p, rel, path, &inner);

	if (rc == ERR_NOT_FOUND)
		return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
		    "package %.128s %.64s: %.400s is missing; run `x07 pkg lock`", e->name,
		    e->version, path);
	if (rc < 0)
		return err_set(
		    err, rc, "package %.128s %.64s: %s", e->name, e->version, inner.message);
	if (strcmp(got, want) == 0)
		return 0;
	return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
	    "package %.128s %.64s: %.400s is not what was locked: expected sha256 %s, found %s; "
	    "`x07 pkg %s%.128s` %s",
	    e->name, e->version, path, want, got, vendored ? "sync" : "update ",
	    vendored ? "" : e->name, vendored ? "installs what is locked" : "locks it as it is");
}

static int verify_modules(const struct package *p, struct err *err)
{
	const struct pkg_lock_entry *e = p->e;

	for (uint32_t i = 0; i < e->module_count; i++) {
		AUTO_FREE char *path = module_path(e->module_root, str_c(e->modules[i].id));
		int rc;

		if (!path)
			return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
			    "package %.128s: bad module id \"%.128s\" in the lock file", e->name,
			    e->modules[i].id);
		rc = verify_file(p, path, e->modules[i].sha256, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* All files of what x07 installs; of the user's folders what a build reads. */
static int read_tree(struct package *p, struct err *err)
{
	const struct pkg_lock_entry *e = p->e;
	AUTO_CLOSE int fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err inner = {0};
	int rc;

	if (fd < 0)
		return 0; /* its manifest is missing */
	rc = pkg_path_is_vendored(e->path)
		 ? pkg_tree_scan(&p->tree, fd, &inner)
		 : pkg_tree_scan_sources(&p->tree, fd, e->module_root, &inner);
	p->has_tree = rc == 0;
	if (rc == ERR_IO || rc == ERR_LIMIT)
		return err_set(
		    err, rc, "package %.128s %.64s: %s", e->name, e->version, inner.message);
	if (rc == ERR_FORMAT)
		return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
		    "package %.128s %.64s is not what was locked: %.256s/%s", e->name, e->version,
		    e->path, inner.message);
	return 0;
}

static int verify_tree(const struct package *p, struct err *err)
{
	const struct pkg_lock_entry *e = p->e;
	char got[SHA256_HEX_SIZE] = "none: it cannot be read";

	if (p->has_tree)
		pkg_tree_digest(got, &p->tree);
	if (strcmp(got, e->tree_sha256) == 0)
		return 0;
	return err_code(err, ERR_LOCKED, PKG_CODE(LOCK_MISMATCH),
	    "package %.128s %.64s: a file of %.256s that is no listed module changed, came or "
	    "went: "
	    "expected tree %s, found %s; `x07 pkg %s",
	    e->name, e->version, e->path, e->tree_sha256, got,
	    pkg_path_is_vendored(e->path) ? "sync` restores it" : "update` locks it as it is");
}

static int verify_package(const struct pkg_lock_entry *e, const char *project, struct err *err)
{
	CLEANUP(package_clear) struct package p = {.e = e};
	AUTO_FREE char *dir = NULL;
	int rc = pkg_place_path(&dir, project, e->path, err);

	if (rc < 0)
		return err_wrap(err, "package %.128s", e->name);
	p.dir = dir;
	if (e->tree_sha256)
		rc = read_tree(&p, err);
	if (rc == 0)
		rc = verify_file(&p, "x07-package.json", e->manifest_sha256, err);
	if (rc == 0)
		rc = verify_modules(&p, err);
	return rc == 0 && e->tree_sha256 ? verify_tree(&p, err) : rc;
}

int pkg_lock_verify_files(
    const struct pkg_lock *lock, const struct pkg_manifest *m, struct err *err)
{
	for (uint32_t i = 0; i < lock->count; i++) {
		int rc = verify_package(&lock->entries[i], m->root, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

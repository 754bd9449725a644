/* SPDX-License-Identifier: MIT */
/*
 * What is on the disk: every file of every package is hashed, and what is as the lock or the signed
 * index wants it is marked as present. Source: docs/format/store.md, "tree digest".
 */
#include "cmd/pkg/scan.h"

#include "base/module_path.h"
#include "base/path.h"
#include "cmd/pkg/engine_codes.h"
#include "pkg/codes.h"
#include "pkg/tree.h"
#include "pkg/tree_all.h"
#include "pkg/tree_digest.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the directory must be, from the lock and then from the index. */
static void expect(struct pkg_item *item)
{
	const struct registry_version *line = item->line;

	if (item->old != NULL && item->old->tree_sha256 != NULL)
		memcpy(item->tree_sha, item->old->tree_sha256, SHA256_HEX_SIZE);
	else if (line != NULL && line->tree_sha256 != NULL)
		memcpy(item->tree_sha, line->tree_sha256, SHA256_HEX_SIZE);
	if (item->old != NULL && item->old->archive_sha256 != NULL)
		memcpy(item->archive, item->old->archive_sha256, SHA256_HEX_SIZE);
	else if (line != NULL)
		memcpy(item->archive, line->cksum, SHA256_HEX_SIZE);
}

bool pkg_scan_sha(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree, const char *path)
{
	const struct pkg_tree_file *f = pkg_tree_find(tree, path);

	if (f == NULL)
		return false;
	sha256_hex(out, f->sha256);
	return true;
}

/* A lock of the reference has digests of manifest and modules only. */
static bool is_as_locked(const struct pkg_tree *tree, const struct pkg_lock_entry *e)
{
	char sha[SHA256_HEX_SIZE];

	if (!pkg_scan_sha(sha, tree, PKG_PACKAGE_NAME) || strcmp(sha, e->manifest_sha256) != 0)
		return false;
	for (uint32_t i = 0; i < e->module_count; i++) {
		AUTO_FREE char *path = module_path(e->module_root, str_c(e->modules[i].id));

		if (path == NULL || !pkg_scan_sha(sha, tree, path) ||
		    strcmp(sha, e->modules[i].sha256) != 0)
			return false;
	}
	return true;
}

static void judge(struct pkg_item *item, struct pkg_tree_job *job)
{
	char sha[SHA256_HEX_SIZE];

	if (job->rc < 0)
		return;
	pkg_tree_digest(sha, &job->tree);
	if (item->tree_sha[0] != '\0')
		item->present = strcmp(sha, item->tree_sha) == 0;
	else
		item->present = item->old != NULL && is_as_locked(&job->tree, item->old);
	if (item->present && item->old != NULL)
		item->present = is_as_locked(&job->tree, item->old);
	if (!item->present) {
		pkg_tree_clear(&job->tree);
		return;
	}
	memcpy(item->tree_sha, sha, sizeof(sha));
	pkg_item_take_tree(item, &job->tree);
}

/* Absent, a file, or a link that is not followed. */
static bool is_no_folder(const struct err *err)
{
	return err->code == ERR_NOT_FOUND || err->sys_errno == ENOTDIR || err->sys_errno == EXDEV ||
	       err->sys_errno == ELOOP;
}

/*
 * Any folder of the user's: what a build can read of it, so that the lock can say. A manifest that
 * cannot be read is told by who reads it (install.c).
 */
int pkg_scan_local(struct pkg_item *item, const struct pkg_project *project, struct err *err)
{
	CLEANUP(pkg_meta_clear) struct pkg_meta meta = {0};
	struct pkg_tree tree = {0};
	struct err inner = {0};
	AUTO_CLOSE int fd = -1;
	int rc;

	if (pkg_project_open_dir(&fd, project, item->path, &inner) < 0 ||
	    pkg_meta_read(&meta, fd, item->name, &inner) < 0)
		return 0;
	rc = pkg_tree_scan_sources(&tree, fd, meta.p.module_root, &inner);
	if (rc < 0)
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(LOCAL_FILES),
		    "package %s@%s: %s/%s: the lock pins every file that a build reads: regular "
		    "files in folders",
		    item->name, item->version, item->path, inner.message);
	pkg_tree_digest(item->tree_sha, &tree);
	pkg_item_take_tree(item, &tree);
	return 0;
}

/* Open what is to be read of one package; @return 1 when it is there, 0 when it is not. */
static int open_installed(struct pkg_tree_job *job, const struct pkg_item *item,
    const struct pkg_project *project, struct err *err)
{
	struct err inner = {0};
	int rc = pkg_project_open_dir(&job->dirfd, project, item->path, &inner);

	if (rc == 0)
		return 1;
	if (is_no_folder(&inner))
		return 0; /* nothing, or something else that makes room (link.c) */
	return err_code(err, ERR_PKG, PKG_CODE(IO), "package %s: %s", item->name, inner.message);
}

static int scan_batch(
    struct pkg_item *items, uint32_t count, const struct pkg_project *project, struct err *err)
{
	AUTO_FREE struct pkg_tree_job *jobs = base_calloc((size_t)count + 1, sizeof(*jobs));
	AUTO_FREE struct pkg_item **which = base_calloc((size_t)count + 1, sizeof(*which));
	uint32_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; rc >= 0 && i < count; i++) {
		if (items[i].local)
			continue;
		expect(&items[i]);
		jobs[n].dirfd = -1;
		rc = open_installed(&jobs[n], &items[i], project, err);
		if (rc > 0)
			which[n++] = &items[i];
	}
	if (rc >= 0)
		pkg_tree_scan_all(jobs, n);
	for (uint32_t k = 0; k < n; k++) {
		if (rc >= 0)
			judge(which[k], &jobs[k]);
		base_close_fd(&jobs[k].dirfd);
	}
	return rc < 0 ? rc : 0;
}

int pkg_scan(
    struct pkg_item *items, uint32_t count, const struct pkg_project *project, struct err *err)
{
	for (uint32_t i = 0; i < count; i += PKG_SCAN_BATCH) {
		uint32_t n = count - i > PKG_SCAN_BATCH ? PKG_SCAN_BATCH : count - i;
		int rc = scan_batch(items + i, n, project, err);

		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < count; i++) {
		int rc = items[i].local ? pkg_scan_local(&items[i], project, err) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

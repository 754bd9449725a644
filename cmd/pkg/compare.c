/* SPDX-License-Identifier: MIT */
/* Whether what is installed, or lies in the user's folders, is what was locked: file by file, then
 * whole. */
#include "cmd/pkg/compare.h"

#include "cmd/pkg/scan.h"

#include "base/module_path.h"
#include "pkg/codes.h"

#include <string.h>

static int item_file_sha(char out[SHA256_HEX_SIZE], const struct pkg_project *project,
    const struct pkg_item *item, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int rc;

	if (item->has_tree) {
		if (pkg_scan_sha(out, &item->tree, path))
			return 0;
		return err_set(err, ERR_NOT_FOUND, "%s", path);
	}
	rc = pkg_project_open_dir(&fd, project, item->path, err);
	return rc < 0 ? rc : pkg_meta_file_sha(out, fd, path, err);
}

static int compare_file(const struct pkg_project *project, const struct pkg_item *item,
    const char *path, const char *want, struct err *err)
{
	char sha[SHA256_HEX_SIZE];
	struct err inner = {0};
	int rc = item_file_sha(sha, project, item, path, &inner);

	if (rc == 0 && strcmp(sha, want) == 0)
		return 0;
	if (rc < 0)
		return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
		    "package %s@%s: %s: %s; `x07 pkg sync` installs what is locked", item->name,
		    item->version, path, inner.message);
	return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
	    "package %s@%s: %s is not what was locked: expected sha256 %s, got %s%s%s%s",
	    item->name, item->version, path, want, sha, item->local ? "; `x07 pkg update " : "",
	    item->local ? item->name : "", item->local ? "` locks it as it is" : "");
}

/* All files together: what is left when manifest and modules are right. */
static int compare_tree(const struct pkg_item *item, struct err *err)
{
	const char *want = item->old->tree_sha256;
	const char *got = item->has_tree ? item->tree_sha : "none: it cannot be read";

	if (want == NULL || strcmp(want, got) == 0)
		return 0;
	if (!item->local)
		return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
		    "package %s@%s is not what was locked: expected tree %s, got %s", item->name,
		    item->version, want, got);
	return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
	    "package %s@%s: a file below %s/ffi changed, came or went, or a module that the "
	    "manifest "
	    "does not list: expected tree %s, got %s; `x07 pkg update %s` locks it as it is",
	    item->name, item->version, item->path, want, got, item->name);
}

static int compare_item(
    const struct pkg_project *project, const struct pkg_item *item, struct err *err)
{
	const struct pkg_lock_entry *e = item->old;
	int rc = 0;

	if (!item->local && !item->present)
		return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
		    "package %s@%s: %s is missing or is not what was locked%s%s; `x07 pkg sync` "
		    "installs it",
		    item->name, item->version, item->path,
		    e->tree_sha256 != NULL ? ": expected tree " : "",
		    e->tree_sha256 != NULL ? e->tree_sha256 : "");
	rc = compare_file(project, item, PKG_PACKAGE_NAME, e->manifest_sha256, err);
	for (uint32_t i = 0; rc == 0 && i < e->module_count; i++) {
		AUTO_FREE char *path = module_path(e->module_root, str_c(e->modules[i].id));

		rc = path == NULL ? err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
					"package %s: bad module id in the lock", item->name)
				  : compare_file(project, item, path, e->modules[i].sha256, err);
	}
	return rc < 0 ? rc : compare_tree(item, err);
}

int pkg_compare_lock(
    const struct pkg_items *items, const struct pkg_project *project, struct err *err)
{
	for (uint32_t i = 0; i < items->count; i++) {
		const struct pkg_item *item = &items->list[i];
		int rc = item->old != NULL ? compare_item(project, item, err) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

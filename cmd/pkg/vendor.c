/* SPDX-License-Identifier: MIT */
/*
 * The locked packages become files of the project, in a folder that is committed. They are
 * installed and compared with the lock as ever, copied, hashed again, put in place, and then
 * x07.json and the lock name the new folders, together. Source: docs/cmd/pkg-vendor.md.
 */
#include "cmd/pkg/vendor.h"

#include "base/path.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg/prune.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg/write.h"
#include "pkg/codes.h"
#include "pkg/tree_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGE PKG_TXN_TMP "/link_vendor" /* what begins with link_ is swept when a process died */
#define COPY_BYTES 65536

struct vendoring {
	const struct pkg_task *task;
	struct pkg_items *items;
	const char *folder; /* below the project */
	const char **paths; /* owned array: where each item goes; NULL: it stays where it is */
	bool *staged;       /* owned array: a copy waits below STAGE */
	int stage_fd;       /* owned; -1: nothing had to be copied */
};

static void vendoring_clear(struct vendoring *v)
{
	base_free_ptr(&v->paths);
	base_free_ptr(&v->staged);
	base_close_fd(&v->stage_fd);
}

static int failed(struct err *err, const char *what, const struct err *why)
{
	return err_code(err, ERR_PKG, PKG_CODE(IO), "%s: %s", what, why->message);
}

/* ---- where to ---- */

static int check_folder(const char *folder, struct err *err)
{
	if (!path_is_safe_relative(folder) || folder[0] == '.' || strlen(folder) > 512 ||
	    folder[0] == '$')
		return err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID),
		    "folder \"%s\": a folder of the project is wanted, as `vendor` or "
		    "`third_party/x07`; no '..', nothing that begins with '.'",
		    folder);
	return 0;
}

/* A patch with a path decides at the next lock, whatever the dependency says. */
static int check_patch(
    const struct pkg_project *project, const struct pkg_item *item, struct err *err)
{
	const struct json *patch = pkg_project_patch(project, item->name);

	if (patch == NULL || json_get(patch, "path") == NULL)
		return 0;
	return err_code(err, ERR_PKG, PKG_ENGINE_CODE(VENDOR_PATCHED),
	    "package %s: `patch` in x07.json says where it is, %s; remove that \"path\"",
	    item->name, item->path);
}

static int choose_paths(struct vendoring *v, struct err *err)
{
	const struct pkg_items *items = v->items;

	v->paths = base_calloc((size_t)items->count + 1, sizeof(*v->paths));
	v->staged = base_calloc((size_t)items->count + 1, sizeof(*v->staged));
	for (uint32_t i = 0; i < items->count; i++) {
		const struct pkg_item *item = &items->list[i];
		int rc;

		if (item->local)
			continue;
		rc = check_patch(v->task->project, item, err);
		if (rc < 0)
			return rc;
		v->paths[i] =
		    arena_printf(v->task->arena, "%s/%s/%s", v->folder, item->name, item->version);
	}
	return 0;
}

/* ---- copies ---- */

static int copy_bytes(int to, int from, const char *path, struct err *err)
{
	AUTO_FREE char *room = base_alloc(COPY_BYTES);

	for (;;) {
		ssize_t n = read(from, room, COPY_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "%s", path);
		if (n == 0)
			return 0;
		for (ssize_t at = 0; at < n;) {
			ssize_t put = write(to, room + at, (size_t)(n - at));

			if (put < 0 && errno != EINTR)
				return err_sys(err, ERR_IO, "copy of %s", path);
			at += put > 0 ? put : 0;
		}
	}
}

static int copy_file(int to_dir, int from_dir, const char *path, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(path);
	AUTO_CLOSE int parent = -1;
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	int rc = path_open_beneath(
	    &from, from_dir, path, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS, err);

	if (rc == 0)
		rc = path_mkdirs_beneath(&parent, to_dir, dir, err);
	if (rc == 0)
		rc = path_open_beneath(
		    &to, to_dir, path, O_WRONLY | O_CREAT | O_EXCL, RESOLVE_NO_SYMLINKS, err);
	return rc < 0 ? rc : copy_bytes(to, from, path, err);
}

/* The copy is hashed, so that what is committed is what was locked. */
static int check_copy(const struct pkg_item *item, int fd, struct err *err)
{
	struct pkg_tree tree = {0};
	char sha[SHA256_HEX_SIZE];
	int rc = pkg_tree_scan(&tree, fd, err);

	if (rc < 0)
		return rc;
	pkg_tree_digest(sha, &tree);
	pkg_tree_clear(&tree);
	if (strcmp(sha, item->tree_sha) != 0)
		return err_set(err, ERR_IO, "the files change meanwhile");
	return 0;
}

static int stage(struct vendoring *v, uint32_t i, struct err *err)
{
	const struct pkg_item *item = &v->items->list[i];
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	char name[16];
	int rc = pkg_project_open_dir(&from, v->task->project, item->path, err);

	(void)snprintf(name, sizeof(name), "%u", i);
	if (rc == 0)
		rc = path_mkdirs_beneath(&to, v->stage_fd, name, err);
	for (uint32_t k = 0; rc == 0 && k < item->tree.count; k++)
		rc = copy_file(to, from, item->tree.files[k].path, err);
	v->staged[i] = rc == 0;
	return rc < 0 ? rc : check_copy(item, to, err);
}

/* @return 1 when the folder is there and right. */
static int look(const struct vendoring *v, uint32_t i, struct err *err)
{
	const struct pkg_item *item = &v->items->list[i];
	struct pkg_tree tree = {0};
	AUTO_CLOSE int fd = -1;
	char sha[SHA256_HEX_SIZE] = "";
	struct err inner = {0};
	int rc = path_open_beneath(&fd, v->task->project->root_fd, v->paths[i],
	    O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS, &inner);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = pkg_tree_scan(&tree, fd, &inner);
	if (rc < 0)
		return failed(err, v->paths[i], &inner);
	pkg_tree_digest(sha, &tree);
	pkg_tree_clear(&tree);
	if (strcmp(sha, item->tree_sha) == 0)
		return 1;
	return err_code(err, ERR_PKG, PKG_ENGINE_CODE(VENDOR_EXISTS),
	    "%s is there and is not %s@%s as locked: expected tree %s, got %s; remove it, or name "
	    "another folder",
	    v->paths[i], item->name, item->version, item->tree_sha, sha);
}

static int stage_missing(struct vendoring *v, uint32_t i, struct err *err)
{
	struct err inner = {0};
	int rc = look(v, i, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (v->stage_fd < 0)
		rc = path_mkdirs_beneath(&v->stage_fd, v->task->project->root_fd, STAGE, &inner);
	if (rc == 0)
		rc = stage(v, i, &inner);
	return rc < 0 ? failed(err, v->items->list[i].name, &inner) : 0;
}

static int stage_all(struct vendoring *v, struct err *err)
{
	for (uint32_t i = 0; i < v->items->count; i++) {
		int rc = v->paths[i] != NULL ? stage_missing(v, i, err) : 0;

		if (rc < 0)
			return rc;
	}
	if (v->stage_fd >= 0 && syncfs(v->stage_fd) < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "copies: %s", strerror(errno));
	return 0;
}

static int place(struct vendoring *v, uint32_t i, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(v->paths[i]);
	AUTO_CLOSE int parent = -1;
	struct err inner = {0};
	char name[16];
	int rc = path_mkdirs_beneath(&parent, v->task->project->root_fd, dir, &inner);

	if (rc < 0)
		return failed(err, v->paths[i], &inner);
	(void)snprintf(name, sizeof(name), "%u", i);
	if (renameat(v->stage_fd, name, parent, path_basename(v->paths[i])) < 0 ||
	    fsync(parent) < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "%s: %s", v->paths[i], strerror(errno));
	return 0;
}

/* The copy is the package from now on. */
static int adopt(struct vendoring *v, uint32_t i, struct err *err)
{
	struct pkg_item *item = &v->items->list[i];

	item->path = v->paths[i];
	item->local = true;
	return pkg_scan_local(item, v->task->project, err);
}

/* Until x07.json changes, the copies are files that nobody looks at; the next try finds them. */
static int place_all(struct vendoring *v, struct err *err)
{
	for (uint32_t i = 0; i < v->items->count; i++) {
		int rc = v->staged[i] ? place(v, i, err) : 0;

		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < v->items->count; i++) {
		int rc = v->paths[i] != NULL ? adopt(v, i, err) : 0;

		if (rc < 0)
			return rc;
	}
	return pkg_write_both(v->task, v->items, err);
}

static int vendor(struct vendoring *v, struct err *err)
{
	struct pkg_project *project = v->task->project;
	int rc = choose_paths(v, err);

	if (rc == 0)
		rc = pkg_locked_install(v->items, project, v->task->supply, err);
	if (rc == 0)
		rc = stage_all(v, err);
	if (rc == 0)
		rc = place_all(v, err);
	if (rc == 0)
		pkg_prune(project, v->items);
	if (v->stage_fd >= 0)
		pkg_prune_leftovers(project);
	return rc;
}

int pkg_vendor(bool **moved, struct pkg_items *items, const struct pkg_task *task,
    const char *folder, struct err *err)
{
	CLEANUP(vendoring_clear)
	struct vendoring v = {.task = task, .items = items, .folder = folder, .stage_fd = -1};
	int rc = check_folder(folder, err);

	if (rc == 0)
		rc = pkg_locked_require(task->project, err);
	if (rc < 0)
		return rc;
	pkg_items_from_lock(items, task->project);
	rc = vendor(&v, err);
	if (rc < 0)
		return rc;
	*moved = base_calloc((size_t)items->count + 1, sizeof(**moved));
	for (uint32_t i = 0; i < items->count; i++)
		(*moved)[i] = v.paths[i] != NULL;
	return 0;
}

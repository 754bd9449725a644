/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg vendor`: the locked packages become files of the project, in a folder that is committed.
 * They are installed and compared with the lock as ever, copied, hashed again, put in place, and
 * then x07.json and the lock name the new folders, together. Source: docs/cmd/pkg-vendor.md.
 */
#include "base/file.h"
#include "base/path.h"
#include "cmd/cmd_pkg_lock.h"
#include "pkg/tree_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEFAULT "vendor"
#define STAGE PKG_TXN_TMP "/link_vendor" /* what begins with link_ is swept when a process died */
#define COPY_BYTES 65536

struct vendoring {
	struct pkg_work *w;
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

static int fault(struct err *err, const char *what, const struct err *why)
{
	return err_user(err, ERR_PKG, "X07PKG_IO", "%s: %s", what, why->message);
}

/* ---- where to ---- */

static int check_folder(const char *folder, struct err *err)
{
	if (!path_is_safe_relative(folder) || folder[0] == '.' || strlen(folder) > 512 ||
	    folder[0] == '$')
		return err_user(err, ERR_PKG, "X07PKG_SPEC_INVALID",
		    "folder \"%s\": a folder of the project is wanted, as `vendor` or "
		    "`third_party/x07`; no '..', nothing that begins with '.'",
		    folder);
	return 0;
}

/* A patch with a path decides at the next lock, whatever the dependency says. */
static int check_patch(const struct pkg_work *w, const struct pkg_item *item, struct err *err)
{
	const struct json *patch = json_get(json_get(w->project.m.document, "patch"), item->name);

	if (patch == NULL || json_get(patch, "path") == NULL)
		return 0;
	return err_user(err, ERR_PKG, "X07PKG_VENDOR_PATCHED",
	    "package %s: `patch` in x07.json says where it is, %s; remove that \"path\"",
	    item->name, item->path);
}

static int choose_paths(struct vendoring *v, struct err *err)
{
	struct pkg_work *w = v->w;
	int rc = 0;

	v->paths = base_calloc(w->count + 1, sizeof(*v->paths));
	v->staged = base_calloc(w->count + 1, sizeof(*v->staged));
	for (uint32_t i = 0; rc == 0 && i < w->count; i++) {
		const struct pkg_item *item = &w->items[i];

		if (item->local)
			continue;
		rc = check_patch(w, item, err);
		v->paths[i] =
		    arena_printf(&w->arena, "%s/%s/%s", v->folder, item->name, item->version);
	}
	return rc;
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
	const struct pkg_item *item = &v->w->items[i];
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	char name[16];
	int rc = pkg_project_open_dir(&from, &v->w->project, item->path, err);

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
	const struct pkg_item *item = &v->w->items[i];
	struct pkg_tree tree = {0};
	AUTO_CLOSE int fd = -1;
	char sha[SHA256_HEX_SIZE] = "";
	struct err inner = {0};
	int rc = path_open_beneath(&fd, v->w->project.root_fd, v->paths[i], O_RDONLY | O_DIRECTORY,
	    RESOLVE_NO_SYMLINKS, &inner);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = pkg_tree_scan(&tree, fd, &inner);
	if (rc < 0)
		return fault(err, v->paths[i], &inner);
	pkg_tree_digest(sha, &tree);
	pkg_tree_clear(&tree);
	if (strcmp(sha, item->tree_sha) == 0)
		return 1;
	return err_user(err, ERR_PKG, "X07PKG_VENDOR_EXISTS",
	    "%s is there and is not %s@%s as locked: expected tree %s, got %s; remove it, or name "
	    "another folder",
	    v->paths[i], item->name, item->version, item->tree_sha, sha);
}

static int stage_all(struct vendoring *v, struct err *err)
{
	struct pkg_work *w = v->w;
	struct err inner = {0};

	for (uint32_t i = 0; i < w->count; i++) {
		int rc = v->paths[i] != NULL ? look(v, i, err) : 1;

		if (rc < 0)
			return rc;
		if (rc > 0)
			continue;
		if (v->stage_fd < 0)
			rc = path_mkdirs_beneath(&v->stage_fd, w->project.root_fd, STAGE, &inner);
		if (rc == 0)
			rc = stage(v, i, &inner);
		if (rc < 0)
			return fault(err, w->items[i].name, &inner);
	}
	if (v->stage_fd >= 0 && syncfs(v->stage_fd) < 0)
		return err_user(err, ERR_PKG, "X07PKG_IO", "copies: %s", strerror(errno));
	return 0;
}

static int place(struct vendoring *v, uint32_t i, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(v->paths[i]);
	AUTO_CLOSE int parent = -1;
	struct err inner = {0};
	char name[16];
	int rc = path_mkdirs_beneath(&parent, v->w->project.root_fd, dir, &inner);

	if (rc < 0)
		return fault(err, v->paths[i], &inner);
	(void)snprintf(name, sizeof(name), "%u", i);
	if (renameat(v->stage_fd, name, parent, path_basename(v->paths[i])) < 0 ||
	    fsync(parent) < 0)
		return err_user(err, ERR_PKG, "X07PKG_IO", "%s: %s", v->paths[i], strerror(errno));
	return 0;
}

/* Until x07.json changes, the copies are files that nobody looks at; the next try finds them. */
static int place_all(struct vendoring *v, struct err *err)
{
	struct pkg_work *w = v->w;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->count; i++) {
		if (v->staged[i])
			rc = place(v, i, err);
	}
	for (uint32_t i = 0; rc == 0 && i < w->count; i++) {
		if (v->paths[i] == NULL)
			continue;
		w->items[i].path = v->paths[i];
		w->items[i].local = true;
		rc = pkg_item_scan_local(&w->items[i], w, err);
	}
	return rc < 0 ? rc : pkg_write_both(w, true, err);
}

/* ---- the command ---- */

static int vendor(struct vendoring *v, struct err *err)
{
	struct pkg_work *w = v->w;
	int rc = check_folder(v->folder, err);

	if (rc == 0)
		rc = pkg_require_lock(w, err);
	if (rc < 0)
		return rc;
	pkg_items_from_lock(w);
	rc = choose_paths(v, err);
	if (rc == 0)
		rc = pkg_install_locked(w, err);
	if (rc == 0)
		rc = stage_all(v, err);
	if (rc == 0)
		rc = place_all(v, err);
	if (rc == 0)
		pkg_prune(w);
	if (v->stage_fd >= 0)
		pkg_sweep(w);
	return rc;
}

static void report(struct vendoring *v)
{
	struct pkg_work *w = v->w;
	struct jsonw *j = &w->report.w;
	uint32_t n = 0;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "project", w->project.m.path);
	jsonw_kv_string(j, "lockfile", pkg_project_lock_name(&w->project));
	jsonw_kv_string(j, "folder", v->folder);
	jsonw_key(j, "vendored");
	jsonw_array(j);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct pkg_item *item = &w->items[i];

		if (v->paths[i] == NULL)
			continue;
		jsonw_object(j);
		jsonw_kv_string(j, "name", item->name);
		jsonw_kv_string(j, "version", item->version);
		jsonw_kv_string(j, "path", item->path);
		jsonw_kv_string(j, "tree_sha256", item->tree_sha);
		jsonw_end_object(j);
		n++;
	}
	jsonw_end_array(j);
	pkg_report_close(&w->report);
	if (n == 0 && w->count > 0) {
		if (!w->o->quiet)
			print_note(w->call,
			    "nothing to copy: all packages are in folders of the project already, "
			    "as "
			    "%s@%s in %s",
			    w->items[0].name, w->items[0].version, w->items[0].path);
		return;
	}
	buf_printf(&w->report.text, "%u package%s now in %s/: commit it with x07.json and %s\n", n,
	    n == 1 ? " is" : "s are", v->folder, pkg_project_lock_name(&w->project));
}

int cmd_pkg_vendor(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	CLEANUP(vendoring_clear) struct vendoring v = {.w = &w, .stage_fd = -1};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, true, PKG_TXN_WRITE, &err);

	v.folder = call->args.operand_count > 0 ? call->args.operands[0] : FOLDER_DEFAULT;
	if (rc == 0)
		rc = vendor(&v, &err);
	if (rc == 0)
		report(&v);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/* Finding, taking and reading a project. Source: docs/format/project.md, docs/format/lock.md. */
#include "cmd/pkg/project.h"

#include "base/file.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/discover.h"
#include "pkg/lock_verify.h"
#include "pkg/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

const char *pkg_project_manifest_name(const struct pkg_project *p)
{
	return path_basename(p->m.path);
}

const char *pkg_project_lock_name(const struct pkg_project *p)
{
	return p->m.lockfile != NULL ? p->m.lockfile : PKG_LOCK_DEFAULT_NAME;
}

const struct pkg_dependency *pkg_project_dependency(const struct pkg_project *p, const char *name)
{
	for (uint32_t i = 0; i < p->m.dependency_count; i++) {
		if (strcmp(p->m.dependencies[i].name, name) == 0)
			return &p->m.dependencies[i];
	}
	return NULL;
}

const struct pkg_lock_entry *pkg_project_locked(const struct pkg_project *p, const char *name)
{
	for (uint32_t i = 0; p->has_lock && i < p->lock.count; i++) {
		if (strcmp(p->lock.entries[i].name, name) == 0)
			return &p->lock.entries[i];
	}
	return NULL;
}

const struct json *pkg_project_patch(const struct pkg_project *p, const char *name)
{
	return p->has_manifest ? json_get(json_get(p->m.document, "patch"), name) : NULL;
}

bool pkg_project_lock_fits(const struct pkg_project *p, struct err *err)
{
	return p->has_lock && pkg_lock_verify(&p->lock, &p->m, err) == 0;
}

static int find_manifest(char **out, const char *where, struct err *err)
{
	AUTO_FREE char *absolute = NULL;
	int rc;

	if (where == NULL) {
		rc = pkg_manifest_discover(out, ".", err);
		if (rc < 0 && err->what == NULL)
			err->what = PKG_CODE(PROJECT_READ);
		return rc;
	}
	rc = path_absolute(&absolute, where, err);
	if (rc < 0)
		return rc;
	if (file_is_directory(absolute))
		*out = path_join(absolute, "x07.json");
	else
		*out = TAKE(absolute);
	return 0;
}

static void on_waiting(void *ctx, const char *holder)
{
	const struct pkg_project *p = ctx;

	notes_say(p->notes, "waiting: %s has this project", holder);
}

static int take(
    struct pkg_project *p, const struct pkg_project_options *o, const char *root, struct err *err)
{
	const struct pkg_txn_options options = {.root = root,
	    .command = o->command,
	    .mode = o->mode,
	    .wait_ms = o->wait_ms,
	    .waiting = on_waiting,
	    .ctx = p};

	return pkg_txn_begin(&p->txn, &options, err);
}

static int read_manifest(struct pkg_project *p, const char *path, struct err *err)
{
	struct err inner = {0};
	int rc;

	p->text = buf_init(PKG_MANIFEST_MAX_BYTES);
	rc = file_read(&p->text, path, &inner);
	if (rc < 0)
		return err_code(err, rc, PKG_CODE(PROJECT_READ), "project: %s", inner.message);
	rc = pkg_manifest_parse(&p->m, buf_str(&p->text), p->text.len, path, &p->diags, err);
	p->has_manifest = rc == 0;
	return rc;
}

static int read_lock(struct pkg_project *p, struct err *err)
{
	AUTO_FREE char *path = pkg_lock_path(&p->m);
	int rc = pkg_lock_load(&p->lock, path, &p->diags, err);

	p->has_lock = rc == 0;
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

int pkg_project_open(
    struct pkg_project *out, const struct pkg_project_options *options, struct err *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *root = NULL;
	int rc = find_manifest(&path, options->path, err);

	*out = (struct pkg_project){.root_fd = -1, .notes = options->notes};
	if (rc < 0)
		return rc;
	root = path_dirname(path);
	if (!file_is_directory(root) || !file_is_regular(path))
		return err_code(
		    err, ERR_NOT_FOUND, PKG_CODE(PROJECT_READ), "project: no file %s", path);
	rc = take(out, options, root, err);
	if (rc < 0)
		return rc;
	out->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->root_fd < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "%s: %s", root, strerror(errno));
	rc = read_manifest(out, path, err);
	return rc < 0 ? rc : read_lock(out, err);
}

int pkg_project_open_dir(int *out, const struct pkg_project *p, const char *path, struct err *err)
{
	AUTO_CLOSE int base = -1;
	const char *rest = NULL;
	int rc;

	if (!pkg_path_is_workspace(path))
		return path_open_beneath(out, p->root_fd, path, O_RDONLY | O_DIRECTORY, 0, err);
	rc = pkg_place_base(&base, &rest, p->m.root, path, err);
	return rc < 0 ? rc : path_open_beneath(out, base, rest, O_RDONLY | O_DIRECTORY, 0, err);
}

void pkg_project_clear(struct pkg_project *p)
{
	if (p->has_manifest)
		pkg_manifest_clear(&p->m);
	if (p->has_lock)
		pkg_lock_clear(&p->lock);
	buf_clear(&p->text);
	diag_list_clear(&p->diags);
	base_close_fd(&p->root_fd);
	pkg_txn_end(p->txn);
	*p = (struct pkg_project){.root_fd = -1};
}

/* SPDX-License-Identifier: MIT */
/*
 * The folder that relative roots of a policy belong to, which is the program's working folder too;
 * and the roots at their places. One rule for `x07 run`, `x07-os-runner`, `policy observe`,
 * `explain`, `check` and `show`, so that none says something else than another.
 * Source: docs/decisions/design.md 2 row 12; docs/cmd/run.md, "Folders".
 */
#include "cmd/run/run.h"

#include "base/path.h"
#include "pkg/discover.h"
#include "sandbox/roots.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int run_folder_find(char **out, const char *root_option, bool own_policy, const char *manifest_root,
    struct err *err)
{
	AUTO_FREE char *real = NULL;
	struct stat st;

	*out = NULL;
	if (root_option == NULL) {
		*out = manifest_root != NULL ? base_strdup(manifest_root) : NULL;
		return 0;
	}
	if (!own_policy)
		return err_set(err, ERR_USAGE,
		    "--root is for --policy FILE: the roots of a profile's policy belong to the "
		    "folder of its x07.json");
	real = realpath(root_option, NULL);
	if (real == NULL)
		return err_sys(
		    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "--root %s", root_option);
	if (stat(real, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "--root %s is no folder", root_option);
	*out = TAKE(real);
	return 0;
}

int run_folder_look(char **out, const char *project, const char *program, struct err *err)
{
	AUTO_FREE char *near = NULL;
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *manifest = NULL;
	struct err none = {0};
	struct stat st;
	int rc = path_absolute(
	    &near, project != NULL ? project : (program != NULL ? program : "."), err);

	*out = NULL;
	if (rc < 0)
		return rc;
	if (project != NULL && stat(near, &st) < 0)
		return err_sys(err, ERR_NOT_FOUND, "--project %s", project);
	if (project != NULL) {
		*out = S_ISDIR(st.st_mode) ? TAKE(near) : path_dirname(near);
		return 0;
	}
	dir = program != NULL ? path_dirname(near) : TAKE(near);
	if (pkg_manifest_discover(&manifest, dir, &none) == 0) {
		AUTO_FREE char *folder = path_dirname(manifest);

		return path_absolute(out, folder, err);
	}
	return 0;
}

static const char *first_relative(const struct policy_list *roots)
{
	for (uint32_t i = 0; i < roots->count; i++) {
		if (roots->items[i][0] != '/')
			return roots->items[i];
	}
	return NULL;
}

int run_folder_check(const struct policy *p, const char *path, const char *folder, struct err *err)
{
	const char *root = first_relative(&p->fs.read_roots);

	if (root == NULL)
		root = first_relative(&p->fs.write_roots);
	if (folder != NULL || root == NULL || !p->fs.enabled)
		return 0;
	return err_set(err, ERR_POLICY,
	    "policy %s: the root '%s' is relative, and there is no x07.json above the program that "
	    "it could belong to; name the folder with --root DIR",
	    path, root);
}

/* ---- roots ---- */

static struct sandbox_root *find_root(struct run_facts *f, const char *path)
{
	for (size_t i = 0; i < f->root_count; i++) {
		if (strcmp(f->roots[i].path, path) == 0)
			return &f->roots[i];
	}
	return NULL;
}

/* The same folder as read and write root is one writable root. */
static int add_root(struct run_facts *f, const struct policy_fs *fs, const char *cwd,
    const char *text, bool writable, struct err *err)
{
	AUTO_FREE char *joined = path_join(cwd != NULL ? cwd : "", text);
	AUTO_FREE char *path = NULL;
	struct sandbox_root *root;
	int rc;

	if (joined[0] != '/') /* nobody knows where it is */
		return 0;
	rc = path_absolute(&path, joined, err);
	if (rc < 0)
		return rc;
	root = find_root(f, path);
	if (root == NULL) {
		root = &f->roots[f->root_count];
		/* Read roots come first: a path that is both stays readable. */
		*root = (struct sandbox_root){.path = TAKE(path), .write_only = writable};
		f->root_texts[f->root_count++] = text;
	}
	if (writable) {
		root->writable = true;
		root->mkdir = fs->allow_mkdir;
		root->remove = fs->allow_remove;
		root->rename = fs->allow_rename;
	}
	return 0;
}

int run_roots_make(
    struct run_facts *f, const struct policy_fs *fs, const char *cwd, struct err *err)
{
	size_t count = (size_t)fs->read_roots.count + fs->write_roots.count;
	int rc = 0;

	if (!fs->enabled || count == 0)
		return 0;
	if (count > SANDBOX_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d roots", SANDBOX_ROOTS_MAX);
	f->roots = base_calloc(count, sizeof(*f->roots));
	f->root_texts = base_calloc(count, sizeof(*f->root_texts));
	for (uint32_t i = 0; rc == 0 && i < fs->read_roots.count; i++)
		rc = add_root(f, fs, cwd, fs->read_roots.items[i], false, err);
	for (uint32_t i = 0; rc == 0 && i < fs->write_roots.count; i++)
		rc = add_root(f, fs, cwd, fs->write_roots.items[i], true, err);
	return rc;
}

void run_roots_clear(struct run_facts *f)
{
	for (size_t i = 0; i < f->root_count; i++)
		base_free_ptr(&f->roots[i].path);
	base_free_ptr(&f->roots);
	base_free_ptr(&f->root_texts);
	f->root_count = 0;
}

int run_roots_check(const struct policy *p, const char *folder, struct err *err)
{
	CLEANUP(run_roots_clear) struct run_facts facts = {0};
	struct sandbox_plan plan = {
	    .backend = SANDBOX_BACKEND_OS, .cwd = folder != NULL ? folder : "/"};
	int rc = run_roots_make(&facts, &p->fs, folder, err);

	if (rc < 0)
		return rc;
	plan.roots = facts.roots;
	plan.root_count = facts.root_count;
	return sandbox_roots_check(&plan, err);
}

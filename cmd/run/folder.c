/* SPDX-License-Identifier: MIT */
/*
 * The folder that relative roots of a policy belong to, which is the program's working folder too.
 * One rule for `x07 run`, `x07-os-runner`, `policy observe`, `explain`, `check` and `show`, so that
 * none says something else than another.
 * Source: docs/cmd/run.md, "Folders".
 */
#include "cmd/run/folder.h"

#include "base/path.h"
#include "pkg/discover.h"

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

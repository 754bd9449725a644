/* SPDX-License-Identifier: MIT */
/*
 * Where the paths of a manifest lead: below the project, or with `$workspace` below the workspace,
 * which is what X07_WORKSPACE_ROOT names, else the nearest folder above with a `.git`.
 * Source: docs/spec/packages.md 2; docs/format/workspace.md.
 */
#ifndef PKG_PLACE_H
#define PKG_PLACE_H

#include "base/err.h"

#include <stdbool.h>

#define PKG_VENDORED ".x07/deps/" /* where x07 installs packages */

/** Whether the path is `$workspace` or begins with `$workspace/`. */
bool pkg_path_is_workspace(const char *path);
/** Whether x07 itself fills this path: `.x07/deps/..`, in the project or in the workspace. */
bool pkg_path_is_vendored(const char *path);

/**
 * The folder of the workspace.
 *
 * @param out   absolute and without links, owned.
 * @param root  borrowed: the project's folder, absolute.
 * @return 0; ERR_LOCKED with X07PKG_WORKSPACE when there is none, or when X07_WORKSPACE_ROOT is
 *         empty or names none.
 */
MUST_CHECK int pkg_workspace_root(char **out, const char *root, struct err *err);

/**
 * Open where a path starts, and say what is left of it to be opened below.
 *
 * @param out   descriptor, owned.
 * @param rest  borrowed from @p path; "." when nothing is left.
 * @return 0; as pkg_workspace_root; ERR_IO.
 */
MUST_CHECK int pkg_place_base(
    int *out, const char **rest, const char *root, const char *path, struct err *err);

/**
 * The absolute path that is meant. One in the workspace that exists is returned without links; a
 * link that leads out of the workspace is refused.
 *
 * @param out  owned.
 * @return 0; as pkg_place_base.
 */
MUST_CHECK int pkg_place_path(char **out, const char *root, const char *path, struct err *err);

#endif

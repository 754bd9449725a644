/* SPDX-License-Identifier: MIT */
/* The file of a module: the one way from an id to a path, for compiler and package manager. */
#ifndef BASE_MODULE_PATH_H
#define BASE_MODULE_PATH_H

#include "base/arena.h"

/**
 * Path of the module `a.b.c`: `<root>/a/b/c.x07.json`.
 *
 * @param root  borrowed; "" gives the path below a root: `a/b/c.x07.json`.
 * @param id    borrowed; hostile.
 * @return owned; NULL when the id could lead elsewhere or names nothing: it is empty, has an empty
 *         part ("a..b", ".a", "a."), or holds `/`, `\` or NUL; or when the path is longer than 4
 * MiB.
 */
char *module_path(const char *root, struct str id);

#endif

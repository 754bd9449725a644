/* SPDX-License-Identifier: MIT */
/* Digests of trees, and what differs between two. */
#ifndef PKG_TREE_DIGEST_H
#define PKG_TREE_DIGEST_H

#include "pkg/tree.h"

/** A file by its path, whose "." segments do not count; NULL when it is not there. Borrowed. */
const struct pkg_tree_file *pkg_tree_find(const struct pkg_tree *tree, const char *path);

/** The tree digest as lower-case hexadecimal. */
void pkg_tree_digest(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree);

/**
 * Compare file by file.
 * @return 0, or ERR_FORMAT naming the first file that is missing, extra or different, with both
 *         digests.
 */
MUST_CHECK int pkg_tree_compare(
    const struct pkg_tree *want, const struct pkg_tree *got, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Is this the lock of this manifest and of these files? */
#ifndef PKG_LOCK_VERIFY_H
#define PKG_LOCK_VERIFY_H

#include "pkg/lock.h"

/**
 * Check that the lock lists exactly the dependencies of the manifest, name, version and path, and
 * that `patch` says nothing else.
 * @return 0, or ERR_LOCKED (X07PKG_LOCK_MISMATCH) naming the first package that differs.
 */
MUST_CHECK int pkg_lock_verify(
    const struct pkg_lock *lock, const struct pkg_manifest *m, struct err *err);

/**
 * Check that the files of each locked package are those of the lock: digests of x07-package.json
 * and of every listed module, and, where the lock has one, the tree digest: over all files of what
 * is installed below .x07/deps, over what a build reads (pkg_tree_scan_sources) of a local package.
 * @return 0; ERR_LOCKED (X07PKG_LOCK_MISMATCH) naming package, file, expected and found digest, or
 *         the file that is missing; ERR_IO, ERR_LIMIT; as pkg_place_path for a `$workspace` path.
 */
MUST_CHECK int pkg_lock_verify_files(
    const struct pkg_lock *lock, const struct pkg_manifest *m, struct err *err);

#endif

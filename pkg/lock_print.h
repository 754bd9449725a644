/* SPDX-License-Identifier: MIT */
/* The text of a lock file. */
#ifndef PKG_LOCK_PRINT_H
#define PKG_LOCK_PRINT_H

#include "base/buf.h"
#include "pkg/lock.h"

/**
 * The text of a lock file, in the one form there is: same lock, same bytes. Entries are written by
 * name, version, path and module root, modules by id, whatever their order in @p lock.
 *
 * @param out   appended to.
 * @param lock  borrowed; schema_version x07.lock@0.3.0 leaves toolchain and registry out, any other
 *              is written as @0.4.0. A missing compat is "current".
 */
void pkg_lock_print(struct buf *out, const struct pkg_lock *lock);

#endif

/* SPDX-License-Identifier: MIT */
/* Replacing locked packages that do not go with this compiler. */
#ifndef CMD_PKG_REPAIR_H
#define CMD_PKG_REPAIR_H

#include "cmd/pkg/choose.h"

/** What is to be replaced. Zero-initialise; pkg_repair_clear. Arrays of `count`. */
struct pkg_repair {
	struct pkg_need *wants; /* owned: name, and the versions that will do */
	const char **from;      /* owned: versions */
	bool *direct;           /* owned: x07.json wants it itself */
	uint32_t count;
	bool zero; /* one of them is 0.x */
};

/** Free the arrays. */
void pkg_repair_clear(struct pkg_repair *r);
/**
 * Find the locked packages that do not go with this compiler.
 *
 * @param out   zero; texts are borrowed from the lock and the arena of @p task.
 * @param task  its project has a lock.
 * @return 0; ERR_PKG with X07PKG_REPAIR_PATCHED_PATH_INCOMPATIBLE,
 *         X07PKG_REPAIR_NO_COMPATIBLE_VERSION or X07PKG_REPAIR_LOCAL_INCOMPATIBLE for one that only
 *         the user can replace; as pkg_install_read_one.
 */
MUST_CHECK int pkg_repair_find(
    struct pkg_repair *out, const struct pkg_task *task, struct err *err);
/**
 * Replace them.
 *
 * @param items     as pkg_choose.
 * @param conflict  as pkg_choose; written with X07PKG_REPAIR_NO_COMPATIBLE_VERSION.
 * @param repair    of pkg_repair_find; the wanted versions may be widened.
 * @param task      its project is held for writing.
 * @return as pkg_sync, X07PKG_REPAIR_NO_COMPATIBLE_VERSION in place of a conflict.
 */
MUST_CHECK int pkg_repair(struct pkg_items *items, struct pkg_conflict *conflict,
    struct pkg_repair *repair, const struct pkg_task *task, struct err *err);

#endif

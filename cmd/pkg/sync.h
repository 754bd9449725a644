/* SPDX-License-Identifier: MIT */
/* From a choice of packages to a project that has them. */
#ifndef CMD_PKG_SYNC_H
#define CMD_PKG_SYNC_H

#include "cmd/pkg/choose.h"

/**
 * Make a project have these packages: ask the index about them, install what is missing, compare
 * with the lock, write x07.json and the lock, remove what is no longer wanted, and warn of what the
 * index says.
 *
 * @param task   its project is held for writing.
 * @param items  as pkg_choose makes them.
 * @return 0; as pkg_ask_index_if_online, pkg_scan, pkg_install, pkg_compare_lock, pkg_write_both.
 */
MUST_CHECK int pkg_sync_items(
    const struct pkg_task *task, struct pkg_items *items, struct err *err);
/** Choose packages and make the project have them. As pkg_choose, then pkg_sync_items. */
MUST_CHECK int pkg_sync(struct pkg_items *out, struct pkg_conflict *conflict,
    const struct pkg_task *task, const struct pkg_change *change, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Copying the locked packages into the project. */
#ifndef CMD_PKG_VENDOR_H
#define CMD_PKG_VENDOR_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/task.h"

/**
 * Copy the locked packages into a folder of the project, and make x07.json and the lock name it.
 *
 * @param moved   written on success only, owned: for each item whether it is in the folder now.
 * @param items   the packages of the lock, afterwards with their new paths; pkg_items_clear.
 * @param task    its project is held for writing.
 * @param folder  borrowed for the life of @p items: below the project.
 * @return 0; ERR_PKG with X07PKG_SPEC_INVALID (the folder), X07PKG_VENDOR_PATCHED,
 *         X07PKG_VENDOR_EXISTS, X07PKG_IO; as pkg_locked_install and pkg_write_both.
 */
MUST_CHECK int pkg_vendor(bool **moved, struct pkg_items *items, const struct pkg_task *task,
    const char *folder, struct err *err);

#endif

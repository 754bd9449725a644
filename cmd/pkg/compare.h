/* SPDX-License-Identifier: MIT */
/* Whether the packages are what was locked. */
#ifndef CMD_PKG_COMPARE_H
#define CMD_PKG_COMPARE_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"

/**
 * Compare every item that has a lock entry with it: manifest, modules, and all files together.
 *
 * @param items  as pkg_scan or pkg_install leaves them.
 * @return 0; ERR_PKG with X07PKG_LOCK_MISMATCH for the first that differs.
 */
MUST_CHECK int pkg_compare_lock(
    const struct pkg_items *items, const struct pkg_project *project, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Writing x07.json and the lock, each whole or not at all, and both together. */
#ifndef CMD_PKG_WRITE_H
#define CMD_PKG_WRITE_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/task.h"
#include "pkg/edit.h"

/**
 * Make x07.json have the dependencies of the items, and the lock say what they are.
 *
 * @param items  borrowed; installed, with their manifests read.
 * @return 0; ERR_PKG with X07PKG_MANIFEST_PARSE for a module whose file is missing, with
 *         X07PKG_LIMIT, X07PKG_IO; as pkg_edit_apply.
 */
MUST_CHECK int pkg_write_both(
    const struct pkg_task *task, const struct pkg_items *items, struct err *err);
/** As pkg_write_both, of x07.json alone; nothing needs to be installed. */
MUST_CHECK int pkg_write_manifest(
    const struct pkg_project *project, const struct pkg_items *items, struct err *err);
/** Change one dependency of x07.json, and nothing else. @return as pkg_edit_apply, pkg_txn_commit.
 */
MUST_CHECK int pkg_write_edit(
    const struct pkg_project *project, const struct pkg_edit *edit, struct err *err);

#endif

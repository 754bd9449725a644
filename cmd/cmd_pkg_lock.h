/* SPDX-License-Identifier: MIT */
/* What `lock`, `sync` and `vendor` share. */
#ifndef CMD_CMD_PKG_LOCK_H
#define CMD_CMD_PKG_LOCK_H

#include "cmd/pkg/work.h"

/** X07PKG_LOCK_MISSING, or X07PKG_LOCK_MISMATCH when x07.json wants something else. */
MUST_CHECK int pkg_require_lock(const struct pkg_work *w, struct err *err);
/** Install the items, which come from the lock, and compare. */
MUST_CHECK int pkg_install_locked(struct pkg_work *w, struct err *err);
/** Result and text of `lock` and `sync`. @param done "locked" */
void pkg_finish_lock(struct pkg_work *w, const char *done);

#endif

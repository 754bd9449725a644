/* SPDX-License-Identifier: MIT */
/* What is done with a lock that is there: looking, installing, checking. */
#ifndef CMD_PKG_LOCKED_H
#define CMD_PKG_LOCKED_H

#include "cmd/pkg/choose.h"

/** What a check puts up with. */
struct pkg_locked_check {
	bool allow_yanked, allow_advisories;
};

/** X07PKG_LOCK_MISSING, or X07PKG_LOCK_MISMATCH when x07.json wants something else; 0 otherwise. */
MUST_CHECK int pkg_locked_require(const struct pkg_project *project, struct err *err);
/** Install items that come from the lock, and compare. @return as pkg_install, pkg_compare_lock. */
MUST_CHECK int pkg_locked_install(struct pkg_items *items, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err);
/**
 * Read what is locked, as it is installed.
 *
 * @param out  pkg_items_clear, also after a failure.
 * @return as pkg_locked_require, pkg_scan, pkg_compare_lock, pkg_install_read_metas.
 */
MUST_CHECK int pkg_locked_read(
    struct pkg_items *out, const struct pkg_project *project, struct err *err);
/**
 * Check a lock without changing anything: what is installed, what it needs, and, unless nobody may
 * be asked, what the registry says against it.
 *
 * @param out  pkg_items_clear, also after a failure.
 * @return as pkg_locked_read; ERR_PKG with X07PKG_TRANSITIVE_MISSING, X07PKG_YANKED_DEP,
 *         X07PKG_ADVISED_DEP; as pkg_ask_index.
 */
MUST_CHECK int pkg_locked_check(struct pkg_items *out, const struct pkg_task *task,
    const struct pkg_locked_check *how, struct err *err);
/**
 * Look whether the project already is what its lock says.
 *
 * @param out      pkg_items_clear, also after a failure.
 * @param project  need not be held for writing.
 * @param frozen   a lock that does not fit is a failure.
 * @return 1 when nothing is to be done; 0; as pkg_locked_require, pkg_scan, pkg_compare_lock.
 */
MUST_CHECK int pkg_locked_look(
    struct pkg_items *out, const struct pkg_project *project, bool frozen, struct err *err);
/**
 * Make the project what its lock says; without a lock that fits, resolve and lock first.
 *
 * @param frozen  a lock that does not fit is a failure, and no file is written.
 * @return as pkg_locked_install and pkg_sync.
 */
MUST_CHECK int pkg_locked_sync(struct pkg_items *out, struct pkg_conflict *conflict,
    const struct pkg_task *task, bool frozen, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Packages that are locked but not installed, before a run. */
#ifndef CMD_RUN_PACKAGES_H
#define CMD_RUN_PACKAGES_H

#include "cmd/run/types.h"

/**
 * Hold the project of a manifest as a reader: wait for whoever changes it, finish what a killed
 * process left.
 * @param reading  owned: pkg_txn_end; NULL when there is no such folder.
 * @param path     of the manifest, or of its folder.
 * @return 0; ERR_LOCKED with X07PKG_PROJECT_BUSY or X07PKG_IO.
 */
MUST_CHECK int run_packages_hold(
    struct pkg_txn **reading, const struct run_caller *caller, const char *path, struct err *err);
/**
 * Let x07-pkg install packages that the lock has and the disk has not; without any lock, let it
 * write one. What is installed, and what is locked, it never changes. May load the manifest anew.
 * @param target  its manifest is loaded and its project held.
 * @return 0, also when nothing was to do; ERR_LOCKED with the code of x07-pkg.
 */
MUST_CHECK int run_packages_complete(struct run_target *target, const struct run_caller *caller,
    bool offline, struct diag_list *diags, struct err *err);

#endif

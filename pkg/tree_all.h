/* SPDX-License-Identifier: MIT */
/* Many trees at once. */
#ifndef PKG_TREE_ALL_H
#define PKG_TREE_ALL_H

#include "pkg/tree.h"

/** One directory to scan; `rc` and `err` say how it went. */
struct pkg_tree_job {
	int dirfd;            /* borrowed */
	struct pkg_tree tree; /* owned; empty unless rc is 0 */
	int rc;
	struct err err;
};

/** Scan many directories on all processors (at most 8 threads); never fails as a whole. */
void pkg_tree_scan_all(struct pkg_tree_job *jobs, uint32_t count);

#endif

/* SPDX-License-Identifier: MIT */
/* Reading the packages that are in the project, and judging whether they are what they must be. */
#ifndef CMD_PKG_SCAN_H
#define CMD_PKG_SCAN_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"

/* Packages in work at a time: each has up to three descriptors open, of 1 024 as a rule. */
#define PKG_SCAN_BATCH 256

/**
 * Read what is on the disk; sets `present` where it is what the lock or the index wants.
 *
 * @param items    @p count of them, in any order.
 * @param project  borrowed.
 * @return 0; ERR_PKG with X07PKG_IO when a folder cannot be opened; as pkg_scan_local.
 */
MUST_CHECK int pkg_scan(
    struct pkg_item *items, uint32_t count, const struct pkg_project *project, struct err *err);
/**
 * Read a package in a folder of the user's: what a build reads of it, so that the lock can say. One
 * whose manifest cannot be read is left for pkg_install_read_metas to tell about.
 *
 * @return 0; ERR_PKG with X07PKG_LOCAL_FILES for a link among what a build reads.
 */
MUST_CHECK int pkg_scan_local(
    struct pkg_item *item, const struct pkg_project *project, struct err *err);
/** Digest of one file of a tree; false when it is not there. */
bool pkg_scan_sha(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree, const char *path);

#endif

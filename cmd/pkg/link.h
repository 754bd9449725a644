/* SPDX-License-Identifier: MIT */
/* From the user's store into the project. */
#ifndef CMD_PKG_LINK_H
#define CMD_PKG_LINK_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"
#include "registry/store/store.h"

/**
 * Make the packages that the store has appear in the project, each whole and at once.
 *
 * @param project  borrowed; held for writing.
 * @param items    @p count of them. Those that now are in the project are `present` with their
 * tree; one that the store lacks, or whose archive nobody knows, stays as it was.
 * @return 0, also when the store lacks some; ERR_PKG with X07PKG_IO for what cannot be removed or
 *         made in the project, with X07PKG_STORE_MISMATCH as store_link.
 */
MUST_CHECK int pkg_link(const struct pkg_project *project, struct store *store,
    struct pkg_item *const *items, uint32_t count, struct err *err);

#endif

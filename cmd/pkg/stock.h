/* SPDX-License-Identifier: MIT */
/* Bringing packages from the registry into the user's store. */
#ifndef CMD_PKG_STOCK_H
#define CMD_PKG_STOCK_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/supply.h"

/**
 * Download, unpack and store packages; of each at least name and version are known.
 *
 * @param supply  borrowed; remembers what was downloaded.
 * @param items   @p count of them; `line`, `archive` and `tree_sha` are filled from the index.
 * @return 0; ERR_PKG with X07PKG_LOCK_MISMATCH when the registry names another archive than the
 *         lock, with X07PKG_OFFLINE_MISSING_DEP, X07PKG_INDEX_NO_MATCH, X07PKG_IO; as
 *         client_download_finish, unpack_client_answer and store_put.
 */
MUST_CHECK int pkg_stock(
    struct pkg_supply *supply, struct pkg_item *const *items, uint32_t count, struct err *err);

#endif

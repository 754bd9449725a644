/* SPDX-License-Identifier: MIT */
/* What the registry says of the packages that a project has. */
#ifndef CMD_PKG_ASK_H
#define CMD_PKG_ASK_H

#include "base/notes.h"
#include "cmd/pkg/item.h"
#include "cmd/pkg/supply.h"

/**
 * Ask the index about each item that is no folder of the user's: `line`. What it does not have
 * keeps NULL.
 *
 * @return 0; ERR_PKG with X07PKG_OFFLINE_INDEX when nobody may be asked; as client_version.
 */
MUST_CHECK int pkg_ask_index(struct pkg_items *items, struct pkg_supply *supply, struct err *err);
/** As pkg_ask_index; that nobody may be asked is no failure. */
MUST_CHECK int pkg_ask_index_if_online(
    struct pkg_items *items, struct pkg_supply *supply, struct err *err);
/** A note for each package that was withdrawn or has an advisory. */
void pkg_ask_warn(const struct pkg_items *items, const struct notes *notes);

#endif

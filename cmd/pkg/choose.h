/* SPDX-License-Identifier: MIT */
/* Which packages, in which versions and folders, a project gets. */
#ifndef CMD_PKG_CHOOSE_H
#define CMD_PKG_CHOOSE_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/task.h"
#include "cmd/pkg/wants.h"

/**
 * Choose the packages of a project.
 *
 * @param out       initialised on success only; pkg_items_clear. They borrow from the project and
 *                  the arena of @p task.
 * @param conflict  written when the result has X07PKG_RESOLVE_CONFLICT, then pkg_conflict_clear.
 * @param task      borrowed; nothing of the project is written.
 * @param change    borrowed.
 * @return 0; as pkg_resolve, client_get and pkg_install_read_one.
 */
MUST_CHECK int pkg_choose(struct pkg_items *out, struct pkg_conflict *conflict,
    const struct pkg_task *task, const struct pkg_change *change, struct err *err);

#endif

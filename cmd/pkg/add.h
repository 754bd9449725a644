/* SPDX-License-Identifier: MIT */
/* Adding a package, or the package of a capability, to a project. */
#ifndef CMD_PKG_ADD_H
#define CMD_PKG_ADD_H

#include "cmd/pkg/choose.h"

/** What somebody wants to have. All borrowed. */
struct pkg_wish {
	const char *spec; /* NAME, NAME@VERSION or a capability */
	const char *path; /* the folder where it lies; NULL: where x07 installs packages */
	bool sync;        /* resolve, install and lock it */
	bool closure;     /* resolve, and write x07.json with all that it needs */
};

/** What was added. Borrowed from the items, the project or the arena of the task. */
struct pkg_added {
	const char *name, *version, *path;
	const char *capability; /* NULL when a package was named */
};

/**
 * Add a package.
 *
 * @param out       written on success only.
 * @param items     as pkg_choose leaves them; none when only x07.json was edited.
 * @param conflict  as pkg_choose.
 * @param task      its project is held for writing.
 * @return 0, also when it is there already; ERR_PKG with X07PKG_SPEC_INVALID,
 *         X07PKG_CAPABILITY_UNKNOWN, X07PKG_DEP_EXISTS, X07PKG_YANKED_DEP, X07PKG_INDEX_NO_MATCH;
 * as pkg_sync and pkg_write_edit.
 */
MUST_CHECK int pkg_add(struct pkg_added *out, struct pkg_items *items,
    struct pkg_conflict *conflict, const struct pkg_task *task, const struct pkg_wish *wish,
    struct err *err);

#endif

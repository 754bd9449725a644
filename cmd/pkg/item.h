/* SPDX-License-Identifier: MIT */
/* The packages of a project as they are to be: what every step of the engine works on. */
#ifndef CMD_PKG_ITEM_H
#define CMD_PKG_ITEM_H

#include "base/hash.h"
#include "cmd/pkg/meta.h"
#include "pkg/lock.h"
#include "pkg/tree.h"
#include "registry/index.h"

struct pkg_project;

/** One package. What is not said to be owned is borrowed from who made the item. */
struct pkg_item {
	const char *name, *version, *path;
	bool direct;                         /* the project wants it itself */
	bool local;                          /* the path is a folder of the user's */
	bool forced;                         /* `patch` of x07.json says which it is */
	bool present;                        /* the directory is as it must be */
	const struct pkg_lock_entry *old;    /* the lock's, same version and path; NULL */
	const struct registry_version *line; /* the index's; NULL when not asked or not there */
	char archive[SHA256_HEX_SIZE];       /* "" = not known */
	char tree_sha[SHA256_HEX_SIZE];      /* wanted, then found; "" = not known */
	struct pkg_tree tree; /* owned: of the directory; local: what a build reads */
	bool has_tree;
	struct pkg_meta meta; /* owned */
};

/** Packages by name, one for each name. Zero-initialise; pkg_items_clear. */
struct pkg_items {
	struct pkg_item *list; /* owned */
	uint32_t count;
};

/** Free what one item owns. */
void pkg_item_clear(struct pkg_item *item);
/** Move a tree into an item; what was there is freed. */
void pkg_item_take_tree(struct pkg_item *item, struct pkg_tree *tree);
/** Free the items and what they own. */
void pkg_items_clear(struct pkg_items *items);
/** An empty list with room for @p count items, to be filled and sorted by the caller. */
void pkg_items_init(struct pkg_items *out, uint32_t count);
/** Put the items in order of their names, as pkg_items_find wants them. */
void pkg_items_sort(struct pkg_items *items);
/** The item of this name, by binary search; NULL when there is none. Borrowed. */
struct pkg_item *pkg_items_find(const struct pkg_items *items, const char *name);
/**
 * The item that an entry of the lock stands for.
 *
 * @param project  borrowed for the life of the item: whose lock it is.
 */
void pkg_item_from_entry(
    struct pkg_item *out, const struct pkg_project *project, const struct pkg_lock_entry *entry);
/**
 * The items of the lock.
 *
 * @param out      initialised here, what it held is freed first; pkg_items_clear.
 * @param project  borrowed for the life of the items; one without a lock has no items.
 */
void pkg_items_from_lock(struct pkg_items *out, const struct pkg_project *project);

#endif

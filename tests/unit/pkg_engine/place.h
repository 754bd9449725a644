/* SPDX-License-Identifier: MIT */
/*
 * A place for the package engine to work in: a registry of files, a user's folder, and one project
 * whose x07.json and lock are given as short texts.
 */
#ifndef TESTS_UNIT_PKG_ENGINE_PLACE_H
#define TESTS_UNIT_PKG_ENGINE_PLACE_H

#include "cmd/pkg/task.h"
#include "tests/support/support.h"

/** A place; place_clear. Stays where it is. */
struct place {
	char *root;     /* owned: of the project */
	char *registry; /* owned */
	struct client_settings settings;
	struct pkg_project project;
	struct pkg_supply supply;
	struct arena arena;
	struct notes notes;
	struct buf said; /* what the engine said, a line each */
};

/**
 * Make a place.
 *
 * @param registry  what mkregistry makes: "a@1.0.0 n@1.0.0:b@1.0.0", separated by blanks.
 * @param deps      dependencies of x07.json: "a 1.0.0, x 1.0.0 libs/x".
 * @param patch     the object `patch` of x07.json; NULL = none.
 */
void place_open(struct place *p, const char *registry, const char *deps, const char *patch);
void place_clear(struct place *p);
/** Give the project a lock of these: "a 1.0.0, b 1.0.0 indirect"; NULL = none. */
void place_lock(struct place *p, const char *entries);
/** What the engine works with. */
struct pkg_task place_task(struct place *p);
/** Nobody answers any more: the registry is one of the network, and no socket may be opened. */
void place_go_offline(struct place *p);
/** A package in a folder of the project; @p compat NULL = any compiler. */
void place_package(const struct place *p, const char *dir, const char *name, const char *version,
    const char *compat);
/** A text file below the project. */
void place_file(const struct place *p, const char *path, const char *text);
/** Whether there is anything at a path below the project; a link counts as itself. */
bool place_has(const struct place *p, const char *path);
/** Replace a text in an index file of the registry, wherever it stands behind @p after. */
void place_edit_index(
    const struct place *p, const char *rel, const char *after, const char *from, const char *to);

#endif

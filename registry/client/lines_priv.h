/* SPDX-License-Identifier: MIT */
/* The index files of packages that were asked about, and what came of each. */
#ifndef REGISTRY_CLIENT_LINES_PRIV_H
#define REGISTRY_CLIENT_LINES_PRIV_H

#include "registry/client/texts_priv.h"
#include "registry/snapshot.h"
#include "registry/types.h"

#define CLIENT_LINES_MAX ((size_t)512 << 20) /* bytes of all index files of a command, as read */

enum client_item_state { CLIENT_ITEM_LOADED, CLIENT_ITEM_ABSENT, CLIENT_ITEM_FAILED };

/** What is known about one package. */
struct client_item {
	char *name; /* owned */
	enum client_item_state state;
	struct registry_index index; /* CLIENT_ITEM_LOADED */
	struct err err;              /* CLIENT_ITEM_FAILED */
};

/** All of them. Zero-initialise; client_lines_clear. */
struct client_lines {
	struct client_item *items; /* owned */
	size_t count, cap;
	size_t bytes; /* of the lines that are in memory */
};

/** What is known about a package; NULL when nobody asked yet. Borrowed until the next load. */
const struct client_item *client_lines_find(const struct client_lines *lines, const char *name);
/**
 * Texts for the index files of these packages, before a snapshot tells their digests.
 * @param texts          room for @p count; `rel`, `max` and `unless_cached` are set.
 * @return how many there are: a name that is none has no file.
 */
uint32_t client_lines_early(
    struct client_text *texts, const char *const *names, uint32_t count, bool unless_cached);
/**
 * Load the index files of packages that are not known yet.
 * @param snapshot  what vouches for them; NULL when the registry has none.
 * @return 0, also when some of them fail, which is kept with each; else nothing was loaded.
 */
MUST_CHECK int client_lines_load(struct client_lines *lines, struct client_source *source,
    const struct registry_snapshot *snapshot, const char *const *names, uint32_t count,
    struct err *err);
/** Free all items. */
void client_lines_clear(struct client_lines *lines);

#endif

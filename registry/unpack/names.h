/* SPDX-License-Identifier: MIT */
/* The names that an archive may hold together. */
#ifndef REGISTRY_UNPACK_NAMES_H
#define REGISTRY_UNPACK_NAMES_H

#include "base/arena.h"
#include "base/err.h"
#include "pkg/tree.h"

#include <stdbool.h>

/** A name met before: what it looks like without case, and what it is. */
struct unpack_name {
	const char *folded; /* NULL: slot is free */
	const char *exact;
	bool is_file, is_entry; /* is_entry: named by an entry, not only part of a longer path */
};

/** A hash set of names. */
struct unpack_names {
	struct arena arena;
	struct unpack_name *slots; /* owned; a power of two */
	size_t count, cap;
};

/** An empty set. */
void unpack_names_init(struct unpack_names *names);

/** Free what it owns. */
void unpack_names_clear(struct unpack_names *names);

/**
 * Check one name and cut the slash that a directory may end in.
 * @param out  of PKG_TREE_PATH_MAX + 2 bytes.
 * @return 0 or ERR_PKG with code X07PKG_ARCHIVE_PATH or X07PKG_ARCHIVE_LIMIT.
 */
MUST_CHECK int unpack_name_check(char *out, const char *path, bool is_dir, struct err *err);

/**
 * Note a name and the directories above it.
 * @return 0 or ERR_PKG with code X07PKG_ARCHIVE_DUPLICATE, X07PKG_ARCHIVE_CASE or, for more names
 *         than memory is set aside for, X07PKG_ARCHIVE_LIMIT.
 */
MUST_CHECK int unpack_names_add(
    struct unpack_names *names, const char *path, bool is_dir, struct err *err);

#endif

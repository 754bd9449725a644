/* SPDX-License-Identifier: MIT */
/*
 * Changes to the dependencies in the text of x07.json that leave everything else of the user's as
 * it is: order of keys, indentation, unknown members. Text in, text out; files are replaced
 * elsewhere (pkg/transaction.h).
 * Source: docs/spec/packages.md 12, row 17.
 */
#ifndef PKG_EDIT_H
#define PKG_EDIT_H

#include "base/buf.h"
#include "base/err.h"

/** One change. All borrowed. */
struct pkg_edit {
	const char *name;
	const char *version; /* NULL: remove the dependency */
	const char *path;
};

/**
 * Apply changes in order. A dependency that is there gets its version and path replaced where they
 * stand; a new one is inserted by name if the others are in that order, else behind them, laid out
 * like its neighbours.
 *
 * @param out   appended to, on success only; set its maximum to PKG_MANIFEST_MAX_BYTES.
 * @param text  borrowed; a manifest that pkg_manifest_parse accepts.
 * @return 0; ERR_NOT_FOUND when a dependency to be removed is not there; ERR_FORMAT when the text
 *         is not an object with an array `dependencies` of objects (which may be absent);
 *         ERR_LIMIT over the maximum of @p out.
 */
MUST_CHECK int pkg_edit_apply(struct buf *out, const char *text, size_t len,
    const struct pkg_edit *edits, uint32_t count, struct err *err);

#endif

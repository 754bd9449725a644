/* SPDX-License-Identifier: MIT */
/* The members of one line of an index file, read and written. */
#ifndef REGISTRY_INDEX_LINE_H
#define REGISTRY_INDEX_LINE_H

#include "base/buf.h"
#include "registry/types.h"

/**
 * Read one line.
 *
 * @param v        filled; `fault` is set when the line cannot be used, `version` when it could be
 *                 told all the same.
 * @param keep     takes what @p v points to; has a maximum, over which the line is faulty.
 * @param scratch  takes the parsed document.
 */
void registry_index_line_parse(struct registry_version *v, const char *name, struct str text,
    struct arena *keep, struct arena *scratch);

/** Write the line of one version, with its line feed; keys in the order of docs/format/index.md. */
void registry_index_print(struct buf *out, const struct registry_version *v);

#endif

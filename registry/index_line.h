/* SPDX-License-Identifier: MIT */
/* One line of an index file, between index.c (the file) and index_line.c (its members). */
#ifndef REGISTRY_INDEX_LINE_H
#define REGISTRY_INDEX_LINE_H

#include "registry/index.h"

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

#endif

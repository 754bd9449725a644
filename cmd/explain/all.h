/* SPDX-License-Identifier: MIT */
/* The tables of codes of all rooms as one list: what `x07 explain` and docs/format/codes.md tell.
 */
#ifndef CMD_EXPLAIN_ALL_H
#define CMD_EXPLAIN_ALL_H

#include "base/code.h"

#include <stddef.h>

/** How many rows the tables have together. Some ids have more than one. */
size_t explain_all_count(void);

/** Row @p i, in the order of the rooms; @p i < explain_all_count(). */
const struct code *explain_all_at(size_t i);

/** The first row of an id as another program has printed it; NULL when no table has it. */
const struct code *explain_all_find(const char *id);

#endif

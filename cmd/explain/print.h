/* SPDX-License-Identifier: MIT */
/* The three forms in which `x07 explain` tells what codes mean. */
#ifndef CMD_EXPLAIN_PRINT_H
#define CMD_EXPLAIN_PRINT_H

#include "base/buf.h"
#include "base/code.h"

/** Rows of the tables, sorted by id; those of one id keep the order of the rooms. */
struct explain_rows {
	const struct code **list; /* owned array of borrowed rows */
	size_t count;
};

/** Free the array. */
void explain_rows_clear(struct explain_rows *rows);

/** The rows of an id, in capitals or not. @param id  NULL for the rows of all ids. */
struct explain_rows explain_rows_select(const char *id);

/** For people: a line for each row; with @p details everything that is known of it. */
void explain_print_text(struct buf *out, const struct explain_rows *rows, bool details);

/** For programs: one line, `x07.explain.report@0.1.0`. */
void explain_print_json(struct buf *out, const struct explain_rows *rows);

/** The page docs/format/codes.md. */
void explain_print_markdown(struct buf *out, const struct explain_rows *rows);

#endif

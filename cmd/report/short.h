/* SPDX-License-Identifier: MIT */
/* A report shortened to a screen, for a terminal. */
#ifndef CMD_REPORT_SHORT_H
#define CMD_REPORT_SHORT_H

#include "base/buf.h"

/**
 * A report without what a person does not read: members that are null, empty or zero, and the raw
 * streams of the program in base64. Small values stand on one line. `solve_output_b64` and every
 * `ok`, `exit_code` and `exit_status` stay as they are.
 *
 * @param out   appended to; a report that is too large to be shortened is appended as it is.
 * @param full  one JSON document.
 */
void report_shorten(struct buf *out, const struct buf *full);

#endif

/* SPDX-License-Identifier: MIT */
/* What `x07 check` found, for people and for programs. */
#ifndef CMD_CHECK_PRINT_H
#define CMD_CHECK_PRINT_H

#include "base/buf.h"
#include "cmd/check/check.h"

/** What a check ended with. All borrowed. */
struct check_end {
	const struct check_result *result;
	const struct err *err; /* NULL when there is no fault */
	int status;            /* exit status */
};

/** Each fault with its line of the source, and a last line that sums up. Control characters of
 * sources and names are replaced. */
void check_print_text(struct buf *out, const struct check_end *end, bool color);
/** One line of JSON, x07.check.report@0.1.0. */
void check_print_json(struct buf *out, const struct check_end *end);

#endif

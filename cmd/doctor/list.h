/* SPDX-License-Identifier: MIT */
/* How a check of `x07 doctor` says what it found, and what would mend it. */
#ifndef CMD_DOCTOR_LIST_H
#define CMD_DOCTOR_LIST_H

#include "cmd/doctor/types.h"

/** It is as it should be. Each of these four may be followed by doctor_fix. */
void doctor_ok(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** Something is slower or missing; a sandboxed run starts all the same. */
void doctor_warn(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** It does not matter here; the text says why. */
void doctor_skip(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** It is not as it should be: red when the row is required, else yellow. */
void doctor_bad(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** The command or edit that mends it; several are joined by "; ". */
void doctor_fix(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif

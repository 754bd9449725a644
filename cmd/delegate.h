/* SPDX-License-Identifier: MIT */
/* Asking the other program, x07-pkg. */
#ifndef CMD_DELEGATE_H
#define CMD_DELEGATE_H

#include "base/buf.h"
#include "base/err.h"

/**
 * Run x07-pkg and wait; its standard error is ours.
 * @param out     appended to: its standard output.
 * @param status  its exit status, 128 + N when signal N ended it.
 * @param argv    "x07", "pkg", ..., NULL. Borrowed.
 * @return 0 whatever its status; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT.
 */
MUST_CHECK int delegate_ask(struct buf *out, int *status, char *const *argv, struct err *err);

#endif

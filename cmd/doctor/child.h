/* SPDX-License-Identifier: MIT */
/* Another program of ours, run to its end for what it prints. */
#ifndef CMD_DOCTOR_CHILD_H
#define CMD_DOCTOR_CHILD_H

#include "base/buf.h"
#include "base/err.h"

/**
 * Run a program with our environment, no input, and standard error thrown away.
 * @param status  its exit status, or 128 + signal.
 * @param out     its standard output appended, as far as its maximum goes.
 * @return 0, or ERR_IO: it cannot be started, or took longer than @p timeout_ms and was killed.
 */
MUST_CHECK int doctor_child(int *status, struct buf *out, const char *program,
    const char *const *argv, int timeout_ms, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* The attestation of a run, x07.runtime.attest@0.2.0 (docs/format/runtime-attest.md). */
#ifndef CMD_RUN_ATTEST_H
#define CMD_RUN_ATTEST_H

#include "cmd/run/types.h"

/** Refuse an attestation where nothing could be attested. @return 0; ERR_UNSUPPORTED. */
MUST_CHECK int run_attest_check(enum lang_world world, struct err *err);

/**
 * Write the attestation of a finished run.
 * @param digest  of the file that was written, in hexadecimal.
 * @param path    the file; its folder is made.
 * @return 0; ERR_IO, ERR_LIMIT.
 */
MUST_CHECK int run_attest_write(
    char digest[65], const char *path, const struct run_record *run, struct err *err);

#endif

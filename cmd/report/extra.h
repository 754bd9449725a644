/* SPDX-License-Identifier: MIT */
/* The parts of the report of a run that are ours, each with its key; and refusals for people. */
#ifndef CMD_REPORT_EXTRA_H
#define CMD_REPORT_EXTRA_H

#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/run/types.h"

/** Which image ran; null when none did. */
void report_image(struct jsonw *w, const struct run_program *program);
/** File and digest of the attestation; nothing when none was written. */
void report_attestation(struct jsonw *w, const struct run_record *run);
/** What held the program, and what it was refused; null when it did not run. */
void report_sandbox(struct jsonw *w, const struct run_record *run);
/** How long each step took. */
void report_timing(struct jsonw *w, const struct run_ended *ended);
/** Why the program was not allowed something, for people, on standard error. */
void report_explain(const struct cmd_call *call, const struct run_record *run);

#endif

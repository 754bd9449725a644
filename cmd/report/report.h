/* SPDX-License-Identifier: MIT */
/* The report of a run (docs/format/run-report.md), and diagnostics as JSON. */
#ifndef CMD_REPORT_REPORT_H
#define CMD_REPORT_REPORT_H

#include "base/json.h"
#include "cmd/run/types.h"

/** The report document. @param out  appended to. */
void report_build(struct buf *out, const struct run_record *run, bool wrapped);
/** Exit status of a run, as in the report's `exit_code`. */
int report_exit_code(const struct run_record *run);
/** Faults as one line of x07.x07diag@0.1.0. */
void report_diags(struct buf *out, const struct diag_list *diags);
/** One diagnostic of x07.x07diag@0.1.0 as an object. */
void report_diag(struct jsonw *w, const struct diag *d);

#endif

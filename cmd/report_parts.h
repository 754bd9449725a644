/* SPDX-License-Identifier: MIT */
/* Parts of the report, shared between cmd/report.c and cmd/report_extra.c. */
#ifndef CMD_REPORT_PARTS_H
#define CMD_REPORT_PARTS_H

#include "base/json.h"
#include "cmd/run/run.h"

/** One diagnostic of x07.x07diag@0.1.0 as an object. */
void report_diag(struct jsonw *w, const struct diag *d);

/* The objects that are ours, each with its key. */
void report_image(struct jsonw *w, const struct run *run);
void report_attestation(struct jsonw *w, const struct run *run);
/** `layers`, sorted, as an object with its key. */
void report_layers(struct jsonw *w, const struct run *run);
/** What the broker did. */
void report_network(struct jsonw *w, const struct run *run);
void report_sandbox(struct jsonw *w, const struct run *run);
void report_timing(struct jsonw *w, const struct run *run);

#endif

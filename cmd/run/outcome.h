/* SPDX-License-Identifier: MIT */
/* What a finished run means. */
#ifndef CMD_RUN_OUTCOME_H
#define CMD_RUN_OUTCOME_H

#include "cmd/run/types.h"

/**
 * Take the framed output apart, find the metrics, decide whether the program trapped.
 * @param out         run_outcome_clear; borrows from @p result.
 * @param max_output  of the program's output, in bytes.
 * @param cpu_ms      the limit, for the trap that names it.
 */
void run_outcome_find(struct run_outcome *out, const struct sandbox_result *result,
    uint64_t max_output, uint64_t cpu_ms);
/** Free trap and metrics. */
void run_outcome_clear(struct run_outcome *outcome);

#endif

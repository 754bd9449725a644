/* SPDX-License-Identifier: MIT */
/* From a finished run to the uses that a policy is made from. */
#ifndef CMD_RUN_OBSERVE_COLLECT_H
#define CMD_RUN_OBSERVE_COLLECT_H

#include "cmd/run/types.h"
#include "policy/observe.h"

/** A finished run as policy/observe.h wants it, and what owns its strings. */
struct run_observed {
	struct policy_observed run;
	struct policy_use *uses; /* owned */
	struct arena arena;
};

/** Collect the uses. @param out  run_observed_clear; borrows from @p run. */
void run_observed_collect(struct run_observed *out, const struct run_record *run);
/** Free the uses. */
void run_observed_clear(struct run_observed *o);

#endif

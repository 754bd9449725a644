/* SPDX-License-Identifier: MIT */
/* Between cmd/cmd_observe.c (the command) and cmd/run/observe_collect.c (from a run to its uses).
 */
#ifndef CMD_RUN_OBSERVE_COLLECT_H
#define CMD_RUN_OBSERVE_COLLECT_H

#include "cmd/run/run.h"
#include "policy/observe.h"

/** A finished run as policy/observe.h wants it, and what owns its strings. */
struct observed {
	struct policy_observed run;
	struct policy_use *uses; /* owned */
	struct arena arena;
};

/** Borrows from @p run. */
void observed_collect(struct observed *out, const struct run *run);
void observed_clear(struct observed *o);

/**
 * Give the run the whole project, every clock and `exit`, but no network, no process and only the
 * variables that were named.
 * @return 0; ERR_POLICY where that would be more than a project.
 */
MUST_CHECK int observe_widen(struct run *run, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* A failed set-up step in words. */
#ifndef SANDBOX_EXPLAIN_PRIV_H
#define SANDBOX_EXPLAIN_PRIV_H

#include "sandbox/types_priv.h"

/**
 * Put the step, the reason and what to change on this host around the subject in @p err.
 * @return ERR_SANDBOX.
 */
int sandbox_explain(struct err *err, enum sandbox_step step, int sys_errno);

/** What a step does, in words. Static storage. */
const char *sandbox_step_text(enum sandbox_step step);

/** Under which plans a step happens: bits STEP_*. */
unsigned sandbox_step_when(enum sandbox_step step);

#endif

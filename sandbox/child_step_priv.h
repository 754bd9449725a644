/* SPDX-License-Identifier: MIT */
/* The words of the child to the supervisor. Nothing here allocates, locks or uses stdio. */
#ifndef SANDBOX_CHILD_STEP_PRIV_H
#define SANDBOX_CHILD_STEP_PRIV_H

#include "sandbox/types_priv.h"

/** Write a message into the status pipe. */
void sandbox_child_send(const struct sandbox_child *c, const struct sandbox_msg *msg);

/** Enter a step. Does not return when the plan asks for its failure. */
void sandbox_child_step(struct sandbox_child *c, enum sandbox_step step);

/** Report errno and end. @param subject  what the step failed on; NULL = nothing to name. */
NORETURN void sandbox_child_fail(struct sandbox_child *c, const char *subject);

#endif

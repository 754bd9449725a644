/* SPDX-License-Identifier: MIT */
/* The roots of a plan on the host. */
#ifndef SANDBOX_ROOTS_PRIV_H
#define SANDBOX_ROOTS_PRIV_H

#include "sandbox/types_priv.h"

/**
 * Open, check and order the roots. Fills `pins`, `pin_count` and the plan's `present`.
 * @return 0, or ERR_SANDBOX with the root that was refused.
 */
MUST_CHECK int sandbox_roots_pin(struct sandbox *box, struct err *err);

/** Only fill `present`, for a run without a sandbox. */
void sandbox_roots_look(const struct sandbox_plan *plan);

/** Close and free the pins. */
void sandbox_roots_free(struct sandbox *box);

#endif

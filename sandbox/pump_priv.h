/* SPDX-License-Identifier: MIT */
/* What the supervisor does while the program runs. */
#ifndef SANDBOX_PUMP_PRIV_H
#define SANDBOX_PUMP_PRIV_H

#include "sandbox/types_priv.h"

/**
 * Let the child go, collect what the program writes, keep the clocks, reap.
 * @param out  owned; written on success only.
 * @return 0, or ERR_SANDBOX when the program did not start.
 */
MUST_CHECK int sandbox_pump(struct sandbox *box, struct sandbox_result *out, struct err *err);

#endif

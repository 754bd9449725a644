/* SPDX-License-Identifier: MIT */
/* Which layers held a program. */
#ifndef CMD_RUN_LAYERS_H
#define CMD_RUN_LAYERS_H

#include "base/json.h"
#include "sandbox/sandbox.h"

/** `layers`, an object with its key, sorted by name: what was seen from inside. */
void run_layers_json(struct jsonw *w, const struct sandbox_result *result);

#endif

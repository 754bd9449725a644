/* SPDX-License-Identifier: MIT */
/* Which sandbox backend a run uses. */
#ifndef CMD_RUN_BACKEND_H
#define CMD_RUN_BACKEND_H

#include "cmd/run/types.h"

/**
 * Decide the backend from flag, environment and world (docs/cmd/run.md, "Isolation").
 * @return 0; ERR_USAGE for a bad value; ERR_SANDBOX when the acceptance is missing.
 */
MUST_CHECK int run_isolation_resolve(struct run_isolation *out,
    const struct run_isolation_options *options, enum lang_world world, struct err *err);

/** "vm", "os", "none". Static storage. */
const char *run_backend_name(enum run_backend backend);

#endif

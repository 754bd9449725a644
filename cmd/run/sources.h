/* SPDX-License-Identifier: MIT */
/* A run without a policy, of sources that programs under a policy may have written. */
#ifndef CMD_RUN_SOURCES_H
#define CMD_RUN_SOURCES_H

#include "cmd/run/types.h"

/** Warn once when the policy of a profile lets programs write the sources of the target. */
void run_sources_warn(const struct run_target *target, const struct notes *notes);

#endif

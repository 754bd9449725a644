/* SPDX-License-Identifier: MIT */
/*
 * What the disk says to a policy question (policy/decide.h), looked at the way the runtime and the
 * sandbox would: nothing is opened for use.
 */
#ifndef CMD_RUN_LOOK_H
#define CMD_RUN_LOOK_H

#include "policy/decide.h"

/**
 * The disk below a project.
 * @param cwd  borrowed, for as long as the result is used: what relative roots belong to, absolute.
 */
struct policy_disk run_look_at(const char *cwd);

#endif

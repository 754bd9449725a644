/* SPDX-License-Identifier: MIT */
/*
 * A process that does not outlive the one that started it. The kernel's death signal alone leaves a
 * gap: who died before it was set sends none. So it is set first and the parent looked at then.
 * Within one process-id namespace only; the child of sandbox/ has its own way.
 */
#ifndef BASE_TIE_H
#define BASE_TIE_H

#include "base/attr.h"

#include <stdbool.h>
#include <sys/types.h>

/**
 * Be killed when the process that made the socket pair of @p sock dies. For a program that was
 * started with one end of it by that very process; before anything else is done.
 * @param sock  borrowed; from socketpair(2).
 * @return true; false when that process is gone, or did not start this one: end at once.
 *         Source: prctl(2), PR_SET_PDEATHSIG; socket(7), SO_PEERCRED.
 */
MUST_CHECK bool tie_to_maker(int sock);

/**
 * fork(2), with a child that is killed when this thread's process dies; a child that comes too late
 * for that ends by itself. What it starts by exec stays tied.
 * @return as fork.
 */
MUST_CHECK pid_t tie_fork(void);

#endif

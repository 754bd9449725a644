/* SPDX-License-Identifier: MIT */
/* The system call filter of the child. */
#ifndef SANDBOX_SECCOMP_PRIV_H
#define SANDBOX_SECCOMP_PRIV_H

#include "sandbox/types_priv.h"

/** Load the filter for the plan, and see that it is there. */
void sandbox_child_seccomp(struct sandbox_child *c);

#endif

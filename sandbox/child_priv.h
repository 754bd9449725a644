/* SPDX-License-Identifier: MIT */
/* The child: from clone3 to execveat. */
#ifndef SANDBOX_CHILD_PRIV_H
#define SANDBOX_CHILD_PRIV_H

#include "sandbox/types_priv.h"

/** Build the sandbox around this process, wait for the word to start, become the program. */
NORETURN void sandbox_child_main(struct sandbox *box);

#endif

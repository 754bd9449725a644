/* SPDX-License-Identifier: MIT */
/* What the child looks at before it calls itself ready. */
#ifndef SANDBOX_VERIFY_PRIV_H
#define SANDBOX_VERIFY_PRIV_H

#include "sandbox/types_priv.h"

/** Give up every capability and the ways to get one back. */
void sandbox_child_drop_caps(struct sandbox_child *c);

/** Look at the root, the capabilities and no_new_privs; a layer that is not there ends the run. */
void sandbox_child_verify(struct sandbox_child *c);

#endif

/* SPDX-License-Identifier: MIT */
/* Landlock in the child. */
#ifndef SANDBOX_LANDLOCK_PRIV_H
#define SANDBOX_LANDLOCK_PRIV_H

#include "sandbox/types_priv.h"

/** Refuse every right but those that the roots of the plan give. */
void sandbox_child_landlock(struct sandbox_child *c);

#endif

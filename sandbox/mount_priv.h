/* SPDX-License-Identifier: MIT */
/* The file system of the child. */
#ifndef SANDBOX_MOUNT_PRIV_H
#define SANDBOX_MOUNT_PRIV_H

#include "sandbox/types_priv.h"

/** Open the pinned roots again, and refuse any that was replaced. */
void sandbox_child_open_roots(struct sandbox_child *c);

/** Build the new root and leave the old one. */
void sandbox_child_mounts(struct sandbox_child *c);

#endif

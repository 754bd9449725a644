/* SPDX-License-Identifier: MIT */
/* The cgroups of a run: best effort, and only for a plan that may start processes. */
#ifndef SANDBOX_CGROUP_PRIV_H
#define SANDBOX_CGROUP_PRIV_H

#include "sandbox/types_priv.h"

/** Make the groups that this user may make; `box->cgroup` says which. */
void sandbox_cgroup_create(struct sandbox *box);

/** Move the child into the groups. @return 0 or ERR_SANDBOX. */
MUST_CHECK int sandbox_cgroup_attach(struct sandbox *box, struct err *err);

/** Remove the groups. Their processes must have ended. */
void sandbox_cgroup_remove(struct sandbox *box);

#endif

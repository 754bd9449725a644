/* SPDX-License-Identifier: MIT */
/* Resource limits of the child, and the names of what holds them. */
#ifndef SANDBOX_LIMITS_PRIV_H
#define SANDBOX_LIMITS_PRIV_H

#include "sandbox/types_priv.h"

/** Every limit but that of descriptors. */
void sandbox_child_rlimits(struct sandbox_child *c);

/** The limit of descriptors: last, because the set-up opens some itself. */
void sandbox_child_fd_limit(struct sandbox_child *c);

/** What holds the memory limit: "cgroup-v2", "cgroup-v1", "rlimit" or "none". Static storage. */
const char *sandbox_limits_mem_mechanism(const struct sandbox *box);

/** What holds the limit of processes: as above, or "seccomp". Static storage. */
const char *sandbox_limits_procs_mechanism(const struct sandbox *box);

#endif

/* SPDX-License-Identifier: MIT */
/* What probe.c and probe_filter.c share: a child does the work and reports through its pipe. */
#ifndef SANDBOX_PROBE_PRIV_H
#define SANDBOX_PROBE_PRIV_H

#include "sandbox/probe.h"

/** Mark the first thing that failed; errno is kept in the result. @return false. */
bool probe_failed(struct sandbox_probed *p, const char *what);

/* probe_filter.c: run in a child of their own. */
void probe_seccomp(struct sandbox_probed *p);
void probe_notify(struct sandbox_probed *p);

#endif

/* SPDX-License-Identifier: MIT */
/* Probes that need a filter. Each runs in a child of its own, which reports through shared memory.
 */
#ifndef SANDBOX_PROBE_FILTER_PRIV_H
#define SANDBOX_PROBE_FILTER_PRIV_H

#include "sandbox/probe.h"

/** Mark the first thing that failed; errno is kept in the result. @return false. */
bool sandbox_probe_failed(struct sandbox_probed *p, const char *what);

/** A filter that really refuses a call. */
void sandbox_probe_seccomp(struct sandbox_probed *p);

/** A filter whose supervisor answers a call. */
void sandbox_probe_notify(struct sandbox_probed *p);

#endif

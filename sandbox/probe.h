/* SPDX-License-Identifier: MIT */
/*
 * What this host's kernel lets us do, found out by doing it in a child that ends at once: for
 * `x07 doctor`. Nothing is left behind, no version number is believed.
 */
#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H

#include "sandbox/cause.h"

#include <stdbool.h>
#include <stddef.h>

/** What can be tried. */
enum sandbox_probe {
	SANDBOX_PROBE_CALLS,      /* the system calls that only newer kernels have */
	SANDBOX_PROBE_NAMESPACES, /* all of them, the id maps, a mount inside */
	SANDBOX_PROBE_LANDLOCK,   /* a rule set that really refuses a file */
	SANDBOX_PROBE_SECCOMP,    /* a filter that really refuses a call */
	SANDBOX_PROBE_NOTIFY,     /* a filter whose supervisor answers a call */
	SANDBOX_PROBE_CGROUP      /* a group with a limit of processes */
};

/** How a probe ended. Plain value. */
struct sandbox_probed {
	bool ok;
	int value;                /* LANDLOCK: the ABI */
	const char *what;         /* the call or mechanism that failed or was used; static */
	int sys_errno;            /* of the failed call */
	enum sandbox_cause cause; /* of a failed NAMESPACES */
};

/** Try one thing. Forks; the caller must have no threads that hold locks. */
struct sandbox_probed sandbox_probe(enum sandbox_probe what);

#endif

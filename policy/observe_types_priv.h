/* SPDX-License-Identifier: MIT */
/* What the files of `policy observe` share. */
#ifndef POLICY_OBSERVE_TYPES_PRIV_H
#define POLICY_OBSERVE_TYPES_PRIV_H

#include "policy/observe.h"

/** A directory to grant. */
struct policy_observed_root {
	char *text;  /* owned */
	bool pinned; /* must stay as it is: paths are appended to it */
	bool used;   /* false: only refused operations ask for it */
};

struct policy_observed_roots {
	struct policy_observed_root *items; /* owned */
	uint32_t count;
};

/** Everything that the document says, before it is text. */
struct policy_observed_grants {
	const struct policy_observed *in;
	struct policy_observed_roots read, write;
	const struct policy_use **keys; /* owned; one use for each key, sorted */
	uint32_t key_count;
	const struct policy_use **hosts; /* owned; one use for each host:port, sorted */
	uint32_t host_count;
	bool fs, deny_hidden, clock, sleep, tzid, exit, blocking, tcp, udp;
	uint32_t max_sleep_ms, max_read, max_write, max_entries, max_depth;
	struct policy_limits limits;
};

#endif

/* SPDX-License-Identifier: MIT */
/* Between policy/observe.c (what is granted), _roots.c (directories) and _print.c (texts). */
#ifndef POLICY_OBSERVE_PRIV_H
#define POLICY_OBSERVE_PRIV_H

#include "policy/observe.h"

/** A directory to grant. */
struct observed_root {
	char *text;  /* owned */
	bool pinned; /* must stay as it is: paths are appended to it */
	bool used;   /* false: only refused operations ask for it */
};

struct observed_roots {
	struct observed_root *items; /* owned */
	uint32_t count;
};

/** Everything that the document says, before it is text. */
struct observed_grants {
	const struct policy_observed *in;
	struct observed_roots read, write;
	const struct policy_use **keys; /* owned; one use for each key, sorted */
	uint32_t key_count;
	const struct policy_use **hosts; /* owned; one use for each host:port, sorted */
	uint32_t host_count;
	bool fs, deny_hidden, clock, sleep, tzid, exit, blocking, tcp, udp;
	uint32_t max_sleep_ms, max_read, max_write, max_entries, max_depth;
	struct policy_limits limits;
};

void observed_roots_clear(struct observed_roots *roots);
/** The smallest set of directories for one kind of operation. */
void observed_roots_find(
    struct observed_roots *out, const struct policy_observed *in, enum policy_use_kind kind);
/**
 * Of nested roots the more specific one decides: a directory that is read, inside one that is
 * written, becomes a write root too when something in it is written.
 */
void observed_roots_nest(
    struct observed_roots *read, struct observed_roots *write, const struct policy_observed *in);
/** True when a policy can allow the operation and the rules of this file want it to. */
bool observed_grantable(const struct policy_use *u);
/** The root of @p roots that gives @p u what it needs; NULL when none. */
const struct observed_root *observed_root_of(
    const struct observed_roots *roots, const struct policy_use *u);

/** The document. */
void observed_print_policy(struct buf *out, const struct observed_grants *g);
/** The page for review; counts into @p p. */
void observed_print_review(struct policy_proposal *p, const struct observed_grants *g);

#endif

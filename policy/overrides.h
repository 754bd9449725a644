/* SPDX-License-Identifier: MIT */
/* The override flags of `x07 run` as one set. Source: docs/spec/run-and-policy.md 7. */
#ifndef POLICY_OVERRIDES_H
#define POLICY_OVERRIDES_H

#include "policy/net.h"
#include "policy/policy.h"

#define POLICY_OVERRIDES_MAX 4096
#define POLICY_ROOTS_MAX 128
#define POLICY_HOST_FILE_MAX_BYTES (1u << 20)

/** A host of the flags with the union of its ports. */
struct policy_override_host {
	char *host; /* owned */
	bool all_ports;
	uint16_t *ports; /* owned; ascending, each once */
	uint32_t port_count;
};

/** Hosts sorted by name, each once. */
struct policy_override_hosts {
	struct policy_override_host *items; /* owned */
	uint32_t count;
};

/** Roots sorted, each once. */
struct policy_override_roots {
	char **items; /* owned, the strings too */
	uint32_t count;
};

/** All override flags of one run; sets, so that the order of flags does not matter. */
struct policy_overrides {
	struct policy_override_hosts allow, deny;
	struct policy_override_roots read_roots, write_roots;
	const char *folder; /* borrowed: what relative roots belong to, absolute; NULL = unknown */
};

/** Free what the overrides hold. */
void policy_overrides_clear(struct policy_overrides *o);
/** True when no flag was given: then there is nothing to derive. */
bool policy_overrides_are_empty(const struct policy_overrides *o);

/** @return 0; ERR_USAGE (policy_host_spec_parse); ERR_LIMIT over POLICY_OVERRIDES_MAX hosts. */
MUST_CHECK int policy_overrides_add_host(
    struct policy_overrides *o, const char *spec, bool deny, struct err *err);
/**
 * The contents of a host file: one specification for each line; `#` starts a comment.
 * @param name  of the file, for messages; the line number is added.
 */
MUST_CHECK int policy_overrides_add_hosts(struct policy_overrides *o, const char *text, size_t len,
    const char *name, bool deny, struct err *err);
/** @return 0; ERR_USAGE when the root is empty, over 4096 characters, has `;` or a `..` segment;
 *         ERR_LIMIT. */
MUST_CHECK int policy_overrides_add_root(
    struct policy_overrides *o, const char *root, bool write, struct err *err);

#endif

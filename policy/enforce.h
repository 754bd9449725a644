/* SPDX-License-Identifier: MIT */
/*
 * Who holds a program to each field of a policy. Every field is in the one table of enforce.c; a
 * field that nothing can enforce yet refuses the run when it matters, so that none is ignored.
 */
#ifndef POLICY_ENFORCE_H
#define POLICY_ENFORCE_H

#include "policy/policy.h"

enum policy_enforcer {
	POLICY_BY_READER,      /* speaks about the document; nothing to enforce */
	POLICY_BY_KERNEL,      /* namespaces, Landlock, seccomp, rlimits, cgroups */
	POLICY_BY_RUNTIME,     /* the guest's runtime, which holds the program's only heads */
	POLICY_BY_SUPERVISOR,  /* x07 itself, outside of the sandbox */
	POLICY_BY_COMPILER,    /* a program that breaks it does not compile */
	POLICY_BY_BROKER,      /* the network broker */
	POLICY_NOT_ENFORCEABLE /* a grant that nothing could hold to its limits yet */
};

/** One row: a field that is no object. Static storage. */
struct policy_enforce {
	const char *path; /* "process/allow_spawn" */
	enum policy_enforcer by;
	const char *gate; /* boolean field without which this one has no effect; NULL = none */
	const char *how;  /* by what means; or why not yet */
};

/** How many fields policy_enforce_at tells of. */
size_t policy_enforce_count(void);
/** Row @p i < policy_enforce_count(), in the order of the fields. */
const struct policy_enforce *policy_enforce_at(size_t i);
/** Row of a field, "net/enabled"; NULL when it is none. */
const struct policy_enforce *policy_enforce_find(const char *path);
/** "kernel", "runtime", "supervisor", "compiler", "broker", "document", "not enforceable yet" */
const char *policy_enforcer_name(enum policy_enforcer by);

/** The field is set, and every gate above it is open, so that it has an effect in @p p. */
bool policy_enforce_matters(const struct policy_enforce *row, const struct policy *p);

/**
 * Report every field of @p p that matters and cannot be enforced, with code
 * X07-POLICY-ENFORCE-0001.
 *
 * @param severity  of the entries.
 * @param text      the document of @p p, for line and column; may be empty.
 * @param file      its name for messages; may be NULL.
 * @return how many there are.
 */
uint32_t policy_enforce_check(struct diag_list *diags, enum diag_severity severity,
    const struct policy *p, struct str text, const char *file);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The switches and bounds of a policy that a head of the language needs beside its section, as the
 * guest knows them (lang/rt/config.h): which field each one is, and the words for its refusal.
 */
#ifndef POLICY_GATES_H
#define POLICY_GATES_H

#include "policy/policy.h"

/** A switch. Static storage. */
struct policy_gate {
	uint32_t bit;     /* of enum rt_gate */
	const char *path; /* "fs/allow_mkdir" */
	const char *why;  /* "fs.allow_mkdir is false" */
};

/** A bound on an amount. Static storage. */
struct policy_bound {
	const char *path; /* "fs/max_entries"; "" for the row of RT_LIMIT_NONE */
	const char *why;  /* "more than fs.max_entries" */
};

/** The switches of a policy as the guest gets them: bits of enum rt_gate. */
uint32_t policy_gates(const struct policy *p);
/** The first switch of @p needs (bits of enum rt_gate) that is off; NULL when none is. */
const struct policy_gate *policy_gate_lacking(const struct policy *p, uint32_t needs);
/** The row of an enum rt_limit; that of RT_LIMIT_NONE for any other number. */
const struct policy_bound *policy_bound_of(uint32_t limit);
/** What the guest holds a program to: the field, or the built-in default where the field is 0. */
uint64_t policy_bound_value(const struct policy *p, uint32_t limit);

#endif

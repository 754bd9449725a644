/* SPDX-License-Identifier: MIT */
/*
 * Inside of the resolver. A `universe` is what is known about packages; a `search` is one attempt
 * to choose from it. A package's domain is the set of its versions and of "absent", as bits; a
 * clause is a list of packages with sets that must not all be met at once. Learning from conflicts
 * is resolution of such clauses, so everything learned follows from what packages say.
 */
#ifndef PKG_RESOLVE_TYPES_H
#define PKG_RESOLVE_TYPES_H

#include "base/vec.h"
#include "pkg/require.h"
#include "pkg/resolve.h"

#include <string.h>

#define PKG_NONE UINT32_MAX

/* ---- what is known ---- */

struct uni_need {
	uint32_t pkg;
	const char *requirement; /* "" = any */
};

struct uni_version {
	const char *text;
	struct pkg_version parsed;
	bool yanked, advised;
	bool loaded;       /* `needs`, `unfit` are valid */
	const char *unfit; /* why it cannot be used; NULL */
	struct uni_need *needs;
	uint32_t need_count;
};

struct uni_package {
	const char *name;
	bool listed, unknown;
	bool fixed;      /* a local or forced version, the only one in `versions` */
	bool forced;     /* every requirement accepts it */
	uint32_t locked; /* index in `versions`, PKG_NONE */
	uint32_t words;  /* of a set: one bit for each version and one for "absent" */
	uint32_t count;
	struct uni_version *versions; /* ascending */
};

struct universe {
	struct arena arena;
	const struct pkg_resolve_input *in;
	const struct pkg_source *source;
	struct uni_package *packages; /* id = index */
	size_t count, cap;
	uint32_t *by_name; /* ids in order of names */
	size_t by_name_cap;
};

/* ---- sets ---- */

/** True when @p bit is in the set. */
static inline bool set_has(const uint64_t *s, uint32_t bit)
{
	return (s[bit / 64] >> (bit % 64)) & 1;
}

/** Put @p bit into the set. */
static inline void set_add(uint64_t *s, uint32_t bit)
{
	s[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/** Whether all of @p a is in @p b. */
static inline bool set_within(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++) {
		if (a[i] & ~b[i])
			return false;
	}
	return true;
}

/** True when two sets of @p words words have a bit in common. */
static inline bool set_meets(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++) {
		if (a[i] & b[i])
			return true;
	}
	return false;
}

/* ---- one attempt ---- */

struct term {
	uint32_t pkg;
	uint64_t *set;
};

/** Packages with sets that are not all met in any plan. */
struct clause {
	struct term *terms; /* any order; it changes */
	uint32_t count;
	uint32_t level; /* up to which examining it is still due after a jump back */
	bool seen;      /* by the walk over a proof */
	/* One that a package or the project states (parent_count is 0): */
	enum pkg_fact_kind kind;
	uint32_t by;             /* PKG_NONE = the project */
	uint64_t *by_set;        /* versions of `by`; NULL for the project */
	uint32_t target;         /* PKG_NONE for PKG_FACT_UNFIT */
	uint64_t *allow;         /* versions of `target` that will do */
	const char *requirement; /* "" = any */
	const char *detail;      /* of PKG_FACT_UNFIT */
	/* One that was learned: what it follows from. */
	struct clause **parents;
	uint32_t parent_count;
};

struct trail_entry {
	uint32_t pkg, level;
	uint32_t prev;        /* entry before of the same package, PKG_NONE */
	size_t old_at;        /* its domain before, in `old_words` */
	struct clause *cause; /* NULL = a decision */
};

struct node {
	uint64_t *domain;   /* NULL: not looked at yet */
	uint64_t *expanded; /* versions whose needs are clauses already */
	struct clause **clauses;
	size_t clause_count, clause_cap;
	uint32_t last; /* trail entry, PKG_NONE */
	uint32_t at;   /* in the list of a conflict being analysed, PKG_NONE */
	bool reached, queued, admits_pre;
};

/** What one attempt does differently from the input. */
struct search_rules {
	uint32_t relaxed; /* package of which the project takes any version; PKG_NONE */
	uint32_t removed; /* package that the project does without; PKG_NONE */
	uint32_t forced;  /* package that is forced to `forced_version`; PKG_NONE */
	uint32_t forced_version;
	bool allow_yanked, allow_pre_release;
	uint64_t max_steps;
};

struct search {
	struct universe *u;
	const struct search_rules *rules;
	struct arena arena;
	struct node *nodes; /* by package id */
	size_t node_count, node_cap;
	struct trail_entry *trail;
	size_t trail_count, trail_cap;
	uint64_t *old_words;
	size_t old_count, old_cap;
	uint32_t *reached; /* in the order of decisions; `level` of them are decided */
	size_t reached_count, reached_cap;
	uint32_t *reached_at; /* reached_count before each decision */
	size_t level, reached_at_cap;
	uint32_t *queue;
	size_t queue_count, queue_cap;
	struct clause **pending; /* to be examined */
	size_t pending_count, pending_cap;
	struct clause **recent; /* added since level 0, ascending level */
	size_t recent_count, recent_cap;
	uint64_t steps;
	struct clause *proof; /* the empty clause, when there is no plan */
};

/** A failed search and the statements that its proof rests on. */
struct explanation {
	struct search *s;
	struct pkg_conflict *out;
	struct arena *arena;    /* of `out` */
	struct clause **leaves; /* the project's first, then by name */
	size_t count, cap;
	uint32_t target; /* package of the headline */
};

#endif

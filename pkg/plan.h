/* SPDX-License-Identifier: MIT */
/*
 * What the resolver gives: the plan (which version of which package, and why), or the conflict that
 * makes every choice impossible. Plain data for reports, for fetching and for the lock file.
 */
#ifndef PKG_PLAN_H
#define PKG_PLAN_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/** A requirement as its author wrote it. */
struct pkg_need {
	const char *name;
	const char *requirement; /* NULL or "": any version */
};

/** One package of a plan. */
struct pkg_plan_item {
	const char *name, *version;
	const struct pkg_need *needs; /* sorted by name */
	uint32_t need_count;
	bool direct;      /* the project wants it itself */
	bool locked;      /* the locked version was kept */
	bool forced;      /* by `patch`, whatever the requirements say */
	bool local;       /* a directory of the user's, not from an index */
	bool yanked;      /* taken all the same: locked, or yanked versions are allowed */
	bool advised;     /* an advisory names this version */
	bool pre_release; /* as the version says */
};

/** The packages to install. Opens with pkg_resolve, closes with pkg_plan_clear. */
struct pkg_plan {
	struct arena arena;
	struct pkg_plan_item *items; /* sorted by name, one for each name */
	uint32_t count;
	uint64_t steps; /* work done, comparable with pkg_resolve_input.max_steps */
};

/** Free what a plan holds. */
void pkg_plan_clear(struct pkg_plan *plan);
/** Item by name; NULL when the plan does without it. */
const struct pkg_plan_item *pkg_plan_find(const struct pkg_plan *plan, const char *name);

enum pkg_fact_kind {
	PKG_FACT_NEEDS, /* `by` needs `name` `requirement` */
	PKG_FACT_UNFIT  /* `by` cannot be used at all: `detail` */
};

/** One of the facts that cannot hold together. */
struct pkg_fact {
	enum pkg_fact_kind kind;
	const char *by;          /* package, NULL = the project */
	const char *by_versions; /* "1.0.0, 1.1.0", "" for the project */
	const char *name;        /* NULL for PKG_FACT_UNFIT */
	const char *requirement; /* "" = any version */
	const char *detail;      /* why no version will do, or is unfit; NULL when some would */
};

/** Why no plan exists. Closes with pkg_conflict_clear. */
struct pkg_conflict {
	struct arena arena;
	const char *package;    /* where it shows; a name of the facts */
	const char *headline;   /* one line: the package, who wants what */
	struct pkg_fact *facts; /* the project's first, then by name; together impossible */
	uint32_t fact_count;
	const char **ways_out; /* one line each, what to change; at least one */
	uint32_t way_out_count;
};

/** Free what a conflict holds. */
void pkg_conflict_clear(struct pkg_conflict *conflict);
/** Headline, facts and ways out as lines of text, appended. */
void pkg_conflict_print(struct buf *out, const struct pkg_conflict *conflict);

#endif

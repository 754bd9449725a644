/* SPDX-License-Identifier: MIT */
/*
 * The choice of versions. Complete: when any choice satisfies everybody, one is found.
 * Deterministic: the result depends on the input and on what the source lists, not on order, time
 * or the disk. The source is asked through callbacks, so that nothing here knows about files or
 * networks. Source: docs/spec/packages.md 9 and 12; docs/format/resolution.md.
 */
#ifndef PKG_RESOLVE_H
#define PKG_RESOLVE_H

#include "base/err.h"
#include "pkg/plan.h"

/** One version of a package as a source lists it. */
struct pkg_candidate {
	const char *version; /* one that does not parse is passed over */
	bool yanked;
	bool advised; /* an advisory that is not withdrawn names it */
};

/** All versions of a package, in any order. */
struct pkg_candidates {
	const struct pkg_candidate *items;
	uint32_t count;
};

/** What one version needs. */
struct pkg_needs {
	const struct pkg_need *items; /* in any order */
	uint32_t count;
	const char *compat; /* requirement on the toolchain's version; NULL or "": none */
};

/**
 * Where packages are listed. What the callbacks give stays valid until pkg_resolve returns. Each
 * is asked at most once for the same thing, from the calling thread.
 */
struct pkg_source {
	void *ctx;
	/** Optional: these names will be asked for next; a good moment to fetch them together. */
	int (*prefetch)(void *ctx, const char *const *names, uint32_t count, struct err *err);
	/** @return 0; ERR_NOT_FOUND for no such package; anything else ends the resolution. */
	int (*versions)(struct pkg_candidates *out, void *ctx, const char *name, struct err *err);
	/** @return 0; ERR_NOT_FOUND for no such version; anything else ends the resolution. */
	int (*needs)(struct pkg_needs *out, void *ctx, const char *name, const char *version,
	    struct err *err);
};

enum pkg_fix {
	PKG_FIX_LOCKED, /* keep this version when everybody accepts it */
	PKG_FIX_LOCAL,  /* a directory of the user's: this version or none; never listed */
	PKG_FIX_FORCED  /* `patch`: this version, whatever the requirements say; never listed. Its
			   own  `compat` is for the caller to check: there is no other version to
			   take
			 */
};

/** A version that is decided, or preferred, before the search. */
struct pkg_fixed {
	const char *name, *version;
	enum pkg_fix fix;
};

#define PKG_RESOLVE_STEPS_DEFAULT UINT64_C(50000000)
#define PKG_RESOLVE_BYTES_DEFAULT ((size_t)256 << 20)
#define PKG_RESOLVE_PACKAGES_MAX 65536u
#define PKG_RESOLVE_VERSIONS_MAX 65536u

/** The question. All borrowed. */
struct pkg_resolve_input {
	const struct pkg_need *wants; /* of the project; a name may be there twice */
	uint32_t want_count;
	const struct pkg_fixed *fixed; /* of one name FORCED comes before LOCAL before LOCKED */
	uint32_t fixed_count;
	const char *toolchain_version; /* for `compat`; NULL: not checked */
	const char *source_name;       /* the registry, for texts; NULL: not named */
	bool allow_yanked;             /* otherwise only where locked, local or forced */
	bool deny_advised;      /* versions with an advisory only where locked, local or forced */
	bool allow_pre_release; /* otherwise only where a requirement names one */
	bool no_ways_out;       /* on a conflict, ask the source nothing more */
	uint64_t max_steps;     /* 0: PKG_RESOLVE_STEPS_DEFAULT */
	size_t max_bytes;       /* of memory; 0: PKG_RESOLVE_BYTES_DEFAULT */
};

/**
 * Choose one version for every package that is wanted or needed.
 *
 * Packages are decided breadth first from the project, by name at each package; each takes its
 * locked version or else the highest one with which the rest can still be completed. A pre-release
 * is a candidate for a requirement that names a pre-release of the same release, or for everybody
 * when the project names one or has it locked.
 *
 * @param out       written on success only; pkg_plan_clear.
 * @param conflict  written when the result is ERR_PKG with code X07PKG_RESOLVE_CONFLICT only, then
 *                  pkg_conflict_clear; may be NULL.
 * @param in        borrowed.
 * @param source    borrowed.
 * @return 0; ERR_PKG with user code X07PKG_RESOLVE_CONFLICT (no choice exists; the message is the
 *         headline and the first way out) or X07PKG_SPEC_INVALID (a want or a fixed version does
 *         not parse); ERR_LIMIT with X07PKG_RESOLVE_LIMIT (too many steps, bytes, packages or
 *         versions); or what the source returned.
 */
MUST_CHECK int pkg_resolve(struct pkg_plan *out, struct pkg_conflict *conflict,
    const struct pkg_resolve_input *in, const struct pkg_source *source, struct err *err);

#endif

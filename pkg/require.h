/* SPDX-License-Identifier: MIT */
/*
 * Requirements on a version (">=0.1.8 <0.2.0") and the text "name@requirement" of
 * meta.requires_packages. Which version is taken: pkg/resolve.h.
 * Source: docs/spec/packages.md 1 and 3; docs/format/version.md.
 */
#ifndef PKG_REQUIRE_H
#define PKG_REQUIRE_H

#include "pkg/version.h"

#define PKG_REQUIREMENT_CLAUSES_MAX 16

enum pkg_op { PKG_OP_EQ, PKG_OP_GE, PKG_OP_LE, PKG_OP_GT, PKG_OP_LT };

/** One condition, `>=1.2.3`. */
struct pkg_condition {
	enum pkg_op op;
	struct pkg_version version;
};

/** Conditions that must all hold. Plain value; borrows from the text that was parsed. */
struct pkg_requirement {
	struct pkg_condition items[PKG_REQUIREMENT_CLAUSES_MAX];
	uint32_t count; /* at least 1 */
};

/**
 * Parse a requirement: conditions divided by white space, by commas, or by both. A condition is
 * `>=`, `<=`, `>`, `<`, `=` or nothing (which is `=`), directly before a whole version.
 *
 * @param out   written on success only; borrows from @p text.
 * @return 0; ERR_FORMAT when @p text is anything else (no `^`, `~`, `*`, no partial version; the
 *         message says what to write); ERR_LIMIT for more than PKG_REQUIREMENT_CLAUSES_MAX.
 */
MUST_CHECK int pkg_requirement_parse(struct pkg_requirement *out, struct str text, struct err *err);

/** Whether all conditions hold by precedence; says nothing about pre-releases being wanted. */
bool pkg_requirement_holds(const struct pkg_requirement *r, const struct pkg_version *v);

/** Whether a condition names a pre-release of the release that @p v belongs to. */
bool pkg_requirement_names_pre(const struct pkg_requirement *r, const struct pkg_version *v);

/** Whether it is one version exactly: a single condition `=`. */
bool pkg_requirement_is_exact(const struct pkg_requirement *r);

/**
 * Split "name@requirement"; without "@" the requirement is empty. Neither half is copied.
 *
 * @return 0, or ERR_FORMAT when the name is no package name or "@" has nothing behind it. The
 *         requirement itself is not checked.
 */
MUST_CHECK int pkg_spec_split(
    struct str *name, struct str *requirement, struct str text, struct err *err);

#endif

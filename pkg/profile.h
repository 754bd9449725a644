/* SPDX-License-Identifier: MIT */
/* Profiles of a manifest by name. */
#ifndef PKG_PROFILE_H
#define PKG_PROFILE_H

#include "pkg/manifest.h"

/** Profile by name; NULL when there is none. */
const struct pkg_profile *pkg_profile_find(const struct pkg_manifest *m, const char *name);

/**
 * The profile of a run: @p requested, else default_profile, else `dev`, else `os`.
 *
 * @param out        borrowed from @p m; NULL when the manifest has no `profiles` at all.
 * @param requested  the value of --profile; NULL when not given.
 * @return 0, or ERR_USAGE naming the profiles that there are.
 * Source: docs/spec/run-and-policy.md 6.3.
 */
MUST_CHECK int pkg_profile_select(const struct pkg_profile **out, const struct pkg_manifest *m,
    const char *requested, struct err *err);

#endif

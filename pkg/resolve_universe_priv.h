/* SPDX-License-Identifier: MIT */
/* What is known about packages: it is asked for when somebody needs it. */
#ifndef PKG_RESOLVE_UNIVERSE_PRIV_H
#define PKG_RESOLVE_UNIVERSE_PRIV_H

#include "pkg/resolve_types.h"

void pkg_uni_clear(struct universe *u);

/** Id of a package, new when the name is. @return 0, ERR_LIMIT. */
MUST_CHECK int pkg_uni_package(
    uint32_t *out, struct universe *u, const char *name, struct err *err);

/** Ask for the versions of these packages, as far as it has not been done. */
MUST_CHECK int pkg_uni_list(
    struct universe *u, const uint32_t *ids, uint32_t count, struct err *err);

/** Ask for what a version needs, unless it has been done. */
MUST_CHECK int pkg_uni_load(struct universe *u, uint32_t pkg, uint32_t version, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* The member `profiles` of a manifest. */
#ifndef PKG_PROFILE_PRIV_H
#define PKG_PROFILE_PRIV_H

#include "pkg/manifest.h"
#include "pkg/read_priv.h"

/** Fault at @p v unless @p world is one of the seven. */
void pkg_check_world(struct pkg_reader *r, const struct json *v, const char *world);
/** Fill the profiles of @p m. */
void pkg_read_profiles(struct pkg_reader *r, const struct json *root, struct pkg_manifest *m);

#endif

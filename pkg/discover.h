/* SPDX-License-Identifier: MIT */
/* Where the manifest of a project lies. */
#ifndef PKG_DISCOVER_H
#define PKG_DISCOVER_H

#include "base/err.h"

/**
 * Walk up from @p dir: in each directory x07.json, else exactly one *.x07project.json.
 * @param out  absolute path, owned.
 * @return 0, ERR_NOT_FOUND, ERR_USAGE when a directory holds several candidates, or one of
 *         another user in a folder that everybody may write to (as /tmp).
 */
MUST_CHECK int pkg_manifest_discover(char **out, const char *dir, struct err *err);

#endif

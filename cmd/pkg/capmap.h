/* SPDX-License-Identifier: MIT */
/* The capability map that ships with the tool. */
#ifndef CMD_PKG_CAPMAP_H
#define CMD_PKG_CAPMAP_H

#include "base/path.h"
#include "registry/capmap.h"
#include "registry/capmap_read.h"
#include "registry/client/open.h"

/** Load share/x07/registry/capabilities.json. As registry_capmap_load. */
static inline int pkg_capmap_open(
    struct registry_capmap *out, const struct client_settings *s, struct err *err)
{
	AUTO_FREE char *path = path_join(s->share, "registry/capabilities.json");

	return registry_capmap_load(out, path, err);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Reading the capability map. Source: docs/format/capabilities.schema.json. */
#ifndef REGISTRY_CAPMAP_READ_H
#define REGISTRY_CAPMAP_READ_H

#include "base/err.h"
#include "registry/capmap.h"

#define REGISTRY_CAPMAP_MAX_BYTES ((size_t)1 << 20)

/**
 * Read a map, `capabilities` and `elsewhere`, and check it: ids once over both, aliases lead to ids
 * and are none themselves, one version for each package name.
 * @return 0; ERR_FORMAT (X07PKG_CAPABILITIES_INVALID) naming the place.
 */
MUST_CHECK int registry_capmap_parse(
    struct registry_capmap *out, const char *text, size_t len, struct err *err);

/** As registry_capmap_parse, from a file. */
MUST_CHECK int registry_capmap_load(struct registry_capmap *out, const char *path, struct err *err);

#endif

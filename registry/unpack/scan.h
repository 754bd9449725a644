/* SPDX-License-Identifier: MIT */
/* A look at the raw headers of an archive, before a reader of tar sees them. */
#ifndef REGISTRY_UNPACK_SCAN_H
#define REGISTRY_UNPACK_SCAN_H

#include "base/err.h"

#include <stddef.h>

/**
 * Look at the raw headers for what two readers of tar would understand differently.
 * @return 0, or ERR_PKG as unpack_archive.
 */
MUST_CHECK int unpack_scan(const char *data, size_t len, struct err *err);

#endif

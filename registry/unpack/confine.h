/* SPDX-License-Identifier: MIT */
/* What a child of x07-unpack gives up before it looks at an archive. */
#ifndef REGISTRY_UNPACK_CONFINE_H
#define REGISTRY_UNPACK_CONFINE_H

#include "base/err.h"

/**
 * Whether this kernel has what unpack_confine needs.
 * @return 0 or ERR_SANDBOX naming the layer and what to change on this host.
 */
MUST_CHECK int unpack_confine_check(struct err *err);

/**
 * From here on this process may read what it has open, make files and directories below @p dirfd
 * and end; it opens nothing else, starts nothing and reaches no network. Limits: 64 descriptors, 20
 * s of processor time, 256 MiB of memory, files of at most 16 MiB.
 * @return 0 or ERR_SANDBOX.
 */
MUST_CHECK int unpack_confine(int dirfd, struct err *err);

#endif

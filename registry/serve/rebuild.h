/* SPDX-License-Identifier: MIT */
/* Building the index of a served registry anew, after each change. */
#ifndef REGISTRY_SERVE_REBUILD_H
#define REGISTRY_SERVE_REBUILD_H

#include "registry/serve/types.h"

/** Build the index anew. */
MUST_CHECK int serve_rebuild(struct serve_api *api, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Namespaces as /proc shows them, and who we are inside. */
#ifndef SANDBOX_NAMESPACES_PRIV_H
#define SANDBOX_NAMESPACES_PRIV_H

#include "sandbox/types_priv.h"

/** Paths of the namespace links, in the order of the layers. */
extern const char *const sandbox_ns_paths[SANDBOX_NS_COUNT];

/** The texts that map our own ids, and no others, to SANDBOX_INSIDE_ID. */
void sandbox_id_maps(char uid_map[SANDBOX_ID_MAP_TEXT], char gid_map[SANDBOX_ID_MAP_TEXT]);

/** In the child: each namespace must be another one than the host's. */
void sandbox_child_namespaces(struct sandbox_child *c);

#endif

/* SPDX-License-Identifier: MIT */
/* For what is asked of an open registry beside its index (api.c). */
#ifndef REGISTRY_CLIENT_OPEN_PRIV_H
#define REGISTRY_CLIENT_OPEN_PRIV_H

#include "registry/client/open.h"
#include "registry/client/texts_priv.h"

/** Where the texts of an open registry come from. Borrowed. */
struct client_source *client_source_of(struct client_index *index);

#endif

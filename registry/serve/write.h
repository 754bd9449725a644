/* SPDX-License-Identifier: MIT */
/* The routes of a served registry that change something. */
#ifndef REGISTRY_SERVE_WRITE_H
#define REGISTRY_SERVE_WRITE_H

#include "registry/serve/answer.h"
#include "registry/serve/request.h"
#include "registry/serve/types.h"

/** The part of it that changes something; false when the path is none of its own. */
bool serve_handle_post(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a);

#endif

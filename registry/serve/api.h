/* SPDX-License-Identifier: MIT */
/* The routes of a served registry that read, and the way to those that write. */
#ifndef REGISTRY_SERVE_API_H
#define REGISTRY_SERVE_API_H

#include "registry/serve/answer.h"
#include "registry/serve/request.h"
#include "registry/serve/types.h"

/** Handle one request; @p body_fd holds its body, at its start. Never fails. */
void serve_handle(
    struct serve_api *api, const struct serve_request *q, int body_fd, struct serve_answer *a);

#endif

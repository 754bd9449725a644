/* SPDX-License-Identifier: MIT */
/* The API of a registry: publishing, yanking, advisories. */
#ifndef REGISTRY_CLIENT_API_H
#define REGISTRY_CLIENT_API_H

#include "registry/client/fetch.h"
#include "registry/client/open.h"

/** One request to the registry's API. Everything borrowed. */
struct client_api_call {
	const char *path; /* below `api`: "packages/ext-net" */
	bool post;
	int body_fd;              /* of a POST */
	const char *content_type; /* of a POST */
	const struct code *code;  /* for a fault: REGISTRY_CODE(API_FETCH) */
};

/**
 * Ask the registry's API.
 * @param out  the answer; fetch_response_clear, whatever is returned.
 * @return 0 when it was answered without a fault; else ERR_PKG with the code of the call, or
 *         X07PKG_API_URL when the registry has no API; or as client_config.
 */
MUST_CHECK int client_api(struct fetch_response *out, struct client_index *index,
    const struct client_api_call *call, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* What the parts of a served registry share: how it is served, and who asks. */
#ifndef REGISTRY_SERVE_TYPES_H
#define REGISTRY_SERVE_TYPES_H

#include "base/err.h"

#include <stdint.h>

#define SERVE_BODY_MAX ((size_t)64 << 20)
#define SERVE_JSON_MAX ((size_t)64 << 10)

/** How to serve. Borrowed. */
struct serve_options {
	const char *data;        /* folder of the registry; made when missing */
	const char *bind;        /* "127.0.0.1:8080", "[::1]:0"; NULL = 127.0.0.1:8080 */
	const char *name;        /* of the registry, in its snapshot */
	const char *public_base; /* URL under which clients see it; NULL = relative addresses */
	const uint8_t *seed;     /* signing key; NULL = unsigned */
	const char *key_id;
	uint32_t idle_ms; /* of a connection; 0 = 15 000 */
	/** Called once with the address that is listened on. */
	void (*ready)(void *ctx, const char *address);
	/** Called for each answer. */
	void (*log)(void *ctx, const char *method, const char *path, int status);
	const volatile int *stop; /* not 0: end; looked at once a second and after each signal */
	void *ctx;
};

/** Scopes of a token, as bits. */
enum serve_scope {
	SERVE_SCOPE_PUBLISH = 1,
	SERVE_SCOPE_OWNER = 2,
	SERVE_SCOPE_TOKEN = 4,
	SERVE_SCOPE_ADMIN = 8
};

/** Who asks. */
struct serve_account {
	char id[33];
	char handle[65];
	unsigned scopes;
};

/** A served folder. */
struct serve_api {
	const struct serve_options *o;
	int data_fd; /* owned; locked */
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A registry over HTTP for development and small teams: the static files of registry/build/build.h
 * and the API of spec packages 13 around them. One process, no TLS (a web server in front has
 * that), on loopback unless told otherwise. The index is built anew after each change: what is
 * published is `dl/`, yanked.txt and advisories.ndjson, all the rest follows from them.
 */
#ifndef REGISTRY_SERVE_SERVE_H
#define REGISTRY_SERVE_SERVE_H

#include "base/err.h"
#include "registry/sign.h"

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

/**
 * Serve until told to stop.
 * @return 0; ERR_USAGE for a bad address; ERR_PKG with X07REG_CONFIG when another process serves
 *         this folder; ERR_IO.
 */
MUST_CHECK int serve_run(const struct serve_options *options, struct err *err);

/**
 * Make a token and remember its digest in `state/tokens.json`, which only its owner may read.
 *
 * @param token   the text to hand over; shown once. "x07t_" and 64 digits.
 * @param handle  who it is for: owner of what is published with it; 1..64 of [a-z0-9_.-].
 * @param scopes  "publish,owner.manage,token.manage,admin": one or more.
 * @return 0, ERR_USAGE, ERR_IO, ERR_FORMAT (the file is none).
 */
MUST_CHECK int serve_token_add(char token[80], const char *data, const char *handle,
    const char *label, const char *scopes, struct err *err);

#endif

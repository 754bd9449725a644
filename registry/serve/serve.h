/* SPDX-License-Identifier: MIT */
/*
 * A registry over HTTP for development and small teams: the static files of registry/build/build.h
 * and the API of docs/REGISTRY.md around them. One process, no TLS (a web server in front has
 * that), on loopback unless told otherwise. The index is built anew after each change: what is
 * published is `dl/`, yanked.txt and advisories.ndjson, all the rest follows from them.
 */
#ifndef REGISTRY_SERVE_SERVE_H
#define REGISTRY_SERVE_SERVE_H

#include "registry/serve/types.h"

/**
 * Serve until told to stop.
 * @return 0; ERR_USAGE for a bad address; ERR_PKG with X07REG_CONFIG when another process serves
 *         this folder; ERR_IO.
 */
MUST_CHECK int serve_run(const struct serve_options *options, struct err *err);

#endif

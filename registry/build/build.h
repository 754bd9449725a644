/* SPDX-License-Identifier: MIT */
/*
 * A registry as static files: from a folder of archives, package sources and index lines to
 * `index/` (config.json, sharded index files, catalog.json, signed snapshot) and `dl/`. Any web
 * server, object store or CDN serves the result. Source: docs/REGISTRY.md, docs/format/index.md.
 */
#ifndef REGISTRY_BUILD_BUILD_H
#define REGISTRY_BUILD_BUILD_H

#include "base/err.h"

#include <stdint.h>

/** What to build. Borrowed; zero members mean the default. */
struct build_options {
	const char
	    *input;          /* searched to 16 levels: *.x07pkg, folders with x07-package.json,
			      * `download` files of a registry, *.ndjson, yanked.txt, advisories.ndjson */
	const char *output;  /* made when missing; what is there already stays */
	const char *name;    /* of the registry, in its snapshot */
	const char *dl;      /* base of downloads; NULL = "../dl/", relative to the index */
	const char *api;     /* base of the API; NULL = none */
	const uint8_t *seed; /* signing key; NULL = unsigned, no snapshot */
	const char *key_id;
	int64_t now_s;
	int64_t lifetime_s; /* of the snapshot; 30 days */
	size_t memory;      /* for sorting; 24 MiB */
};

struct build_result {
	uint64_t packages, versions;
	uint64_t archives_added;
	uint64_t files_written; /* of the index; unchanged ones are left alone */
	uint64_t snapshot_version;
};

/**
 * Build or bring up to date. Readers see the old index or the new one: what names are made of their
 * digest is written first, snapshot.json last, all of it durable before.
 *
 * @return 0; ERR_PKG with the code of what is wrong with an input, naming the file:
 *         X07REG_BAD_ARCHIVE, X07REG_BAD_MANIFEST, X07REG_ALREADY_PUBLISHED (a version twice with
 *         different bytes), X07REG_BAD_INPUT (a line; or no package where a registry would lose its
 *         own), X07PKG_UNSIGNED (a signed registry, and no key), X07PKG_PACK_FAILED; ERR_LIMIT;
 * ERR_NOT_FOUND; ERR_IO.
 */
MUST_CHECK int build_registry(
    struct build_result *out, const struct build_options *options, struct err *err);

#endif

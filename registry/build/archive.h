/* SPDX-License-Identifier: MIT */
/*
 * What an archive says about itself, read from memory: for the side that offers packages (build,
 * serve). The side that installs them unpacks in a confined process instead (unpack_client.h).
 */
#ifndef REGISTRY_BUILD_ARCHIVE_H
#define REGISTRY_BUILD_ARCHIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "pkg/plan.h"

/** Opens with build_archive_read, build_archive_clear. */
struct build_archive {
	struct arena arena;
	char sha256[SHA256_HEX_SIZE];
	char tree_sha256[SHA256_HEX_SIZE];
	uint64_t size;
	uint32_t files;
	const char *name, *version;
	const char *compat;      /* NULL when absent */
	const char *description; /* NULL when absent */
	const char *docs;        /* NULL when absent */
	const char *license;     /* NULL when absent */
	struct pkg_need *needs;
	uint32_t need_count;
	uint32_t module_count;
	const struct json *manifest; /* x07-package.json, whole */
};

/**
 * Read an archive: regular files only, each once, under a path that pkg_tree_path_fault allows; a
 * manifest whose modules are all there; with `ffi` as import mode a file below `ffi/`.
 *
 * @param out   written on success only.
 * @param data  borrowed during the call.
 * @return 0; ERR_PKG with code X07REG_BAD_ARCHIVE or X07REG_BAD_MANIFEST, X07REG_INVALID_NAME,
 *         X07REG_INVALID_VERSION, X07REG_BODY_TOO_LARGE.
 * Source: spec packages 3, 7 and 13 (order of checks when publishing).
 */
MUST_CHECK int build_archive_read(
    struct build_archive *out, const char *data, size_t len, struct err *err);
void build_archive_clear(struct build_archive *a);

/** The rules of publishing: description, docs, license and x07c_compat are there. X07REG_PKG_*. */
MUST_CHECK int build_archive_may_publish(const struct build_archive *a, struct err *err);

struct registry_version;
/** The index line of an archive, unsigned; borrows from @p a. */
void build_archive_version(struct registry_version *out, const struct build_archive *a);

#endif

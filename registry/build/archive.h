/* SPDX-License-Identifier: MIT */
/*
 * What an archive says about itself, read from memory: for the side that offers packages (build,
 * serve). The side that installs them unpacks in a confined process instead
 * (registry/unpack/client.h).
 */
#ifndef REGISTRY_BUILD_ARCHIVE_H
#define REGISTRY_BUILD_ARCHIVE_H

#include "base/err.h"
#include "base/hash.h"
#include "pkg/package.h"
#include "registry/types.h"

/** Opens with build_archive_read, build_archive_clear. */
struct build_archive {
	char sha256[SHA256_HEX_SIZE];
	char tree_sha256[SHA256_HEX_SIZE];
	uint64_t size;
	uint32_t files;
	struct pkg_package package; /* x07-package.json */
};

/**
 * Read an archive: regular files only, each once, under a path that pkg_tree_path_fault allows; a
 * manifest whose modules are all there; with `ffi` as import mode a file below `ffi/`.
 *
 * @param out   written on success only.
 * @param data  borrowed during the call.
 * @return 0; ERR_PKG with code X07REG_BAD_ARCHIVE or X07REG_BAD_MANIFEST, X07REG_INVALID_NAME,
 *         X07REG_INVALID_VERSION, X07REG_PKG_X07C_COMPAT_INVALID, X07REG_BODY_TOO_LARGE.
 * Source: docs/format/x07pkg.md, docs/format/package.md.
 */
MUST_CHECK int build_archive_read(
    struct build_archive *out, const char *data, size_t len, struct err *err);
/** Free what it owns. */
void build_archive_clear(struct build_archive *a);

/** The rules of publishing: description, docs, license and x07c_compat are there. X07REG_PKG_*. */
MUST_CHECK int build_archive_may_publish(const struct build_archive *a, struct err *err);

/** The index line of an archive, unsigned; borrows from @p a. */
void build_archive_version(struct registry_version *out, const struct build_archive *a);

#endif

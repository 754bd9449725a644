/* SPDX-License-Identifier: MIT */
/*
 * Writing a `.x07pkg`: the same bytes for the same files, wherever and whenever it is written. The
 * format fixes every byte of a header, its unusual checksum field included, so the writer is ours;
 * reading is registry/unpack/unpack.h.
 * Source: docs/format/x07pkg.md; spec packages 3, 7 and 14.
 */
#ifndef REGISTRY_PACK_H
#define REGISTRY_PACK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "registry/index.h"

#define REGISTRY_ARCHIVE_MAX ((size_t)64 << 20)

/** A file to put into an archive. All borrowed. */
struct registry_member {
	const char *path;
	const void *data;
	size_t len;
};

/**
 * Append an archive of these files.
 *
 * @param members  sorted by the bytes of the path; the caller has checked the paths.
 * @return 0, or ERR_LIMIT over the maximum of @p out.
 */
MUST_CHECK int registry_pack_members(
    struct buf *out, const struct registry_member *members, size_t count, struct err *err);

/** What an archive is about. Opens with registry_pack_dir, registry_packed_clear. */
struct registry_packed {
	struct arena arena;
	struct buf bytes; /* the archive */
	char sha256[SHA256_HEX_SIZE];
	char tree_sha256[SHA256_HEX_SIZE];
	const char *name, *version;
	const char *compat;           /* meta.x07c_compat, NULL when absent */
	const struct pkg_need *needs; /* meta.requires_packages, sorted */
	uint32_t need_count;
	const char *const *modules; /* ids */
	uint32_t module_count;
};

/**
 * Archive a package directory: x07-package.json, the modules it lists, every file below `ffi/`.
 *
 * @param out      written on success only.
 * @param dir      borrowed; no link below it is followed.
 * @param publish  true: the rules of publishing as well (description, docs, license, x07c_compat,
 * at least one module).
 * @return 0; ERR_PKG with code X07PKG_PACK_FAILED, naming the file or the field.
 */
MUST_CHECK int registry_pack_dir(
    struct registry_packed *out, const char *dir, bool publish, struct err *err);
void registry_packed_clear(struct registry_packed *packed);

#endif

/* SPDX-License-Identifier: MIT */
/* Archiving the folder of a package. Source: docs/format/x07pkg.md. */
#ifndef REGISTRY_PACK_DIR_H
#define REGISTRY_PACK_DIR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "pkg/plan.h"

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

/** Free what it owns. */
void registry_packed_clear(struct registry_packed *packed);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The files of an installed package and their digest: what the lock records as the tree digest, and
 * what is looked at before a package is used. Every file counts, modules, `ffi/` and the rest
 * alike. Source: docs/format/store.md, "tree digest"; docs/spec/packages.md 12, rows 2 and 18.
 */
#ifndef PKG_TREE_H
#define PKG_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

/* Caps of one package; the archive reader enforces the same ones. */
#define PKG_TREE_FILES_MAX 10000u
#define PKG_TREE_FILE_MAX (UINT64_C(16) << 20)
#define PKG_TREE_BYTES_MAX (UINT64_C(64) << 20)
#define PKG_TREE_PATH_MAX 1024u /* bytes of a path */
#define PKG_TREE_DEPTH_MAX 64u  /* segments of a path */

struct pkg_tree_file {
	const char *path; /* relative, '/' between segments */
	uint64_t size;
	uint8_t sha256[SHA256_BYTES];
};

/** The files of a tree, by path bytes ascending. Opens with pkg_tree_scan, pkg_tree_clear. */
struct pkg_tree {
	struct arena arena;
	struct pkg_tree_file *files;
	uint32_t count;
	uint64_t bytes; /* of all files */
};

/** Free the list of files. */
void pkg_tree_clear(struct pkg_tree *tree);

/**
 * Read and hash every file below a directory; no link is followed.
 *
 * @param out    written on success only; pkg_tree_clear.
 * @param dirfd  borrowed.
 * @return 0; ERR_FORMAT for anything but files and directories, and for a name that no package may
 *         have; ERR_LIMIT over one of the caps; ERR_NOT_FOUND when it went away; ERR_IO.
 */
MUST_CHECK int pkg_tree_scan(struct pkg_tree *out, int dirfd, struct err *err);

/**
 * Read and hash what a build can read of a package that lies in somebody's folder, not in an
 * archive: x07-package.json, every `*.x07.json` below the module root that a module id can name,
 * and all files below `ffi/`. Other files may change as they like.
 *
 * @param module_root  borrowed; relative, no ".." segment. A folder that is missing has no files.
 * @return as pkg_tree_scan; ERR_NOT_FOUND without x07-package.json.
 */
MUST_CHECK int pkg_tree_scan_sources(
    struct pkg_tree *out, int dirfd, const char *module_root, struct err *err);

/**
 * Whether a path may be the name of a file in a package: relative, UTF-8, no empty, "." or ".."
 * segment, no backslash, no control character, within the caps of length and depth.
 * @return NULL when it may, else what is wrong with it (static storage).
 */
const char *pkg_tree_path_fault(const char *path, size_t len);

#endif

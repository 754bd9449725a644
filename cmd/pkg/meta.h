/* SPDX-License-Identifier: MIT */
/* x07-package.json of a folder that holds a package. */
#ifndef CMD_PKG_META_H
#define CMD_PKG_META_H

#include "base/hash.h"
#include "pkg/package.h"

/** x07-package.json of an installed package. Opens with pkg_meta_read, pkg_meta_clear. */
struct pkg_meta {
	struct pkg_package p;
	char sha256[SHA256_HEX_SIZE]; /* of the file */
	bool loaded;
};

/**
 * Read x07-package.json of a directory.
 *
 * @param out    what it held before is freed; untouched after a failure.
 * @param dirfd  borrowed.
 * @param what   borrowed: the package, for messages.
 * @return 0; ERR_NOT_FOUND; ERR_PKG with X07PKG_MANIFEST_PARSE, X07PKG_X07C_COMPAT_INVALID; ERR_IO.
 */
MUST_CHECK int pkg_meta_read(struct pkg_meta *out, int dirfd, const char *what, struct err *err);
/** Free what @p m holds; it may be read into again. */
void pkg_meta_clear(struct pkg_meta *m);
/**
 * Digest of one file below a directory.
 *
 * @param dirfd  borrowed.
 * @param path   borrowed; below @p dirfd, no link leads out.
 * @return as pkg_meta_read.
 */
MUST_CHECK int pkg_meta_file_sha(
    char out[SHA256_HEX_SIZE], int dirfd, const char *path, struct err *err);

#endif

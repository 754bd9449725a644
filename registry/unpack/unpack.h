/* SPDX-License-Identifier: MIT */
/*
 * Reading a `.x07pkg` into an empty directory, with libarchive. Archives are hostile: this runs in
 * x07-unpack (registry/unpack/main.c), which can do nothing but read the archive and make files
 * there. The caller of that program is registry/unpack/client.h. Source: docs/format/x07pkg.md,
 * "reading".
 */
#ifndef REGISTRY_UNPACK_UNPACK_H
#define REGISTRY_UNPACK_UNPACK_H

#include "base/err.h"
#include "pkg/tree.h"

/** What was written. Plain value. */
struct unpack_result {
	uint32_t files;
	uint64_t bytes;
};

/**
 * Unpack. Files get mode 0444, directories 0755; nothing of the archive's owners, modes and times
 * counts. On failure what was written so far stays for the caller to remove.
 *
 * @param out         written on success only.
 * @param archive_fd  borrowed, at its start; read once, so that it may change meanwhile.
 * @param sha256      what it must have, in hexadecimal; NULL = anything.
 * @param dirfd       borrowed; an empty directory.
 * @return 0; ERR_PKG with one of these codes, naming the entry:
 *         X07PKG_ARCHIVE_FORMAT     not a plain tar, cut short, or empty
 *         X07PKG_ARCHIVE_TYPE       a link, device, fifo, socket or sparse file
 *         X07PKG_ARCHIVE_PATH       absolute, "..", ".", empty, backslash, control character, NUL,
 *                                   not UTF-8
 *         X07PKG_ARCHIVE_DUPLICATE  a path twice, or a file where a directory is
 *         X07PKG_ARCHIVE_CASE       two paths that differ in the case of letters only
 *         X07PKG_ARCHIVE_DIGEST     not the bytes that @p sha256 names
 *         X07PKG_ARCHIVE_LIMIT      over a cap of pkg/tree.h, or the archive is over 64 MiB;
 *         ERR_IO when the directory cannot be written.
 */
MUST_CHECK int unpack_archive(
    struct unpack_result *out, int archive_fd, const char *sha256, int dirfd, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Writing a `.x07pkg`: the same bytes for the same files, wherever and whenever it is written. The
 * format fixes every byte of a header, its unusual checksum field included, so the writer is ours;
 * the reader is registry/unpack/unpack.h.
 * Source: docs/format/x07pkg.md.
 */
#ifndef REGISTRY_PACK_H
#define REGISTRY_PACK_H

#include "base/buf.h"
#include "base/err.h"

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

#endif

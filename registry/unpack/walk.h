/* SPDX-License-Identifier: MIT */
/*
 * Walking over the raw headers of a tar archive in memory. It finds where each header and its body
 * are; what is allowed there is the business of scan.h (who unpacks) and registry/build/archive.h
 * (who offers). Source: tar(5).
 */
#ifndef REGISTRY_UNPACK_WALK_H
#define REGISTRY_UNPACK_WALK_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNPACK_BLOCK 512
#define UNPACK_NAME_SIZE 100 /* the field of the name, at the start of a header */

/** A walk under way. Plain value. */
struct unpack_walk {
	const char *data; /* borrowed */
	size_t len;
	uint64_t at; /* of the next header; may be past the end */
	uint32_t headers;
};

/** A header and what stands behind it. Borrows from the archive. */
struct unpack_raw {
	const unsigned char *header; /* UNPACK_BLOCK bytes */
	char type;                   /* '0' or NUL: a file; 'L': a long name for the next one.. */
	uint64_t size;               /* of the body, as the header says */
	struct str body;             /* as much of it as the archive has */
	bool is_whole;               /* that is all of it, up to the end of its last block */
};

/** Start at the first header. */
void unpack_walk_begin(struct unpack_walk *walk, const char *data, size_t len);
/**
 * Go to the next header.
 * @return 1; 0 at the end, a block of zeros; ERR_PKG with X07PKG_ARCHIVE_FORMAT (the archive is cut
 *         short there, or a size is no number), or X07PKG_ARCHIVE_LIMIT for a body over
 *         PKG_TREE_FILE_MAX or more headers than PKG_TREE_FILES_MAX entries have.
 */
MUST_CHECK int unpack_walk_next(struct unpack_walk *walk, struct unpack_raw *out, struct err *err);
/** Whether nothing but zeros follow the end, and at least the second block that belongs to it. */
bool unpack_walk_ends_clean(const struct unpack_walk *walk);

/**
 * What is wrong with a header that a plain writer of archives has not made: its checksum, a number,
 * its magic, or something in the fields that a short name does not need.
 * @return NULL, or what it is. Static storage.
 */
const char *unpack_raw_fault(const struct unpack_raw *raw);
/** Whether a field has a text, and from its first NUL on nothing but NULs. */
bool unpack_raw_is_padded(const void *field, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The file of one package in the sparse index, and where these files lie below the index root.
 * Fetching them is the work of registry/client, trusting them that of trust.h and snapshot.h.
 * Source: docs/format/index.md.
 */
#ifndef REGISTRY_INDEX_H
#define REGISTRY_INDEX_H

#include "base/buf.h"
#include "base/err.h"
#include "registry/types.h"

#define REGISTRY_INDEX_FILE_MAX ((size_t)32 << 20)
#define REGISTRY_INDEX_LINE_MAX ((size_t)1 << 20)
#define REGISTRY_INDEX_LINES_MAX 20000u

/**
 * Read an index file. A line that cannot be used is no failure: it is kept in `faulty`.
 *
 * @param out   written on success only.
 * @param name  the package that the file must be about; a line of another one is faulty.
 * @return 0; ERR_PKG with code X07PKG_INDEX_FETCH over a cap, or when no line can be used although
 *         there are lines.
 */
MUST_CHECK int registry_index_parse(
    struct registry_index *out, const char *name, const char *text, size_t len, struct err *err);

/** Free what it owns. */
void registry_index_clear(struct registry_index *index);

/**
 * The line of one version, compared as text.
 *
 * @param out  borrowed from @p index.
 * @return 0; ERR_PKG with code X07PKG_INDEX_NO_MATCH when it is not there, X07PKG_INDEX_FETCH when
 *         its line is faulty (the message says what and where).
 */
MUST_CHECK int registry_index_find(const struct registry_version **out,
    const struct registry_index *index, const char *version, struct err *err);

/** What the faulty lines are, one warning for each, at most @p max; returns how many there are. */
uint32_t registry_index_warnings(struct buf *out, const struct registry_index *index, uint32_t max);

/**
 * Path of the index file below the index root: "ex/t-/ext-net".
 * @return 0, or ERR_FORMAT when @p name is no package name.
 */
MUST_CHECK int registry_index_path(struct buf *out, const char *name, struct err *err);

/** Path of an archive below `dl`: "<name>/<version>/download", appended. */
void registry_download_path(struct buf *out, const char *name, const char *version);

#endif

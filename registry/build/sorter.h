/* SPDX-License-Identifier: MIT */
/*
 * Sorting more records than fit into memory: sorted runs go to unnamed files, reading merges them.
 * For `x07 registry build`.
 */
#ifndef REGISTRY_BUILD_SORTER_H
#define REGISTRY_BUILD_SORTER_H

#include "base/arena.h"
#include "base/err.h"

#include <stddef.h>

#define BUILD_SORTER_RUNS_MAX 256
#define BUILD_SORTER_RECORD_MAX ((size_t)4 << 20)

/** Records on their way into order. Opaque. */
struct build_sorter;

/**
 * @param dir     folder for the runs; they have no name there. Borrowed.
 * @param memory  bytes that records may take before a run is written.
 * @return owned; build_sorter_free.
 */
struct build_sorter *build_sorter_new(const char *dir, size_t memory);
/** Close the runs and free it; NULL is fine. */
void build_sorter_free(struct build_sorter *s);
/** Cleanup function of a local. */
void build_sorter_clear(struct build_sorter **s);

/**
 * Add a record; both parts are copied.
 * @return 0, ERR_LIMIT (a record over BUILD_SORTER_RECORD_MAX, more than BUILD_SORTER_RUNS_MAX
 * runs), ERR_IO.
 */
MUST_CHECK int build_sorter_add(
    struct build_sorter *s, struct str key, struct str data, struct err *err);
/** End of adding; reading starts at the smallest key. @return 0 or ERR_IO. */
MUST_CHECK int build_sorter_rewind(struct build_sorter *s, struct err *err);
/**
 * The next record by key bytes; records of equal keys come in the order they were added.
 * @param key, data  borrowed until the next call.
 * @return 1, 0 at the end, ERR_IO.
 */
MUST_CHECK int build_sorter_next(
    struct build_sorter *s, struct str *key, struct str *data, struct err *err);

#endif

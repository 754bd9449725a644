/* SPDX-License-Identifier: MIT */
/* Writing below the output folder. */
#ifndef REGISTRY_BUILD_OUTPUT_PRIV_H
#define REGISTRY_BUILD_OUTPUT_PRIV_H

#include "registry/build/types_priv.h"

/** Write a file below the output folder unless it is there with the same bytes. */
MUST_CHECK int build_put(
    struct build *b, const char *path, const void *data, size_t len, struct err *err);

/** Make @p path the same file as @p target, which is there; both below the output folder. */
MUST_CHECK int build_link(struct build *b, const char *path, const char *target, struct err *err);

/** Rename @p temporary to @p path, later than what was there; removes it when that fails. */
MUST_CHECK int build_replace(
    struct build *b, const char *temporary, const char *path, struct err *err);

/** Make what was written durable. */
MUST_CHECK int build_sync(struct build *b, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Removing what is not used from a store. */
#ifndef REGISTRY_STORE_GC_H
#define REGISTRY_STORE_GC_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct store_gc_options {
	int64_t now_s;
	int64_t max_age_s; /* entries not used for so long go; 0 = all of them */
	bool verify;       /* bad entries go as well */
	bool dry_run;
	uint32_t wait_ms; /* for the other users of the store to finish */
};

struct store_gc_result {
	uint32_t kept, removed, bad;
	uint64_t kept_bytes, removed_bytes;
	uint32_t leftovers; /* of processes that died */
};

/**
 * Remove what is not used. Takes the store for itself meanwhile; a project keeps its files.
 * @return 0; ERR_PKG with code X07PKG_STORE_BUSY, naming who has it open; ERR_IO.
 */
MUST_CHECK int store_gc(const char *root, const struct store_gc_options *options,
    struct store_gc_result *out, struct err *err);

#endif

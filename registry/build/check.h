/* SPDX-License-Identifier: MIT */
/*
 * Verifying a whole registry, wherever it is: config, snapshot, every list, every index file, every
 * signature, every archive. Memory is bounded by one list of packages and a few archives.
 */
#ifndef REGISTRY_BUILD_CHECK_H
#define REGISTRY_BUILD_CHECK_H

#include "base/err.h"
#include "registry/client/fetch.h"
#include "registry/types.h"

struct build_check_options {
	const char *where;              /* folder of a registry or of an index, or its URL */
	const struct registry_key *key; /* the only one trusted; NULL = those of config.json */
	bool no_archives;               /* index only */
	int64_t now_s;                  /* 0: the time at which the snapshot was made */
	struct fetch_options fetch;
	/** Called for each thing that is wrong, @p what says where. */
	void (*problem)(void *ctx, const char *what, const struct err *err);
	void *ctx;
};

struct build_check_result {
	uint64_t packages, versions, archives, bytes;
	uint64_t problems, snapshot_version;
	bool is_signed;
};

/**
 * Check everything.
 * @param out  written also when something is wrong.
 * @return 0 when nothing is wrong, else the first thing: ERR_PKG with its code (X07PKG_*, for an
 *         archive X07REG_*).
 */
MUST_CHECK int build_check(
    struct build_check_result *out, const struct build_check_options *options, struct err *err);

#endif

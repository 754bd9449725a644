/* SPDX-License-Identifier: MIT */
/* A build under way: what is read (input.c), what is written (output.c), what ties it to the
 * registry that is there (config.c), and the merge of all of them (build.c). */
#ifndef REGISTRY_BUILD_TYPES_PRIV_H
#define REGISTRY_BUILD_TYPES_PRIV_H

#include "base/arena.h"
#include "registry/build/build.h"
#include "registry/build/sorter.h"
#include "registry/types.h"

#include <stdio.h>

/* Type of a record, the last byte of its key `name NUL version NUL type`. */
enum { BUILD_LINE = 'a', BUILD_YANK = 'b', BUILD_ADVISORY = 'c' };

/** Lines of rotations.ndjson. */
struct build_rotations {
	struct arena arena;              /* texts of the items */
	struct registry_rotation *items; /* owned */
	size_t count, cap;
};

struct build {
	const struct build_options *o;
	struct build_result result;
	struct build_sorter *records;
	struct build_sorter
	    *names;         /* key: SHA-256 of the name; data: name NUL digest of its file */
	int out_fd;         /* the output folder */
	char last_dir[256]; /* made last, so that it is not made again */
	uint64_t inputs;    /* archives, sources and lines that were read */
	char *passed_over;  /* owned: the first file that is none of them */
	struct build_rotations rotations;
	FILE *catalog;
	uint8_t public_key[REGISTRY_ED25519_PUB];
};

#endif

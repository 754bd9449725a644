/* SPDX-License-Identifier: MIT */
/* A build under way, between what is read (build_input.c), what is written (build_output.c) and the
 * merge of both (build.c). */
#ifndef REGISTRY_BUILD_PRIV_H
#define REGISTRY_BUILD_PRIV_H

#include "base/buf.h"
#include "registry/build/build.h"
#include "registry/build/sorter.h"

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

/** Read everything below the input folder into `records`; archives are put into `dl/`. */
MUST_CHECK int build_read_input(struct build *b, struct err *err);

/** Take in a line of rotations.ndjson. @return 0 or ERR_FORMAT. */
MUST_CHECK int build_add_rotation(struct build *b, struct str text, struct err *err);
void build_rotations_clear(struct build_rotations *r);
/**
 * Whether those who use the registry that is there will go on with it. After build_read_input.
 * @return 0; ERR_PKG with X07PKG_UNSIGNED, X07REG_KEY_CHANGED, or X07REG_BAD_INPUT for a rotation
 *         whose signature is known to be wrong.
 */
MUST_CHECK int build_check_keys(struct build *b, struct err *err);
/** Write config.json. */
MUST_CHECK int build_write_config(struct build *b, struct err *err);

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

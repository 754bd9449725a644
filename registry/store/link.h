/* SPDX-License-Identifier: MIT */
/* Making packages of a store appear in a project. */
#ifndef REGISTRY_STORE_LINK_H
#define REGISTRY_STORE_LINK_H

#include "base/hash.h"
#include "pkg/tree.h"
#include "registry/store/store.h"

#include <stdbool.h>

/** One package that is to appear in a project. */
struct store_link {
	const char *archive_sha256;        /* borrowed */
	const char *want_tree_sha256;      /* borrowed; NULL: whatever the entry says */
	const char *name;                  /* borrowed: its name there, one segment */
	struct pkg_tree list;              /* out, when rc is 0: its files; pkg_tree_clear */
	uint64_t bytes;                    /* out */
	char tree_sha256[SHA256_HEX_SIZE]; /* out */
	int parent_fd;                     /* borrowed: the directory that gets the package */
	uint32_t files;                    /* out */
	int rc; /* out: 0; ERR_NOT_FOUND: not in the store (or it was bad and is gone); ERR_PKG
		   with X07PKG_STORE_MISMATCH: the entry has another tree; ERR_IO */
	struct err err; /* out, when rc is not 0 */
};

struct store_link_options {
	int staging_fd;   /* borrowed: a directory of the project on the same file system */
	bool only_verify; /* hash the entries, touch no project */
	bool copy;        /* never share files with the store */
	bool durable;     /* syncfs of the project's file system before the renames */
};

/**
 * Hash the entries and make the packages appear, each at once and whole: reflink where the file
 * system has it, else hard link, else copy. What is there under that name is replaced.
 * @return 0 when each `rc` is 0, else the first of them that is not ERR_NOT_FOUND, else that.
 */
MUST_CHECK int store_link(struct store *store, struct store_link *links, uint32_t count,
    const struct store_link_options *options, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* The entries of a store: putting packages into it, and asking what it has. */
#ifndef REGISTRY_STORE_ENTRY_H
#define REGISTRY_STORE_ENTRY_H

#include "base/hash.h"
#include "pkg/tree.h"
#include "registry/store/store.h"

#include <stdbool.h>

/** One unpacked package. */
struct store_put {
	struct store_stage stage;     /* moved: taken over whatever the result */
	const char *archive_sha256;   /* borrowed; the caller has compared it with the archive */
	const char *want_tree_sha256; /* borrowed; NULL when nobody knows it */
	char tree_sha256[SHA256_HEX_SIZE]; /* out */
	int rc;         /* out: 0, or X07PKG_STORE_MISMATCH, ERR_FORMAT, ERR_LIMIT.. */
	struct err err; /* out, when rc is not 0 */
};

/**
 * Put unpacked packages into the store, all durable after one syncfs. An entry that is there
 * already stays.
 * @return 0 when each `rc` is 0, else the first of them; ERR_IO when the store cannot be written.
 */
MUST_CHECK int store_put(
    struct store *store, struct store_put *puts, uint32_t count, struct err *err);

/** Whether there is an entry, unverified. */
bool store_has(struct store *store, const char *archive_sha256);

/** Files and tree digest of an entry as its list says, unverified; pkg_tree_clear. */
MUST_CHECK int store_list(
    struct pkg_tree *out, struct store *store, const char *archive_sha256, struct err *err);

/**
 * The directory with the files of an entry, unverified.
 * @param out  owned descriptor; written on success only.
 * @return as store_list.
 */
MUST_CHECK int store_files(
    int *out, struct store *store, const char *archive_sha256, struct err *err);

/** Remove an entry; no failure when it is not there. */
MUST_CHECK int store_drop(struct store *store, const char *archive_sha256, struct err *err);

#endif

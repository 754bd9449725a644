/* SPDX-License-Identifier: MIT */
/* An open entry of a store, for linking and for collecting garbage. */
#ifndef REGISTRY_STORE_ENTRY_PRIV_H
#define REGISTRY_STORE_ENTRY_PRIV_H

#include "base/hash.h"
#include "pkg/tree.h"
#include "registry/store/store_priv.h"

#define STORE_LIST_MAX ((size_t)16 << 20)
#define STORE_LIST_NAME "list"
#define STORE_FILES_NAME "files"
#define STORE_SHARD_SIZE 3

/** "ab" of "ab12..."; the caller has checked the digest. */
void store_shard(char out[STORE_SHARD_SIZE], const char *archive_sha256);

/** 64 lower-case digits, or ERR_FORMAT. */
MUST_CHECK int store_check_key(const char *archive_sha256, struct err *err);

/** An open entry. */
struct store_entry {
	int dirfd;            /* the entry: owned */
	int files_fd;         /* its files: owned */
	struct pkg_tree list; /* what it should hold: owned */
	char tree_sha256[SHA256_HEX_SIZE];
};

/** Close the entry and free its list. */
void store_entry_clear(struct store_entry *e);

/**
 * Open an entry and read its list.
 * @return 0; ERR_NOT_FOUND; ERR_FORMAT when the list is not one, or is of another archive.
 */
MUST_CHECK int store_entry_open(
    struct store_entry *out, struct store *s, const char *archive_sha256, struct err *err);

/** Move an entry out of the way and remove it; only if it is still the directory @p dirfd. */
MUST_CHECK int store_entry_drop(
    struct store *s, const char *archive_sha256, int dirfd, struct err *err);

#endif

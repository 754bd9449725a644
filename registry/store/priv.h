/* SPDX-License-Identifier: MIT */
/*
 * The parts of the store: store.c (opening, locks, stages), store_entry.c (list of an entry,
 * putting, dropping), store_link.c (into projects), store_gc.c, store_remove.c (removing trees).
 */
#ifndef REGISTRY_STORE_PRIV_H
#define REGISTRY_STORE_PRIV_H

#include "registry/store/store.h"

#define STORE_LIST_MAX ((size_t)16 << 20)
#define STORE_LIST_NAME "list"
#define STORE_FILES_NAME "files"

struct store {
	char *root; /* owned; for messages */
	int root_fd, tmp_fd, trees_fd;
	int lock_fd;
	uint32_t stages; /* made so far, for their names */
};

/** Parts of opening, which collecting garbage shares. */
MUST_CHECK int store_open_dirs(struct store *s, const char *root, struct err *err);
/** Take the lock, shared or exclusive, waiting so long for others. */
MUST_CHECK int store_lock(struct store *s, int how, uint32_t wait_ms, struct err *err);
/** Remove everything below tmp/; only with the exclusive lock. Returns how much there was. */
uint32_t store_sweep(struct store *s);

/** Remove a file or a tree below a directory, as far as it goes; false when something stays. */
bool store_remove_tree(int dirfd, const char *name);

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

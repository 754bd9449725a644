/* SPDX-License-Identifier: MIT */
/* What the two halves of a transaction share: the lock (transaction.c) and the journal. */
#ifndef PKG_TRANSACTION_JOURNAL_PRIV_H
#define PKG_TRANSACTION_JOURNAL_PRIV_H

#include "base/hash.h"
#include "pkg/transaction.h"

#define TXN_JOURNAL "journal"
#define TXN_JOURNAL_NEW "journal.new"
#define TXN_LOCK "pkg.lock"

/** One file of a change. */
struct txn_file {
	char *path; /* owned, below the project */
	char *data; /* owned; NULL in a journal that was read */
	size_t len;
	bool same;                     /* the file has these contents already */
	char old_sha[SHA256_HEX_SIZE]; /* "" when there is no such file */
	char new_sha[SHA256_HEX_SIZE];
};

struct txn_files {
	struct txn_file items[PKG_TXN_FILES_MAX];
	size_t count;
};

void pkg_txn_files_clear(struct txn_files *files);

/**
 * Whether a change may write to this path. A journal comes from the project's folder, so it may be
 * part of somebody else's repository: it must not get us to write hooks or a configuration of git.
 */
bool pkg_txn_path_is_below(const char *path);

/** Stage, write the journal, move into place, drop the journal. */
MUST_CHECK int pkg_txn_journal_commit(int root, int tmp, struct txn_files *files, struct err *err);

/** Finish or drop what a killed process left in @p tmp. The project is held alone. */
MUST_CHECK int pkg_txn_journal_recover(int root, int tmp, struct err *err);

/** Digest of a file below @p root, "" when there is none. */
MUST_CHECK int pkg_txn_digest(
    char out[SHA256_HEX_SIZE], int root, const char *path, struct err *err);

#endif

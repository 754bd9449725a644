/* SPDX-License-Identifier: MIT */
/*
 * Changing x07.json and x07.lock.json together, and keeping other processes away meanwhile: a lock
 * of the kernel on the project, and a journal that the next process finishes when this one is
 * killed. What the files say is the business of others.
 */
#ifndef PKG_TRANSACTION_H
#define PKG_TRANSACTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKG_TXN_FILES_MAX 4
#define PKG_TXN_TMP ".x07/tmp" /* lock, journal and staged files, below the project */
#define PKG_TXN_HOLDER_MAX 256

/** A project that this process holds. Opaque; ends with pkg_txn_end. */
struct pkg_txn;

enum pkg_txn_mode {
	PKG_TXN_READ, /* with other readers */
	PKG_TXN_WRITE /* alone */
};

/** All borrowed until the call returns. */
struct pkg_txn_options {
	const char *root;    /* the project's directory */
	const char *command; /* what others are told while they wait: "x07 pkg lock" */
	enum pkg_txn_mode mode;
	int64_t wait_ms; /* how long to wait for others; negative: until they are done */
	/** Called once when somebody holds the project; @p holder is "process 12 (x07 pkg add)". */
	void (*waiting)(void *ctx, const char *holder);
	void *ctx;
};

/**
 * Take the project. A journal that a killed process left is finished first, so what is read
 * afterwards is all old or all new. A reader of a project that nobody ever changed, or that it may
 * not write to, creates nothing.
 *
 * @param out  owned; written on success only.
 * @return 0; ERR_PKG with X07PKG_PROJECT_BUSY when others hold it longer than `wait_ms`, with
 *         X07PKG_IO when the directory cannot be used or a journal cannot be finished.
 */
MUST_CHECK int pkg_txn_begin(
    struct pkg_txn **out, const struct pkg_txn_options *options, struct err *err);

/**
 * Remember the new contents of a file; nothing is written yet. A file that already has these
 * contents will not be touched.
 *
 * @param path  below the project, no `..`; its directory exists. Copied.
 * @param data  copied.
 * @return 0; ERR_LIMIT for more than PKG_TXN_FILES_MAX files; ERR_USAGE for a bad path.
 */
MUST_CHECK int pkg_txn_put(
    struct pkg_txn *txn, const char *path, const void *data, size_t len, struct err *err);

/**
 * Write everything that was put: all of it or, when it fails, is killed or the power goes, nothing.
 * Afterwards nothing is pending. Durable when it returns.
 *
 * @param changed  whether any file was written; may be NULL.
 * @return 0, or ERR_PKG with X07PKG_IO: no file has changed, or (the message says so) the next
 *         command finishes the change.
 */
MUST_CHECK int pkg_txn_commit(bool *changed, struct pkg_txn *txn, struct err *err);

/** Let go of the project and forget what was not committed; NULL is nothing. */
void pkg_txn_end(struct pkg_txn *txn);

/** Cleanup function: `CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = NULL;` */
void pkg_txn_end_ptr(struct pkg_txn **txn);

/** True when a killed process left a change of this project unfinished. */
bool pkg_txn_is_pending(const char *root);

#endif

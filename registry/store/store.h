/* SPDX-License-Identifier: MIT */
/*
 * The user's store of unpacked packages: one directory for each archive, named by its SHA-256, with
 * a list of its files. Entries are made beside the store and renamed into it whole; they are hashed
 * before each use; a bad one is dropped, to be fetched again. Any number of processes may use a
 * store, and any of them may die at any time. Here it is opened and closed; entry.h, link.h and
 * gc.h work on what it holds. Source: docs/format/store.md.
 */
#ifndef REGISTRY_STORE_STORE_H
#define REGISTRY_STORE_STORE_H

#include "base/err.h"

#include <stdint.h>

/** An open store; holds a shared lock on it until it is closed. Opaque. */
struct store;

/**
 * Open a store, making it when it is not there.
 *
 * What processes that died left behind is removed when nobody else has the store open.
 * @param out   owned; store_close.
 * @param root  borrowed, absolute.
 * @return 0; ERR_PKG with code X07PKG_STORE_FORMAT (made by another version), ERR_IO; with
 *         @p wait_ms over: ERR_PKG, X07PKG_STORE_BUSY, naming who collects garbage.
 */
MUST_CHECK int store_open(struct store **out, const char *root, uint32_t wait_ms, struct err *err);

/** Give the lock back and free it; NULL is fine. */
void store_close(struct store *store);

/** A package that is to be put into the store. */
struct store_stage {
	int dirfd;   /* owned: the empty directory to unpack into */
	char id[32]; /* its name below tmp/ */
};

/** Make an empty directory beside the store. store_stage_drop, or move it into a put. */
MUST_CHECK int store_stage_make(struct store_stage *out, struct store *store, struct err *err);

/** Remove the directory and what is in it. */
void store_stage_drop(struct store *store, struct store_stage *stage);

#endif

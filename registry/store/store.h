/* SPDX-License-Identifier: MIT */
/*
 * The user's store of unpacked packages: one directory for each archive, named by its SHA-256, with
 * a list of its files. Entries are made beside the store and renamed into it whole; they are hashed
 * before each use; a bad one is dropped, to be fetched again. Any number of processes may use a
 * store, and any of them may die at any time. Source: docs/format/store.md; spec packages 12, rows
 * 4, 5, 7 and 16.
 */
#ifndef REGISTRY_STORE_STORE_H
#define REGISTRY_STORE_STORE_H

#include "base/err.h"
#include "pkg/tree.h"

#include <stdbool.h>
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

struct store_gc_options {
	int64_t now_s;
	int64_t max_age_s; /* entries not used for so long go; 0 = all of them */
	bool verify;       /* bad entries go as well */
	bool dry_run;
	uint32_t wait_ms; /* for the other users of the store to finish */
};

struct store_gc_result {
	uint32_t kept, removed, bad;
	uint64_t kept_bytes, removed_bytes;
	uint32_t leftovers; /* of processes that died */
};

/**
 * Remove what is not used. Takes the store for itself meanwhile; a project keeps its files.
 * @return 0; ERR_PKG with code X07PKG_STORE_BUSY, naming who has it open; ERR_IO.
 */
MUST_CHECK int store_gc(const char *root, const struct store_gc_options *options,
    struct store_gc_result *out, struct err *err);

#endif

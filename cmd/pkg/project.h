/* SPDX-License-Identifier: MIT */
/* A project: found, held against other processes, read. */
#ifndef CMD_PKG_PROJECT_H
#define CMD_PKG_PROJECT_H

#include "base/notes.h"
#include "pkg/lock.h"
#include "pkg/manifest.h"
#include "pkg/transaction.h"

/** Which project, and how it is held. All borrowed. */
struct pkg_project_options {
	const char *path;    /* x07.json or its folder; NULL: found upwards from here */
	const char *command; /* what others are told while they wait: "x07 pkg lock" */
	enum pkg_txn_mode mode;
	int64_t wait_ms;           /* how long to wait for others */
	const struct notes *notes; /* hears whom we wait for, what is removed; NULL = nobody */
};

/** A project that this process holds. Opens with pkg_project_open, pkg_project_clear. */
struct pkg_project {
	struct pkg_txn *txn;
	const struct notes *notes; /* borrowed */
	int root_fd;               /* owned */
	struct buf text;           /* of x07.json */
	struct pkg_manifest m;
	struct pkg_lock lock;
	bool has_manifest, has_lock;
	struct diag_list diags;
};

/**
 * Find, take and read a project.
 *
 * @param out      pkg_project_clear, also after a failure: its diags say why.
 * @param options  borrowed until the call returns, `notes` for the life of the project.
 * @return 0; ERR_NOT_FOUND, ERR_FORMAT (X07PROJECT_*); ERR_PKG (X07PKG_PROJECT_BUSY, X07PKG_IO) or
 *         X07LOCK_*, also with a lock that cannot be read.
 */
MUST_CHECK int pkg_project_open(
    struct pkg_project *out, const struct pkg_project_options *options, struct err *err);
/** Let go of the project and free it. */
void pkg_project_clear(struct pkg_project *p);
/** Name of x07.json below the project. Borrowed. */
const char *pkg_project_manifest_name(const struct pkg_project *p);
/** Name of the lock file below the project. Borrowed. */
const char *pkg_project_lock_name(const struct pkg_project *p);
/** The dependency of x07.json of this name; NULL when there is none. Borrowed. */
const struct pkg_dependency *pkg_project_dependency(const struct pkg_project *p, const char *name);
/** What the lock has of this name; NULL when it has nothing, or there is no lock. Borrowed. */
const struct pkg_lock_entry *pkg_project_locked(const struct pkg_project *p, const char *name);
/** What `patch` of x07.json says of a package; NULL when it says nothing. Borrowed. */
const struct json *pkg_project_patch(const struct pkg_project *p, const char *name);
/**
 * Whether lock and manifest fit each other, so that nothing must be resolved.
 *
 * @param err  why not; untouched when there is no lock.
 */
bool pkg_project_lock_fits(const struct pkg_project *p, struct err *err);
/**
 * Open the directory that a path of the manifest means.
 *
 * @param out  owned descriptor; written on success only.
 * @return as path_open_beneath, pkg_place_base.
 */
MUST_CHECK int pkg_project_open_dir(
    int *out, const struct pkg_project *p, const char *path, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The steps of the commands that work on a project: open it, find out which packages it wants,
 * make them appear below .x07/deps, and write manifest and lock together.
 */
#ifndef CMD_PKG_WORK_H
#define CMD_PKG_WORK_H

#include "cmd/pkg.h"
#include "cmd/progress.h"
#include "pkg/package.h"
#include "pkg/place.h"
#include "pkg/plan.h"
#include "pkg/tree.h"
#include "registry/client/open.h"
#include "registry/store/store.h"
#include "registry/unpack/client.h"

#define PKG_ITEMS_MAX 65536u

/* ---- cmd/pkg/project.c ---- */

/** A project that this process holds. Opens with pkg_project_open, pkg_project_clear. */
struct pkg_project {
	struct pkg_txn *txn;
	int root_fd;     /* owned */
	struct buf text; /* of x07.json */
	struct pkg_manifest m;
	struct pkg_lock lock;
	bool has_manifest, has_lock;
	struct diag_list diags;
};

/**
 * Find, take and read the project of --project.
 * @return 0; ERR_NOT_FOUND, ERR_FORMAT (X07PROJECT_*); ERR_PKG (X07PKG_PROJECT_BUSY, X07PKG_IO) or
 *         X07LOCK_*, also with a lock that cannot be read.
 */
MUST_CHECK int pkg_project_open(
    struct pkg_project *out, const struct cmd_call *call, enum pkg_txn_mode mode, struct err *err);
void pkg_project_clear(struct pkg_project *p);
/** Name of x07.json and of the lock below the project. Borrowed. */
const char *pkg_project_manifest_name(const struct pkg_project *p);
const char *pkg_project_lock_name(const struct pkg_project *p);
const struct pkg_dependency *pkg_project_dependency(const struct pkg_project *p, const char *name);
const struct pkg_lock_entry *pkg_project_locked(const struct pkg_project *p, const char *name);
/** Open the directory that a path of the manifest means. As path_open_beneath, pkg_place_base. */
MUST_CHECK int pkg_project_open_dir(
    int *out, const struct pkg_project *p, const char *path, struct err *err);

/* ---- cmd/pkg/meta.c ---- */

/** x07-package.json of an installed package. Opens with pkg_meta_read, pkg_meta_clear. */
struct pkg_meta {
	struct pkg_package p;
	char sha256[SHA256_HEX_SIZE]; /* of the file */
	bool loaded;
};

/**
 * Read x07-package.json of a directory; what @p out held before is freed.
 * @return 0; ERR_NOT_FOUND; ERR_PKG with X07PKG_MANIFEST_PARSE, X07PKG_X07C_COMPAT_INVALID; ERR_IO.
 */
MUST_CHECK int pkg_meta_read(struct pkg_meta *out, int dirfd, const char *what, struct err *err);
void pkg_meta_clear(struct pkg_meta *m);
/** Digest of one file below a directory. As pkg_meta_read. */
MUST_CHECK int pkg_meta_file_sha(
    char out[SHA256_HEX_SIZE], int dirfd, const char *path, struct err *err);

/* ---- the work ---- */

/** One package of the project as it is to be. */
struct pkg_item {
	const char *name, *version, *path;
	bool direct, local, forced;
	bool present;                        /* the directory is as it must be */
	const struct pkg_lock_entry *old;    /* the lock's, same version and path; NULL */
	const struct registry_version *line; /* the index's; NULL when not asked or not there */
	char archive[SHA256_HEX_SIZE];       /* "" = not known */
	char tree_sha[SHA256_HEX_SIZE];      /* wanted, then found; "" = not known */
	struct pkg_tree tree;                /* of the directory; local: what a build can read */
	bool has_tree;
	struct pkg_meta meta;
};

/** Everything about one command. */
struct pkg_work {
	const struct cmd_call *call;
	const struct pkg_options *o;
	struct arena arena;
	struct client_settings settings;
	bool has_settings;
	struct progress progress;
	struct pkg_project project;
	bool has_project;
	struct client_index *index;
	struct store *store;
	struct unpack_client *unpacker;
	struct pkg_report report;
	struct pkg_item *items; /* by name */
	uint32_t count;
	struct pkg_plan plan;
	bool has_plan;
	const char **fetched; /* owned array: digests of the archives that were downloaded */
	size_t fetched_count, fetched_cap;
};

/** Settings and report; with @p mode a project too. */
MUST_CHECK int pkg_work_open(struct pkg_work *w, const struct cmd_call *call, bool project,
    enum pkg_txn_mode mode, struct err *err);
/**
 * For commands that ask a registry and have no project: in a project's folder without another
 * choice the registry of its lock, so that what it has locked is found. A lock that cannot be read
 * is none.
 */
MUST_CHECK int pkg_work_open_asking(
    struct pkg_work *w, const struct cmd_call *call, struct err *err);
/** Start a work: zero but for the report. */
void pkg_work_init(struct pkg_work *w, const struct cmd_call *call);
void pkg_work_clear(struct pkg_work *w);
/** Print the report. @return exit status. */
int pkg_work_finish(struct pkg_work *w, int rc, const struct err *err);
/** The index, opened when it is first wanted. */
struct client_index *pkg_work_index(struct pkg_work *w);
/** The store, opened when it is first wanted. */
MUST_CHECK int pkg_work_store(struct store **out, struct pkg_work *w, struct err *err);

/* ---- cmd/pkg/choose.c: which packages ---- */

/** What a resolution changes against what is written down. */
struct pkg_change {
	const struct pkg_need *add; /* wanted in addition; may replace a version */
	uint32_t add_count;
	const char *add_path;      /* of the only addition; NULL = the default */
	const char *remove;        /* no longer wanted; NULL */
	const char *const *update; /* take the highest version of these */
	uint32_t update_count;
	bool update_all;
	bool from_manifest; /* x07.json alone decides: versions of the lock are kept where possible
			     */
};

/** Whether lock and manifest fit each other, so that nothing must be resolved. */
bool pkg_lock_fits(const struct pkg_project *p, struct err *err);
/** Items from the lock. */
void pkg_items_from_lock(struct pkg_work *w);
/** Resolve; fills plan and items. @return as pkg_resolve, and of the index. */
MUST_CHECK int pkg_items_resolve(
    struct pkg_work *w, const struct pkg_change *change, struct err *err);
/** Ask the index about each vendored item: `line`. Absent ones keep NULL. */
MUST_CHECK int pkg_items_ask_index(struct pkg_work *w, struct err *err);

/* ---- cmd/pkg/install.c: make them appear ---- */

/** Read what is on the disk; sets `present` where it is what the lock or the index wants. */
MUST_CHECK int pkg_items_scan(struct pkg_work *w, struct err *err);
/** Read a local item again. @return 0, or X07PKG_LOCAL_FILES for a link among what a build reads.
 */
MUST_CHECK int pkg_item_scan_local(struct pkg_item *item, struct pkg_work *w, struct err *err);
/** Make every vendored item present, from the store or the registry; reads all metas. */
MUST_CHECK int pkg_items_install(struct pkg_work *w, struct err *err);
/** Read x07-package.json of every item, which is installed. */
MUST_CHECK int pkg_items_read_metas(struct pkg_work *w, struct err *err);
/** Fail with X07PKG_LOCK_MISMATCH for the first item that differs from its lock entry. */
MUST_CHECK int pkg_items_compare_lock(struct pkg_work *w, struct err *err);
/** Read the meta of one version, from the project or from the store; for the resolver. */
MUST_CHECK int pkg_read_one(struct pkg_item *item, struct pkg_work *w, struct err *err);

/* ---- cmd/pkg/prune.c ---- */

/** Remove directories below .x07/deps that no item has. Best effort. */
void pkg_prune(struct pkg_work *w);
/** Remove what a killed process left in .x07/tmp. */
void pkg_sweep(struct pkg_work *w);

/* ---- cmd/pkg/write.c: manifest and lock ---- */

/** The lock of the items. */
MUST_CHECK int pkg_lock_text(struct buf *out, struct pkg_work *w, struct err *err);
/** x07.json with the dependencies of the items. */
MUST_CHECK int pkg_manifest_text(struct buf *out, struct pkg_work *w, struct err *err);
/** Put both, commit. @p with_lock false: x07.json alone. */
MUST_CHECK int pkg_write_both(struct pkg_work *w, bool with_lock, struct err *err);
/** Resolve, install, lock: what `--sync` means. */
MUST_CHECK int pkg_sync_all(struct pkg_work *w, const struct pkg_change *change, struct err *err);
/** The members of the lock part of reports: project, index, lockfile, fetched. */
void pkg_report_lock(struct jsonw *w, const struct pkg_work *work);
/** Whether this command downloaded the archive of an item. */
bool pkg_was_fetched(const struct pkg_work *w, const struct pkg_item *item);
/** Behind the message of a conflict: that what is missing ships with x07, and how to have it. */
void pkg_say_shipped(struct err *err, struct pkg_work *w, const struct pkg_conflict *conflict);
/** X07PKG_DEP_NOT_FOUND for a name that x07.json lacks, with the one that is nearly it. */
int pkg_no_dependency(struct err *err, const struct pkg_work *w, const char *name);
/** X07PKG_INDEX_NO_MATCH for a name that the registry lacks, with what could be meant. */
int pkg_say_missing(struct err *err, struct pkg_work *w, const char *name);
/** Notes about yanked and advised packages on standard error. */
void pkg_warn_items(struct pkg_work *w);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The lock file x07.lock.json (x07.lock@0.2.0, @0.3.0, @0.4.0): reading it, and checking that it
 * is the lock of this manifest and of these files, and its text. Replacing the file, together with
 * x07.json, belongs to whoever locks.
 * Source: docs/spec/packages.md 4; docs/format/lock.md.
 */
#ifndef PKG_LOCK_H
#define PKG_LOCK_H

#include "pkg/manifest.h"

#define PKG_LOCK_MAX_BYTES (16u << 20)
/* The registry of a lock that nobody chose one for: `x07 init`, and the reference. */
#define PKG_LOCK_UNCHOSEN_URL "sparse+https://registry.x07.io/index/"
#define PKG_LOCK_DEFAULT_NAME "x07.lock.json"
#define PKG_LOCK_KEYS_MAX 64u
#define PKG_LOCK_KEY_BYTES 32u

struct pkg_lock_module {
	const char *id, *sha256;
};

/** One locked package. Strings in the arena of the lock. */
struct pkg_lock_entry {
	const char *name, *version, *path; /* as in the manifest */
	const char *module_root;           /* below `path` */
	const char *manifest_sha256;       /* of x07-package.json */
	const char *overridden_by;         /* NULL when absent */
	const char *advisories;            /* JSON text of the array; NULL when absent or empty */
	const char *archive_sha256;        /* of the .x07pkg; NULL: not known, or not from one */
	const char *tree_sha256; /* pkg_tree_digest, see pkg_lock_verify_files; NULL: not known */
	bool yanked, has_yanked; /* has_yanked: the index has been asked */
	bool direct, has_direct; /* the project wants it itself */
	struct pkg_lock_module *modules;
	uint32_t module_count;
};

/** A key that the registry signs with. */
struct pkg_lock_key {
	const char *id, *ed25519_pub; /* the latter 32 bytes in base64 */
};

/** A lock. Opens with pkg_lock_load, closes with pkg_lock_clear. */
struct pkg_lock {
	struct arena arena;
	const char *path;
	const char *schema_version;
	const char *index_url;                      /* NULL before 0.4.0 */
	const char *x07_version, *lang_id, *compat; /* NULL before 0.4.0 */
	const char *x07c_version;                   /* NULL: the same as x07_version */
	const struct pkg_lock_key *keys;            /* of the registry; what it was trusted with */
	uint32_t key_count;
	struct pkg_lock_entry *entries;
	uint32_t count;
};

/** Absolute path of the lock file of a project; owned. */
char *pkg_lock_path(const struct pkg_manifest *m);

/**
 * Read a lock file.
 *
 * @param out    written on success only; pkg_lock_clear.
 * @param diags  faults with pointer, line and column.
 * @return 0; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT with user code X07LOCK_READ; ERR_FORMAT with user
 *         code X07LOCK_SCHEMA (version, or a part that the version must have) or X07LOCK_PARSE.
 */
MUST_CHECK int pkg_lock_load(
    struct pkg_lock *out, const char *path, struct diag_list *diags, struct err *err);
/** As pkg_lock_load, from memory. */
MUST_CHECK int pkg_lock_parse(struct pkg_lock *out, const char *text, size_t len, const char *path,
    struct diag_list *diags, struct err *err);
/** Free what a lock holds. */
void pkg_lock_clear(struct pkg_lock *lock);

#endif

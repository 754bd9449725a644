/* SPDX-License-Identifier: MIT */
/*
 * The sparse index as plain data: config.json, the file of one package (a JSON document in each
 * line, one for each version), and where these files lie. Fetching them is fetch_*.c, trusting them
 * is sign.h and snapshot.h.
 * Source: docs/format/index.md; spec packages 6 and 12, row 19.
 */
#ifndef REGISTRY_INDEX_H
#define REGISTRY_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "pkg/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTRY_INDEX_FILE_MAX ((size_t)32 << 20)
#define REGISTRY_INDEX_LINE_MAX ((size_t)1 << 20)
#define REGISTRY_INDEX_LINES_MAX 20000u
#define REGISTRY_CONFIG_MAX ((size_t)1 << 20)
#define REGISTRY_KEYS_MAX 64u
#define REGISTRY_KEY_ID_MAX 64u
#define REGISTRY_ED25519_PUB 32
#define REGISTRY_ED25519_SIG 64

/** A public key as config.json or the user's configuration names it. Plain value. */
struct registry_key {
	char id[REGISTRY_KEY_ID_MAX + 1];
	uint8_t pub[REGISTRY_ED25519_PUB];
};

/** A signature: `key_id` is "" when there is none. `kind` other than ed25519 is kept as text. */
struct registry_signature {
	const char *kind;
	const char *key_id;
	uint8_t sig[REGISTRY_ED25519_SIG];
	bool well_formed; /* `sig` holds 64 decoded bytes */
};

/** A new key that an older one vouches for (docs/format/index.md, "rotation"). */
struct registry_rotation {
	struct registry_key key;
	struct registry_signature by;
};

/** config.json. Opens with registry_config_parse, registry_config_clear. */
struct registry_config {
	struct arena arena;
	const char *dl;  /* ends in '/'; absolute, or relative to the index root */
	const char *api; /* as dl; NULL when absent */
	bool auth_required;
	bool is_signed;           /* there is a `signing` object with a usable key */
	bool has_snapshot;        /* `snapshot` is true: snapshot.json is published */
	const char *signing_kind; /* "ed25519", or what else it says; NULL when unsigned */
	struct registry_key *keys;
	uint32_t key_count;
	struct registry_rotation *rotations;
	uint32_t rotation_count;
};

/**
 * Read config.json.
 *
 * @param out  written on success only.
 * @return 0; ERR_PKG with code X07PKG_INDEX_CONFIG for anything that is not such a document: no
 *         `dl`, a key that is not 32 bytes of base64, two keys of one id, over a cap.
 */
MUST_CHECK int registry_config_parse(
    struct registry_config *out, const char *text, size_t len, struct err *err);
void registry_config_clear(struct registry_config *config);

/** An advisory of one version. `text` is the object as the index has it, for the lock. */
struct registry_advisory {
	const char *id, *kind, *severity, *summary;
	const char *url; /* NULL when absent */
	bool withdrawn;
	const char *text;
};

/** One version. Strings in the arena of the file; optional ones are NULL when absent. */
struct registry_version {
	const char *name, *version;
	const char *cksum; /* SHA-256 of the archive, 64 lower-case digits */
	bool yanked;
	struct registry_signature signature;
	struct registry_advisory *advisories; /* withdrawn ones too */
	uint32_t advisory_count;
	/* Optional keys of ours. */
	bool has_needs; /* `dependencies` is there: `needs` and `compat` are all of them */
	struct pkg_need *needs;
	uint32_t need_count;
	const char *compat;       /* x07c_compat */
	const char *tree_sha256;  /* tree digest of what the archive holds */
	const char *published_at; /* RFC 3339, UTC */
	uint64_t size;            /* bytes of the archive, 0 = unknown */
	/* Only in lines that could not be used. */
	const char
	    *fault;    /* what is wrong; NULL for a usable line. Then only `version` may be set */
	uint32_t line; /* 1-based */
};

/** The index file of a package. Opens with registry_index_parse, registry_index_clear. */
struct registry_index {
	struct arena arena;
	const char *name;
	struct registry_version *versions; /* usable ones, in the order of the file */
	uint32_t count;
	struct registry_version *faulty; /* lines of an unknown schema, and lines that are broken */
	uint32_t faulty_count;
};

/**
 * Read an index file. A line that cannot be used is no failure: it is kept in `faulty`.
 *
 * @param out   written on success only.
 * @param name  the package that the file must be about; a line of another one is faulty.
 * @return 0; ERR_PKG with code X07PKG_INDEX_FETCH over a cap, or when no line can be used although
 *         there are lines.
 */
MUST_CHECK int registry_index_parse(
    struct registry_index *out, const char *name, const char *text, size_t len, struct err *err);
void registry_index_clear(struct registry_index *index);

/**
 * The line of one version, compared as text.
 *
 * @param out  borrowed from @p index.
 * @return 0; ERR_PKG with code X07PKG_INDEX_NO_MATCH when it is not there, X07PKG_INDEX_FETCH when
 *         its line is faulty (the message says what and where).
 */
MUST_CHECK int registry_index_find(const struct registry_version **out,
    const struct registry_index *index, const char *version, struct err *err);

/** What the faulty lines are, one warning for each, at most @p max; returns how many there are. */
uint32_t registry_index_warnings(struct buf *out, const struct registry_index *index, uint32_t max);

/** Write the line of one version, with its line feed; keys in the order of docs/format/index.md. */
void registry_index_print(struct buf *out, const struct registry_version *v);

/**
 * Path of the index file below the index root: "ex/t-/ext-net".
 * @return 0, or ERR_FORMAT when @p name is no package name.
 */
MUST_CHECK int registry_index_path(struct buf *out, const char *name, struct err *err);

/** Path of an archive below `dl`: "<name>/<version>/download", appended. */
void registry_download_path(struct buf *out, const char *name, const char *version);

#endif

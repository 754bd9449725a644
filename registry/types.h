/* SPDX-License-Identifier: MIT */
/*
 * What the documents of a registry say, as plain data: config.json, the lines of an index file,
 * keys and signatures. config.h and index.h read them, sign.h and trust.h judge them. Source:
 * docs/format/index.md.
 */
#ifndef REGISTRY_TYPES_H
#define REGISTRY_TYPES_H

#include "base/arena.h"
#include "base/hash.h"
#include "pkg/plan.h"

#include <stdbool.h>
#include <stdint.h>

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

#endif

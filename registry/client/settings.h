/* SPDX-License-Identifier: MIT */
/*
 * Which registry, whether the network may be used, and where the user's files are: command line,
 * then environment, then configuration files, then the lock, then what ships with the tool.
 * Source: docs/format/pkg-config.md.
 */
#ifndef REGISTRY_CLIENT_SETTINGS_H
#define REGISTRY_CLIENT_SETTINGS_H

#include "base/err.h"
#include "pkg/lock.h"
#include "registry/types.h"

#define CLIENT_EMBEDDED_URL "embedded:" /* the registry that ships with the tool */

enum client_index_kind { CLIENT_INDEX_FILE, CLIENT_INDEX_HTTP, CLIENT_INDEX_GIT };

/** What the command line says about the registry. Everything borrowed; `{0}` says nothing. */
struct client_wishes {
	const char *index, *registry; /* addresses; the first counts more. NULL = none */
	const char *toolchain_root;   /* <prefix>; NULL = that of this program */
	bool offline;
};

/** Where packages come from and where the user's files are. client_settings_clear. */
struct client_settings {
	char *index_url; /* owned: as reports and locks show it; ends in '/' but for git */
	char *base;      /* owned: without `sparse+` or `git+`; embedded: a file URL */
	char *git_ref;   /* owned; NULL = HEAD */
	enum client_index_kind kind;
	bool embedded;                               /* the registry that ships with the tool */
	bool explicit;                               /* somebody chose it */
	bool offline;                                /* no socket may be opened */
	char *home;                                  /* owned: $X07_PKG_HOME, else ~/.x07 */
	char *share;                                 /* owned: <prefix>/share/x07 */
	struct registry_key keys[REGISTRY_KEYS_MAX]; /* of the configuration */
	uint32_t key_count;
	bool require_signatures;
};

/**
 * Find out.
 *
 * @param out     written on success only; client_settings_clear.
 * @param wishes  borrowed.
 * @param dir     where the configuration files are looked for; NULL = the current folder.
 * @return 0; ERR_USAGE for a bad URL; ERR_PKG (X07PKG_CONFIG_INVALID) for a bad file.
 */
MUST_CHECK int client_settings_load(struct client_settings *out, const struct client_wishes *wishes,
    const char *dir, struct err *err);
/**
 * Without a choice of the user's, take the registry that the lock's packages came from. An address
 * that is no registry of ours, or the default of `x07 init`, changes nothing.
 */
void client_settings_follow_lock(struct client_settings *s, const struct pkg_lock *lock);
/** Free what the settings own. */
void client_settings_clear(struct client_settings *s);

/**
 * <prefix>/share/x07.
 * @param out             owned; written on success only.
 * @param toolchain_root  the prefix; NULL = that of this program.
 * @return as path_self_dir.
 */
MUST_CHECK int client_share_folder(char **out, const char *toolchain_root, struct err *err);
/** The registry for a message about what is not there. Borrowed. */
const char *client_settings_called(const struct client_settings *s);
/** A path below the user's folder, owned. */
char *client_home_path(const struct client_settings *s, const char *rest);

#endif

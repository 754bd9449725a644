/* SPDX-License-Identifier: MIT */
/*
 * The commands of x07-pkg and their options. A command opens its work (cmd/pkg_work.h), lets the
 * engine do it (cmd/pkg/), and reports (cmd/pkg_report.h).
 */
#ifndef CMD_PKG_H
#define CMD_PKG_H

#include "cmd/cmd.h"
#include "pkg/lock.h"
#include "registry/sign.h"

#define CLIENT_EMBEDDED_URL "embedded:"
#define PKG_WAIT_DEFAULT_S 600

extern const struct program program_pkg;

/** Options of all package commands (cmd/table_pkg.c). */
struct pkg_options {
	const char *project, *index, *registry, *path, *out, *package, *token, *toolchain;
	const char *toolchain_root, *lock_version, *dir, *old_dir, *new_dir;
	bool sync, with_closure, offline, check, frozen, allow_yanked, allow_advisories, pre;
	bool refresh, undo, token_stdin, dry_run, verify, json, quiet;
	struct option_uint wait, max_age_days;
};

int cmd_pkg_add(const struct cmd_call *call);
int cmd_pkg_remove(const struct cmd_call *call);
int cmd_pkg_lock(const struct cmd_call *call);
int cmd_pkg_sync(const struct cmd_call *call);
int cmd_pkg_update(const struct cmd_call *call);
int cmd_pkg_versions(const struct cmd_call *call);
int cmd_pkg_info(const struct cmd_call *call);
int cmd_pkg_search(const struct cmd_call *call);
int cmd_pkg_list(const struct cmd_call *call);
int cmd_pkg_tree(const struct cmd_call *call);
int cmd_pkg_why(const struct cmd_call *call);
int cmd_pkg_provides(const struct cmd_call *call);
int cmd_pkg_verify(const struct cmd_call *call);
int cmd_pkg_inventory(const struct cmd_call *call);
int cmd_pkg_repair(const struct cmd_call *call);
int cmd_pkg_pack(const struct cmd_call *call);
int cmd_pkg_publish(const struct cmd_call *call);
int cmd_pkg_yank(const struct cmd_call *call);
int cmd_pkg_login(const struct cmd_call *call);
int cmd_pkg_check_semver(const struct cmd_call *call);
int cmd_pkg_vendor(const struct cmd_call *call);
int cmd_pkg_gc(const struct cmd_call *call);
int cmd_pkg_attest_closure(const struct cmd_call *call);

/* ---- registry/client/settings.c ---- */

enum client_index_kind { CLIENT_INDEX_FILE, CLIENT_INDEX_HTTP, CLIENT_INDEX_GIT };

/** Where packages come from and where the user's files are. */
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
 * @param dir  where the configuration files are looked for; NULL = the current folder.
 * @return 0; ERR_USAGE for a bad URL; ERR_PKG (X07PKG_CONFIG_INVALID) for a bad file.
 */
MUST_CHECK int client_settings_load(struct client_settings *out, const struct pkg_options *options,
    const char *dir, struct err *err);
/**
 * Without a choice of the user's, the registry that the lock's packages came from. An address that
 * is no registry of ours, or the default of `x07 init`, changes nothing.
 */
void client_settings_follow_lock(struct client_settings *s, const struct pkg_lock *lock);
void client_settings_clear(struct client_settings *s);
/** <prefix>/share/x07 of this program, or of --toolchain-root; owned. @return as path_self_dir. */
MUST_CHECK int client_share_folder(char **out, const struct pkg_options *options, struct err *err);
/** The registry for a message about what is not there. Borrowed. */
const char *client_settings_called(const struct client_settings *s);
/** A path below the user's folder, owned. */
char *client_home_path(const struct client_settings *s, const char *rest);
/** Token for the registry: owned, NULL when there is none. ERR_PKG for an unsafe file. */
MUST_CHECK int client_token_load(char **out, const struct client_settings *s, struct err *err);
/** Remember a token; the file is readable by the user alone. @p path: where, owned. */
MUST_CHECK int client_token_save(
    char **path, const struct client_settings *s, const char *token, struct err *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The commands of x07-pkg and their options. A command opens its work (cmd/pkg_work.h), lets the
 * engine do it (cmd/pkg/), and reports (cmd/report/pkg_report.h).
 */
#ifndef CMD_PKG_H
#define CMD_PKG_H

#include "cmd/cmd.h"
#include "pkg/lock.h"
#include "registry/client/settings.h"

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

#endif

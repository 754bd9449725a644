/* SPDX-License-Identifier: MIT */
/*
 * The commands of x07-pkg: what they share. A command is: settings, project (under its lock), index
 * and store as far as they are wanted, one report.
 *
 *   client_settings (where) -> pkg_project (what) -> pkg_work (resolve, install, lock) ->
 * pkg_report
 */
#ifndef CMD_PKG_H
#define CMD_PKG_H

#include "base/json.h"
#include "cmd/cmd.h"
#include "pkg/lock.h"
#include "pkg/manifest.h"
#include "pkg/transaction.h"
#include "registry/client/settings.h"
#include "registry/client/token.h"
#include "registry/types.h"

#define PKG_REPORT_MAX_BYTES ((size_t)64 << 20)
#define PKG_WAIT_DEFAULT_S 600
/* The compiler of the reference whose language this one accepts: what `x07c_compat` is about. */
#define PKG_X07C_VERSION "0.2.17"

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

/* ---- cmd/pkg_report.c ---- */

/** What a command says at its end: JSON for programs, text for people. */
struct pkg_report {
	const struct cmd_call *call;
	struct buf result; /* members go through `w`; empty = no `result` */
	struct jsonw w;
	struct buf text; /* for a terminal */
	struct buf data; /* JSON object of `error.data`; empty = none */
};

void pkg_report_init(struct pkg_report *r, const struct cmd_call *call);
void pkg_report_clear(struct pkg_report *r);
/** Start and end the object `result`. */
void pkg_report_open(struct pkg_report *r);
void pkg_report_close(struct pkg_report *r);
/**
 * Print the report and return the exit status.
 * @param rc   0, or the code of a failure that @p err describes.
 */
int pkg_report_finish(struct pkg_report *r, int rc, const struct err *err);
/**
 * Beside a JSON report the failure on standard error too, for who sends the report away; not with
 * --json, which is for programs, or --quiet.
 */
void pkg_report_complain(const struct cmd_call *call, const struct err *err);
/** Stable code of a failure for reports; never empty. */
const char *pkg_error_code(const struct err *err);
/** Exit status of a failure of a package command. */
int pkg_error_status(const struct err *err);
/** Whether the report is read by a person. */
bool pkg_is_interactive(const struct cmd_call *call);

#endif

/* SPDX-License-Identifier: MIT */
/* What a package command says at its end: `{ok, command, result?, error?}`, or text for people. */
#ifndef CMD_PKG_REPORT_H
#define CMD_PKG_REPORT_H

#include "base/json.h"
#include "cmd/cmd.h"
#include "pkg/plan.h"

#define PKG_REPORT_MAX_BYTES ((size_t)64 << 20)

/** What a command says at its end: JSON for programs, text for people. */
struct pkg_report {
	const struct cmd_call *call;
	struct buf result; /* members go through `w`; empty = no `result` */
	struct jsonw w;
	struct buf text; /* for a terminal */
	struct buf data; /* JSON object of `error.data`; empty = none */
};

/** An empty report of a command. @param call  borrowed for its life. */
void pkg_report_init(struct pkg_report *r, const struct cmd_call *call);
/** Free what a report holds. */
void pkg_report_clear(struct pkg_report *r);
/** Start the object `result`. */
void pkg_report_open(struct pkg_report *r);
/** End it. */
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
/** The code of a failure for reports: its own, or one for its class; never NULL. */
const struct code *pkg_error_code(const struct err *err);
/** Exit status of a failure of a package command. */
int pkg_error_status(const struct err *err);
/** Whether the report is read by a person. */
bool pkg_is_interactive(const struct cmd_call *call);
/** Put a conflict of the resolver: into `error.data`, and in full into the text. */
void pkg_report_conflict(struct pkg_report *r, const struct pkg_conflict *conflict);

#endif

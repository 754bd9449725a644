/* SPDX-License-Identifier: MIT */
/*
 * What a package command works with: it opens its work, has the engine (cmd/pkg/) do one job with
 * the parts, and finishes it with a report. The engine never sees the whole.
 */
#ifndef CMD_PKG_WORK_H
#define CMD_PKG_WORK_H

#include "base/notes.h"
#include "cmd/pkg.h"
#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"
#include "cmd/pkg/supply.h"
#include "cmd/pkg/task.h"
#include "cmd/progress.h"
#include "cmd/report/pkg_report.h"
#include "pkg/plan.h"
#include "registry/client/settings.h"

/** One command. Opens with one of the functions below, pkg_work_clear. Stays where it is. */
struct pkg_work {
	const struct cmd_call *call;
	const struct pkg_options *o;
	struct notes notes; /* to standard error; to nobody with --quiet */
	struct progress progress;
	struct arena arena;
	struct client_settings settings;
	struct pkg_project project;
	bool has_project;
	struct pkg_supply supply;
	struct pkg_items items;
	struct pkg_conflict conflict; /* why the resolver found nothing; reported at the end */
	struct pkg_report report;
};

/** What the options of a command say about the registry. Borrows from them. */
struct client_wishes pkg_work_wishes(const struct pkg_options *o);
/** Start a work that needs neither settings nor project. */
void pkg_work_init(struct pkg_work *w, const struct cmd_call *call);
/**
 * Start a work with settings.
 * @return as client_settings_load.
 */
MUST_CHECK int pkg_work_open(struct pkg_work *w, const struct cmd_call *call, struct err *err);
/**
 * Start a work on the project of --project, with settings that follow its lock.
 * @return as pkg_project_open and client_settings_load.
 */
MUST_CHECK int pkg_work_open_project(
    struct pkg_work *w, const struct cmd_call *call, enum pkg_txn_mode mode, struct err *err);
/**
 * For commands that ask a registry and have no project: in a project's folder without another
 * choice the registry of its lock, so that what it has locked is found. A lock that cannot be read
 * counts as none.
 * @return as client_settings_load.
 */
MUST_CHECK int pkg_work_open_asking(
    struct pkg_work *w, const struct cmd_call *call, struct err *err);
/** Free everything; a work may be opened again then. */
void pkg_work_clear(struct pkg_work *w);
/** The parts that the engine resolves, installs and writes with. Borrowed. */
struct pkg_task pkg_work_task(struct pkg_work *w);
/**
 * Make the project what its lock says: `x07 pkg sync`, and `lock --frozen`. Opens the work, for
 * reading first, so that a project in a folder that cannot be written works when nothing is to be
 * done.
 * @return 1 when nothing was to be done; 0; as pkg_locked_look and pkg_locked_sync.
 */
MUST_CHECK int pkg_work_sync(struct pkg_work *w, const struct cmd_call *call, struct err *err);
/** What shows people how far a supply of this work is. */
struct client_watch pkg_work_watch(struct pkg_work *w);
/** Print the report. @return exit status. */
int pkg_work_finish(struct pkg_work *w, int rc, const struct err *err);
/** A command that lacks an operand: the whole of it. @param question  "which package?" */
int pkg_work_ask_operand(const struct cmd_call *call, const char *question);
/** The members of the lock part of reports: project, index, lockfile, fetched. */
void pkg_work_report_lock(struct pkg_work *w);
/** Result and text of commands that lock or install. @param done  "locked" */
void pkg_work_report_done(struct pkg_work *w, const char *done);

#endif

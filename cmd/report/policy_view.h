/* SPDX-License-Identifier: MIT */
/*
 * What the commands `x07 policy check|show|explain|diff|promote` share: their options, a policy
 * with its text, and how they choose between text for people and a report.
 */
#ifndef CMD_POLICY_VIEW_H
#define CMD_POLICY_VIEW_H

#include "base/json.h"
#include "cmd/cmd.h"
#include "policy/overrides.h"
#include "policy/policy.h"

/** Options of all five commands; each shows only its own. */
struct policy_options {
	const char *policy, *profile, *project, *program, *root, *emit, *into;
	struct option_list allow_hosts, allow_host_files, deny_hosts, deny_host_files;
	struct option_list allow_read_roots, allow_write_roots, only;
	bool strict, enforcement, dry_run;
};

/** A policy as a command sees it. policy_view_clear. */
struct policy_view {
	char *path;    /* owned: as it was named, or as the profile names it */
	char *cwd;     /* owned: absolute working directory of a program under it; NULL = unknown */
	char *refusal; /* owned: why `x07 run` refuses it; NULL: it does not (policy_view_roots) */
	struct buf text;
	struct policy policy;
	bool derived; /* from the file and override flags; `text` is then the derived document */
	struct policy base; /* derived: the file's own policy, which patches are for */
	struct policy_overrides overrides;
	struct diag_list diags;
};

/** Free what a view holds. */
void policy_view_clear(struct policy_view *v);

/**
 * Read and check a policy: @p file, else --policy, else the policy of a profile of the project
 * (--profile, default `sandbox`), with the override flags applied. Nothing is written.
 *
 * @param out  policy_view_clear, also after a failure: its diags say why.
 * @return 0, ERR_USAGE, ERR_NOT_FOUND, ERR_IO, ERR_FORMAT, ERR_SCHEMA, ERR_POLICY, ERR_LIMIT.
 */
MUST_CHECK int policy_view_open(struct policy_view *out, const struct cmd_call *call,
    const struct policy_options *options, const char *file, struct err *err);

/**
 * Would a run take the roots? Sets v->refusal. Without a folder only absolute ones are looked at.
 * @return 0; ERR_POLICY (naming --root) with @p wants_folder when a relative root has none.
 */
MUST_CHECK int policy_view_roots(struct policy_view *v, bool wants_folder, struct err *err);

/** Print diagnostics and the error. @return exit status; 3 for faults of the document. */
int policy_view_fail(
    const struct cmd_call *call, const struct policy_view *v, const struct err *err);

/** Text for people: --emit text, or nothing said and standard output is a terminal. */
bool policy_wants_text(const struct policy_options *options);
/** "FILE:LINE:COLUMN" of a pointer of the policy, appended. */
void policy_view_place(struct buf *out, const struct policy_view *v, const char *pointer);
/** JSON text that is known to be well-formed, as a value. */
void policy_json_text(struct jsonw *w, const char *text);

struct policy_change;
struct policy_changes;
/** Changes as lines for people, by section: `  + fs.write_roots "tmp"`. */
void policy_changes_text(struct buf *out, const struct policy_changes *changes);
/** The same as an array of objects. */
void policy_changes_json(struct jsonw *w, const struct policy_changes *changes);

#define POLICY_OUT_MAX_BYTES (16u << 20)

#endif

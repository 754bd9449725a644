/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy promote DERIVED`: moves what a derived policy allows into the base policy that it
 * came from. Only the touched values of the base change; the file is replaced whole or not at all.
 */
#include "cmd/report/policy_view.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "policy/promote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *status_of(const struct policy_options *o, const struct policy_changes *changes)
{
	if (changes->count == 0)
		return "unchanged";
	return o->dry_run ? "dry-run" : "promoted";
}

static void report(struct buf *out, const char *base, const struct policy_view *derived,
    const struct policy_options *o, const struct policy_changes *changes)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_string(&w, "base", base);
	jsonw_key(&w, "changes");
	policy_changes_json(&w, changes);
	jsonw_kv_string(&w, "derived", derived->path);
	jsonw_kv_string(&w, "schema_version", "x07.policy.promote.report@0.1.0");
	jsonw_kv_string(&w, "status", status_of(o, changes));
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int print(const char *base, const struct policy_view *derived,
    const struct policy_options *o, const struct buf *text, const struct policy_changes *changes)
{
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);

	if (o->emit != NULL && strcmp(o->emit, "policy") == 0)
		return print_out(text);
	if (!policy_wants_text(o)) {
		report(&out, base, derived, o, changes);
		return print_out(&out);
	}
	policy_changes_text(&out, changes);
	buf_printf(&out, "%s: %s\n", base, status_of(o, changes));
	return print_text(&out);
}

/* --into, else what the notes of the derived policy say; owned. */
static char *base_path(
    const struct policy_options *o, const struct policy_view *derived, struct err *err)
{
	char *path = o->into != NULL ? base_strdup(o->into) : policy_base_of(&derived->policy);
	AUTO_FREE char *mine = realpath(derived->path, NULL);
	AUTO_FREE char *base = path != NULL ? realpath(path, NULL) : NULL;

	if (path == NULL) {
		err_set(err, ERR_USAGE, "%s does not name its base policy; add --into BASE",
		    derived->path);
	} else if (mine != NULL && base != NULL && strcmp(mine, base) == 0) {
		err_set(err, ERR_USAGE, "%s is the derived policy itself", path);
		base_free_ptr(&path);
		return NULL;
	}
	return path;
}

int cmd_policy_promote(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(policy_view_clear) struct policy_view base = {0};
	CLEANUP(policy_view_clear) struct policy_view derived = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_OUT_MAX_BYTES);
	struct policy_promotion what = {.only = o->only.items, .only_count = o->only.count};
	AUTO_FREE char *path = NULL;
	struct err err = {0};
	int rc;

	if (call->args.operand_count != 1) {
		err_set(&err, ERR_USAGE, "DERIVED is missing");
		return print_err(call, &err, "x07 run names it: using derived policy FILE");
	}
	if (policy_view_open(&derived, call, o, call->args.operands[0], &err) < 0)
		return policy_view_fail(call, &derived, &err);
	path = base_path(o, &derived, &err);
	if (path == NULL)
		return print_err(call, &err, NULL);
	if (policy_view_open(&base, call, o, path, &err) < 0)
		return policy_view_fail(call, &base, &err);
	what.base_file = path;
	what.text = (struct str){base.text.data, (uint32_t)base.text.len};
	what.base = &base.policy;
	what.derived = &derived.policy;
	rc = policy_promote(&text, &changes, &what, &base.diags, &err);
	if (rc == 0 && !o->dry_run && changes.count > 0)
		rc = file_replace(path, text.data, text.len, &err);
	if (rc < 0)
		return policy_view_fail(call, &base, &err);
	return print(path, &derived, o, &text, &changes);
}

/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy diff BASE DERIVED`: what the second policy allows and the first does not, and the
 * other way round. Exit status 0: the same in effect, 1: different.
 */
#include "cmd/report/policy_view.h"

#include "policy/diff.h"

#include <stdio.h>

static void report(struct buf *out, const struct policy_view *a, const struct policy_view *b,
    const struct policy_changes *changes)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_string(&w, "base", a->path);
	jsonw_key(&w, "changes");
	policy_changes_json(&w, changes);
	jsonw_kv_string(&w, "derived", b->path);
	jsonw_kv_bool(&w, "same", changes->count == 0);
	jsonw_kv_string(&w, "schema_version", "x07.policy.diff.report@0.1.0");
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

int cmd_policy_diff(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(policy_view_clear) struct policy_view a = {0};
	CLEANUP(policy_view_clear) struct policy_view b = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);
	struct err err = {0};

	if (call->args.operand_count != 2) {
		err_set(&err, ERR_USAGE, "wanted two policies, BASE and DERIVED");
		return print_err(call, &err, NULL);
	}
	if (policy_view_open(&a, call, o, call->args.operands[0], &err) < 0)
		return policy_view_fail(call, &a, &err);
	if (policy_view_open(&b, call, o, call->args.operands[1], &err) < 0)
		return policy_view_fail(call, &b, &err);
	policy_diff(&changes, &a.policy, &b.policy);
	if (!policy_wants_text(o))
		report(&out, &a, &b, &changes);
	else if (changes.count == 0)
		buf_puts(&out, "the same in effect\n");
	else
		policy_changes_text(&out, &changes);
	if ((policy_wants_text(o) ? print_text(&out) : print_out(&out)) != 0)
		return CMD_EXIT_USAGE;
	return changes.count == 0 ? CMD_EXIT_OK : CMD_EXIT_FAILED;
}

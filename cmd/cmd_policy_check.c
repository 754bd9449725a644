/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy check FILE...`: every fault of every file, and what of a valid policy this build
 * cannot enforce. People read standard error, programs the x07.x07diag report on standard output.
 */
#include "cmd/report/policy_view.h"

#include "cmd/report/report.h"
#include "policy/codes.h"
#include "policy/enforce.h"
#include "policy/locate.h"

#include <stdio.h>
#include <string.h>

/* What one file came to. */
struct checked {
	const char *file;
	char policy_id[65];
	bool valid, runs;
};

static void row_json(struct jsonw *w, const struct policy_enforce *row)
{
	CLEANUP(buf_clear) struct buf pointer = buf_init(256);

	buf_printf(&pointer, "/%s", row->path);
	jsonw_object(w);
	jsonw_kv_string(w, "by", policy_enforcer_name(row->by));
	jsonw_kv_string(w, "how", row->how);
	jsonw_kv_string(w, "only_when", row->gate);
	jsonw_kv_string(w, "ptr", pointer.data);
	jsonw_end_object(w);
}

static void meta_json(struct jsonw *w, const struct checked *files, size_t count, bool table)
{
	jsonw_key(w, "meta");
	jsonw_object(w);
	if (table) {
		jsonw_key(w, "enforcement");
		jsonw_array(w);
		for (size_t i = 0; i < policy_enforce_count(); i++)
			row_json(w, policy_enforce_at(i));
		jsonw_end_array(w);
	}
	jsonw_key(w, "files");
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(w);
		jsonw_kv_string(w, "file", files[i].file);
		jsonw_kv_string(w, "policy_id", files[i].valid ? files[i].policy_id : NULL);
		jsonw_kv_bool(w, "runs", files[i].runs);
		jsonw_kv_bool(w, "valid", files[i].valid);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

/* A file that could not be read has no diagnostic; it is not fine either. */
static bool all_fine(const struct diag_list *diags, const struct checked *files, size_t count)
{
	bool fine = diags->errors == 0;

	for (size_t i = 0; i < count; i++)
		fine = fine && files[i].valid;
	return fine;
}

static void report(struct buf *out, const struct diag_list *diags, const struct checked *files,
    size_t count, bool table)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.x07diag@0.1.0");
	jsonw_kv_bool(&w, "ok", all_fine(diags, files, count));
	jsonw_key(&w, "diagnostics");
	jsonw_array(&w);
	for (uint32_t i = 0; i < diags->count; i++)
		report_diag(&w, &diags->items[i]);
	jsonw_end_array(&w);
	meta_json(&w, files, count, table);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static void merge(struct diag_list *into, const struct diag_list *from)
{
	for (uint32_t i = 0; i < from->count; i++)
		diag_add(into, &from->items[i]);
	into->dropped += from->dropped;
}

/* What a run finds when it opens the roots, told before it. */
static int check_roots(struct policy_view *v, enum diag_severity severity, struct err *err)
{
	struct policy_spot spot = policy_locate(v->text.data, v->text.len, "/fs");
	int rc = policy_view_roots(v, false, err);

	if (rc == 0 && v->refusal != NULL)
		diag_add(
		    &v->diags, &(struct diag){.severity = severity,
				   .stage = DIAG_LINK,
				   .what = POLICY_CODE(ROOTS),
				   .message = v->refusal,
				   .help = "until then no program runs under it with backend os",
				   .ptr = "/fs",
				   .file = v->path,
				   .line = spot.line,
				   .column = spot.column});
	return rc;
}

/* @return 0, or the exit status of a file that cannot be read. */
static int check_file(struct checked *out, struct diag_list *diags, const struct cmd_call *call,
    const struct policy_options *o, const char *file)
{
	CLEANUP(policy_view_clear) struct policy_view v = {0};
	struct err err = {0};
	int rc = policy_view_open(&v, call, o, file, &err);
	uint32_t unenforceable = 0;

	*out = (struct checked){.file = file, .valid = rc == 0};
	if (rc < 0 && v.diags.errors == 0)
		return print_err(call, &err, NULL);
	if (rc == 0) {
		(void)snprintf(out->policy_id, sizeof(out->policy_id), "%s", v.policy.policy_id);
		unenforceable =
		    policy_enforce_check(&v.diags, o->strict ? DIAG_ERROR : DIAG_WARNING, &v.policy,
			(struct str){v.text.data, (uint32_t)v.text.len}, v.path);
	}
	if (rc == 0)
		rc = check_roots(&v, o->strict ? DIAG_ERROR : DIAG_WARNING, &err);
	out->runs = rc == 0 && unenforceable == 0 && v.refusal == NULL;
	merge(diags, &v.diags);
	return 0;
}

static void summary(const struct checked *c)
{
	if (!c->valid)
		(void)fprintf(stderr, "%s: not valid\n", c->file);
	else
		(void)fprintf(stderr, "%s: valid (%s)%s\n", c->file, c->policy_id,
		    c->runs ? "" : "; x07 run refuses it");
}

static void print_table(void)
{
	for (size_t i = 0; i < policy_enforce_count(); i++) {
		const struct policy_enforce *row = policy_enforce_at(i);

		(void)fprintf(
		    stderr, "%-32s %-20s %s\n", row->path, policy_enforcer_name(row->by), row->how);
	}
}

int cmd_policy_check(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);
	struct checked files[ARRAY_LEN(call->args.operands)];
	size_t count = call->args.operand_count;
	struct err err = {0};
	int status = 0;

	if (count == 0) {
		err_set(&err, ERR_USAGE, "FILE is missing");
		return print_err(call, &err, "x07 policy check .x07/policies/base/*.json");
	}
	for (size_t i = 0; i < count; i++) {
		int failed = check_file(&files[i], &diags, call, o, call->args.operands[i]);

		status = failed > status ? failed : status;
	}
	print_diags(&diags);
	for (size_t i = 0; i < count; i++)
		summary(&files[i]);
	if (o->enforcement && policy_wants_text(o))
		print_table();
	report(&out, &diags, files, count, o->enforcement);
	if (!policy_wants_text(o) && print_out(&out) != 0)
		status = CMD_EXIT_USAGE;
	return diags.errors > 0 ? err_exit_status(ERR_SCHEMA) : status;
}

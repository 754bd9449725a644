/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy show FILE|--profile NAME`: the policy that a run would have, override flags applied,
 * every field with its value and who holds a program to it.
 */
#include "cmd/report/policy_view.h"

#include "policy/enforce.h"
#include "policy/locate.h"
#include "policy/print.h"

#include <stdio.h>
#include <string.h>

/* All fields as JSON, those that the document leaves out too. */
struct full {
	struct buf text;
	struct arena values;
	const struct json *root;
};

static void full_clear(struct full *f)
{
	buf_clear(&f->text);
	arena_clear(&f->values);
}

static int full_make(struct full *f, const struct policy *p, struct err *err)
{
	struct policy all = *p;
	struct json_fault fault = {0};
	int rc;

	memset(all.present, 0xff, sizeof(all.present));
	policy_print(&f->text, &all);
	rc = json_parse(&f->root, &f->values, f->text.data, f->text.len, NULL, &fault);
	return rc < 0 ? err_set(err, ERR_INTERNAL, "cannot print the policy") : 0;
}

static const struct json *value_of(
    const struct full *f, const struct policy_enforce *row, char pointer[96])
{
	bool exact = false;

	(void)snprintf(pointer, 96, "/%s", row->path);
	return policy_value_at(f->root, pointer, &exact);
}

/* The document has a line for the field. */
static bool is_written(const struct policy_view *v, const char *pointer)
{
	return policy_locate(v->text.data, v->text.len, pointer).exact;
}

static void field_json(struct jsonw *w, const struct policy_view *v, const struct full *f,
    const struct policy_enforce *row)
{
	char pointer[96];
	const struct json *value = value_of(f, row, pointer);

	jsonw_object(w);
	jsonw_kv_string(w, "by", policy_enforcer_name(row->by));
	jsonw_kv_bool(w, "effective", policy_enforce_matters(row, &v->policy));
	jsonw_kv_string(w, "how", row->how);
	jsonw_kv_string(w, "ptr", pointer);
	jsonw_key(w, "value");
	jsonw_value(w, value, false);
	jsonw_kv_bool(w, "written", is_written(v, pointer));
	jsonw_end_object(w);
}

static void report(struct buf *out, const struct policy_view *v, const struct full *f)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_bool(&w, "derived", v->derived);
	jsonw_key(&w, "fields");
	jsonw_array(&w);
	for (size_t i = 0; i < policy_enforce_count(); i++)
		field_json(&w, v, f, policy_enforce_at(i));
	jsonw_end_array(&w);
	jsonw_kv_string(&w, "policy", v->path);
	jsonw_kv_string(&w, "policy_id", v->policy.policy_id);
	jsonw_kv_string(&w, "policy_sha256", v->policy.digest);
	jsonw_kv_string(&w, "schema_version", "x07.policy.show.report@0.1.0");
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

/* The name without its section, the value, and who holds it; `(default)` when it is not written. */
static void field_text(struct buf *out, const struct policy_view *v, const struct full *f,
    const struct policy_enforce *row)
{
	CLEANUP(buf_clear) struct buf value = buf_init(POLICY_OUT_MAX_BYTES);
	struct jsonw w = jsonw_init(&value, false);
	const char *slash = strchr(row->path, '/');
	char pointer[96];

	w.for_terminal = true;
	jsonw_value(&w, value_of(f, row, pointer), false);
	buf_printf(out, "  %-24s %-14s %s%s\n", slash != NULL ? slash + 1 : row->path, value.data,
	    policy_enforcer_name(row->by), is_written(v, pointer) ? "" : " (default)");
}

static void text(struct buf *out, const struct policy_view *v, const struct full *f)
{
	const char *last = "";

	buf_printf(out, "%s%s\npolicy_id %s\n", v->derived ? "derived from " : "", v->path,
	    v->policy.policy_id);
	for (size_t i = 0; i < policy_enforce_count(); i++) {
		const struct policy_enforce *row = policy_enforce_at(i);
		size_t len = strcspn(row->path, "/");

		if (row->path[len] == '\0' ||
		    (!v->policy.db.present && strncmp(row->path, "db/", 3) == 0))
			continue;
		if (strncmp(row->path, last, len + 1) != 0)
			buf_printf(out, "%.*s\n", (int)len, row->path);
		last = row->path;
		field_text(out, v, f, row);
	}
}

int cmd_policy_show(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(policy_view_clear) struct policy_view v = {0};
	CLEANUP(full_clear) struct full f = {.text = buf_init(POLICY_OUT_MAX_BYTES)};
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);
	const char *file = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	struct err err = {0};

	if (file != NULL && o->profile != NULL) {
		err_set(&err, ERR_USAGE, "FILE and --profile exclude each other");
		return print_err(call, &err, NULL);
	}
	if (policy_view_open(&v, call, o, file, &err) < 0)
		return policy_view_fail(call, &v, &err);
	if (full_make(&f, &v.policy, &err) < 0)
		return print_err(call, &err, NULL);
	if (o->emit != NULL && strcmp(o->emit, "policy") == 0)
		buf_add(&out, v.text.data, v.text.len);
	else if (!policy_wants_text(o))
		report(&out, &v, &f);
	if (out.len > 0)
		return print_out(&out);
	text(&out, &v, &f);
	return print_text(&out);
}

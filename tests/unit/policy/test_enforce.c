/* SPDX-License-Identifier: MIT */
/* The table of who enforces what: complete, and right about what is refused. */
#include "tests/unit/policy/policy_doc.h"

#include "policy/codes.h"
#include "policy/enforce.h"
#include "policy/fields_priv.h"
#include "policy/parse.h"

#include <stdio.h>

static void parse(struct policy *p, const char *text)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(policy_parse(p, text, strlen(text), "t", &diags, &err), 0, &err);
}

START_TEST(every_field_has_one_row_in_order)
{
	size_t row = 0;

	for (size_t i = 1; i < policy_field_count; i++) {
		const struct policy_field *f = &policy_fields[i];

		if (f->kind == POLICY_OBJECT || strstr(f->path, "[]"))
			continue;
		ck_assert_uint_lt(row, policy_enforce_count());
		ck_assert_str_eq(policy_enforce_at(row)->path, f->path);
		row++;
	}
	ck_assert_uint_eq(row, policy_enforce_count());
	ck_assert_ptr_null(policy_enforce_at(row));
	ck_assert_ptr_null(policy_enforce_find("fs"));
}
END_TEST

START_TEST(every_row_says_how_and_gates_are_boolean_fields)
{
	for (size_t i = 0; i < policy_enforce_count(); i++) {
		const struct policy_enforce *row = policy_enforce_at(i);

		ck_assert_uint_gt(strlen(row->how), 8);
		ck_assert_uint_gt(strlen(policy_enforcer_name(row->by)), 4);
		if (!row->gate)
			continue;
		ck_assert_msg(policy_enforce_find(row->gate) != NULL, "%s", row->gate);
		ck_assert_int_eq(policy_fields[policy_field_find(row->gate)].kind, POLICY_BOOL);
	}
}
END_TEST

START_TEST(templates_are_refused_for_what_is_missing_only)
{
	static const struct {
		const char *template, *pointers;
	} rows[] = {
	    {"cli", ""},
	    {"http-client", ""},
	    {"web-service", ""},
	    {"fs-tool", ""},
	    {"sqlite-app", "/db/enabled "},
	    {"postgres-client", "/db/enabled "},
	    {"worker", ""},
	    {"worker-parallel", "/process/allow_exec /process/allow_spawn "},
	};
	AUTO_FREE char *text = template_text(rows[_i].template);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4096);
	uint32_t count;

	parse(&p, text);
	count = policy_enforce_check(&diags, DIAG_ERROR, &p, str_c(text), "f.json");
	ck_assert_uint_eq(diags.count, count);
	ck_assert_uint_eq(diags.errors, count);
	for (uint32_t i = 0; i < diags.count; i++) {
		const struct diag *d = &diags.items[i];

		buf_printf(&got, "%s ", d->ptr);
		ck_assert_ptr_eq(d->what, POLICY_CODE(ENFORCE));
		ck_assert_str_eq(d->file, "f.json");
		ck_assert_ptr_nonnull(d->help);
		ck_assert_uint_gt(d->line, 1);
		ck_assert_uint_gt(d->column, 4);
	}
	ck_assert_str_eq(buf_str(&got), rows[_i].pointers);
}
END_TEST

START_TEST(a_grant_behind_a_closed_gate_does_not_matter)
{
	static const struct {
		const char *template, *from, *to;
		uint32_t want;
	} rows[] = {
	    {"cli", "\"allow_udp\": false", "\"allow_udp\": true", 0},
	    {"http-client", "\"allow_udp\": false", "\"allow_udp\": true", 0},
	    {"cli", "\"allow_exec\": false", "\"allow_exec\": true", 1},
	};
	AUTO_FREE char *text = template_text(rows[_i].template);
	AUTO_FREE char *changed = edited(text, rows[_i].from, rows[_i].to);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};

	parse(&p, changed);
	ck_assert_uint_eq(
	    policy_enforce_check(&diags, DIAG_WARNING, &p, STR(""), NULL), rows[_i].want);
	ck_assert_uint_eq(diags.errors, 0);
	ck_assert_uint_eq(diags.count, rows[_i].want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/enforce");
	TCase *t = tcase_create("all");

	tcase_add_test(t, every_field_has_one_row_in_order);
	tcase_add_test(t, every_row_says_how_and_gates_are_boolean_fields);
	tcase_add_loop_test(t, templates_are_refused_for_what_is_missing_only, 0, 8);
	tcase_add_loop_test(t, a_grant_behind_a_closed_gate_does_not_matter, 0, 3);
	suite_add_tcase(s, t);
	return test_main(s);
}

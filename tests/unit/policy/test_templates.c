/* SPDX-License-Identifier: MIT */
/*
 * The eight templates against tests/data/policy, and the committed schema and manual against the
 * table of fields.
 */
#include "policy/parse.h"
#include "policy/print.h"
#include "policy/schema_print.h"
#include "policy/templates.h"
#include "tests/unit/policy/policy_doc.h"

#include <stdio.h>
#include <stdlib.h>

static char *source_file(const char *name)
{
	const char *root = getenv("X07_SOURCE_DIR");
	CLEANUP(buf_clear) struct buf path = buf_init(4096);

	ck_assert_ptr_nonnull(root);
	buf_printf(&path, "%s/%s", root, name);
	return test_read(path.data);
}

START_TEST(template_is_the_committed_document)
{
	const char *name = policy_template_name((size_t)_i);
	AUTO_FREE char *text = template_text(name);
	CLEANUP(buf_clear) struct buf path = buf_init(256);
	AUTO_FREE char *want = NULL;

	buf_printf(&path, "tests/data/policy/%s.json", name);
	want = source_file(path.data);
	ck_assert_str_eq(text, want);
}
END_TEST

START_TEST(template_parses_and_prints_itself)
{
	const char *name = policy_template_name((size_t)_i);
	AUTO_FREE char *text = template_text(name);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(buf_clear) struct buf again = buf_init(1 << 20);
	struct err err = {0};

	ck_rc(policy_parse(&p, text, strlen(text), name, &diags, &err), 0, &err);
	policy_print(&again, &p);
	ck_assert_str_eq(again.data, text);
	ck_assert_uint_gt(strlen(p.notes), 20);
	ck_assert(p.db.present == (strstr(text, "\"db\": {") != NULL));
}
END_TEST

START_TEST(templates_are_eight_in_order)
{
	static const char *const names[] = {"cli", "http-client", "web-service", "fs-tool",
	    "sqlite-app", "postgres-client", "worker", "worker-parallel"};

	ck_assert_uint_eq(policy_template_count(), ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert_str_eq(policy_template_name(i), names[i]);
	ck_assert_ptr_null(policy_template_name(ARRAY_LEN(names)));
}
END_TEST

START_TEST(template_takes_an_id_of_the_caller)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 20);
	struct err err = {0};

	ck_rc(policy_template_print(&out, "worker", "my.id", &err), 0, &err);
	ck_assert_ptr_nonnull(strstr(out.data, "\n  \"policy_id\": \"my.id\",\n"));
}
END_TEST

START_TEST(template_refuses_unknown_names_and_bad_ids)
{
	static const char *const rows[][3] = {
	    {"nope", NULL, "the templates are cli, http-client"},
	    {"", NULL, "unknown policy template"},
	    {"cli", "", "bad policy id"},
	    {"cli", "a b", "bad policy id"},
	    {"cli", "a\"", "bad policy id"},
	};
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 20);
	struct err err = {0};

	ck_rc(policy_template_print(&out, rows[_i][0], rows[_i][1], &err), ERR_USAGE, &err);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_msg(strstr(err.message, rows[_i][2]) != NULL, "%s", err.message);
}
END_TEST

START_TEST(committed_schema_is_the_table_of_fields)
{
	AUTO_FREE char *want = source_file("docs/format/run-os-policy.schema.json");
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 20);

	policy_schema_print(&out);
	ck_assert_str_eq(out.data, want);
}
END_TEST

START_TEST(manual_holds_the_table_of_fields)
{
	AUTO_FREE char *manual = source_file("docs/format/run-os-policy.md");
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 20);

	policy_fields_print(&out);
	/* Without the table: Check refuses messages of its length. */
	ck_assert_msg(strstr(manual, out.data) != NULL,
	    "docs/format/run-os-policy.md needs what `test_policy_templates fields` prints");
}
END_TEST

/* With an argument: print what belongs into the committed files ("schema", "fields", a template).
 */
static int print_only(const char *what)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 20);
	struct err err = {0};
	int rc = 0;

	if (strcmp(what, "schema") == 0)
		policy_schema_print(&out);
	else if (strcmp(what, "fields") == 0)
		policy_fields_print(&out);
	else
		rc = policy_template_print(&out, what, NULL, &err);
	(void)fputs(rc == 0 ? out.data : err.message, stdout);
	return rc != 0;
}

int main(int argc, char **argv)
{
	Suite *s = NULL;
	TCase *t = NULL;

	if (argc > 1)
		return print_only(argv[1]);
	s = suite_create("policy/templates");
	t = tcase_create("all");
	tcase_add_loop_test(t, template_is_the_committed_document, 0, (int)policy_template_count());
	tcase_add_loop_test(t, template_parses_and_prints_itself, 0, (int)policy_template_count());
	tcase_add_test(t, templates_are_eight_in_order);
	tcase_add_test(t, template_takes_an_id_of_the_caller);
	tcase_add_loop_test(t, template_refuses_unknown_names_and_bad_ids, 0, 5);
	tcase_add_test(t, committed_schema_is_the_table_of_fields);
	tcase_add_test(t, manual_holds_the_table_of_fields);
	suite_add_tcase(s, t);
	return test_main(s);
}

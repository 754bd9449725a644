/* SPDX-License-Identifier: MIT */
/* Faults of a JSON document as diagnostics: place, pointer, and what is repeated is bounded. */
#include "base/jsondoc.h"
#include "tests/support/support.h"

#include <string.h>

static const struct code code_c = {.id = "C"}, code_d = {.id = "D"};

START_TEST(fault_has_pointer_line_column_of_value_or_key)
{
	static const char text[] = "{\n \"a\": [1, 2]}";
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct jsondoc doc = {.text = text, .len = strlen(text), .file = "f", .what = &code_c};
	const struct json *root = NULL, *a;
	struct err err = {0};

	doc.diags = &diags;
	ck_rc(jsondoc_parse(&root, &doc, &arena, NULL, &err), 0, &err);
	a = json_get(root, "a");
	jsondoc_fault(&doc, (struct jsondoc_at){.value = &a->items[1]}, "h", "bad %d", 2);
	jsondoc_fault(&doc, (struct jsondoc_at){.value = a, .at_key = true}, NULL, "key");
	jsondoc_warning(&doc, (struct jsondoc_at){0}, NULL, "whole");
	ck_assert_uint_eq(diags.count, 3);
	ck_assert_uint_eq(doc.faults, 2);
	ck_assert_str_eq(diags.items[0].ptr, "/a/1");
	ck_assert_str_eq(diags.items[0].message, "bad 2");
	ck_assert_str_eq(diags.items[0].help, "h");
	ck_assert_uint_eq(diags.items[0].line, 2);
	ck_assert_uint_eq(diags.items[0].column, 11);
	ck_assert_uint_eq(diags.items[1].column, 2);
	ck_assert_str_eq(diags.items[2].ptr, "");
	ck_assert_uint_eq(diags.items[2].severity, DIAG_WARNING);
	ck_assert_uint_eq(diags.errors, 2);
}
END_TEST

START_TEST(parse_failure_is_one_fault_with_its_place)
{
	static const char text[] = "{\n\"a\" 1}";
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct jsondoc doc = {.text = text, .len = strlen(text), .what = &code_c, .diags = &diags};
	const struct json *root = NULL;
	struct err err = {0};

	ck_rc(jsondoc_parse(&root, &doc, &arena, NULL, &err), ERR_FORMAT, &err);
	ck_assert_ptr_null(root);
	ck_assert_uint_eq(doc.faults, 1);
	ck_assert_uint_eq(diags.items[0].line, 2);
	ck_assert_ptr_nonnull(strstr(err.message, "document:2:5: not a JSON document"));
}
END_TEST

START_TEST(refusal_tells_the_first_faults_with_their_places_and_counts_the_rest)
{
	static const char text[] = "{\n \"a\": [1, 2]}";
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct jsondoc doc = {.text = text, .len = strlen(text), .file = "f", .what = &code_c};
	struct jsondoc other = {.text = text, .len = strlen(text), .file = "g", .what = &code_d};
	const struct json *root = NULL, *a;
	struct err err = {0};
	char many[3000];

	doc.diags = other.diags = &diags;
	ck_rc(jsondoc_parse(&root, &doc, &arena, NULL, &err), 0, &err);
	a = json_get(root, "a");
	jsondoc_fault(&other, (struct jsondoc_at){0}, NULL, "of another document");
	jsondoc_warning(&doc, (struct jsondoc_at){0}, NULL, "no fault");
	jsondoc_fault(&doc, (struct jsondoc_at){.value = &a->items[1]}, "one", "not 2");
	ck_assert_int_eq(jsondoc_refuse(&doc, "thing", &err), ERR_FORMAT);
	ck_assert_str_eq(err.message, "thing f: 1 fault: 2:11: not 2 (at /a/1): one");
	ck_assert_str_eq(err_shown(&err), "C");
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	for (int i = 0; i < DIAG_LIST_MAX + 10; i++)
		jsondoc_fault(&doc, (struct jsondoc_at){0}, many, "%s", many);
	ck_assert_int_eq(jsondoc_refuse(&doc, "thing", &err), ERR_FORMAT);
	ck_assert_ptr_nonnull(strstr(err.message, "thing f: 111 faults: 2:11: not 2"));
	ck_assert_uint_eq(strlen(err.message), ERR_MESSAGE_MAX - 1);
}
END_TEST

/* As when another document has filled the list. */
START_TEST(refusal_without_a_fault_that_was_kept_counts_all)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct jsondoc doc = {.text = "", .what = &code_c, .diags = &diags, .faults = 2};
	struct err err = {0};

	ck_assert_int_eq(jsondoc_refuse(&doc, "thing", &err), ERR_FORMAT);
	ck_assert_str_eq(err.message, "thing document: 2 faults: and 2 more");
}
END_TEST

START_TEST(quote_escapes_and_cuts)
{
	char out[JSONDOC_QUOTED_SIZE], many[300];

	ck_assert_str_eq(jsondoc_quote(out, str_c("a\n\x7f")), "\"a\\u000a\\u007f\"");
	ck_assert_str_eq(jsondoc_quote(out, str_c("")), "\"\"");
	memset(many, '\1', sizeof(many));
	ck_assert_uint_lt(
	    strlen(jsondoc_quote(out, (struct str){many, sizeof(many)})), sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "...\""));
	/* 22 characters of three bytes: 64 bytes would end inside the last one that is looked at */
	many[0] = '\0';
	for (size_t i = 0; i < 99; i += 3)
		memcpy(many + i, "\xe2\x82\xac", 3);
	jsondoc_quote(out, (struct str){many, 99});
	ck_assert_uint_eq(strlen(out), 1 + 63 + 3 + 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/jsondoc");
	TCase *t = tcase_create("all");

	tcase_add_test(t, fault_has_pointer_line_column_of_value_or_key);
	tcase_add_test(t, parse_failure_is_one_fault_with_its_place);
	tcase_add_test(t, refusal_tells_the_first_faults_with_their_places_and_counts_the_rest);
	tcase_add_test(t, refusal_without_a_fault_that_was_kept_counts_all);
	tcase_add_test(t, quote_escapes_and_cuts);
	suite_add_tcase(s, t);
	return test_main(s);
}

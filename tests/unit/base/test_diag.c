/* SPDX-License-Identifier: MIT */
/* The list of faults: copies, order, and the cap that still counts. */
#include "base/diag.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

static const struct code row_A = {.id = "A"}, row_B = {.id = "B"}, row_C = {.id = "C"},
			 row_E = {.id = "E"}, row_W = {.id = "W"}, row_Z = {.id = "Z"};

START_TEST(add_copies_every_string)
{
	CLEANUP(diag_list_clear) struct diag_list list = {0};
	char message[] = "before";
	struct diag d = {.what = &row_C, .message = message, .file = "f", .ptr = "/a", .line = 3};

	diag_add(&list, &d);
	memcpy(message, "after!", 6);
	ck_assert_uint_eq(list.count, 1);
	ck_assert_uint_eq(list.errors, 1);
	ck_assert_str_eq(list.items[0].message, "before");
	ck_assert_str_eq(list.items[0].ptr, "/a");
	ck_assert_ptr_null(list.items[0].help);
	ck_assert_uint_eq(list.items[0].line, 3);
}
END_TEST

START_TEST(a_fault_keeps_its_row)
{
	static const struct code row = {.id = "X07-ROW"};
	CLEANUP(diag_list_clear) struct diag_list list = {0};

	diag_add(&list, &(struct diag){.what = &row, .message = "m"});
	ck_assert_ptr_eq(list.items[0].what, &row);
}
END_TEST

START_TEST(faults_over_the_cap_are_counted)
{
	CLEANUP(diag_list_clear) struct diag_list list = {0};
	struct diag error = {.what = &row_E, .message = "m"};
	struct diag warning = {.severity = DIAG_WARNING, .what = &row_W, .message = "m"};

	for (int i = 0; i < DIAG_LIST_MAX + 5; i++)
		diag_add(&list, &error);
	diag_add(&list, &warning);
	ck_assert_uint_eq(list.count, DIAG_LIST_MAX);
	ck_assert_uint_eq(list.dropped, 6);
	ck_assert_uint_eq(list.errors, DIAG_LIST_MAX + 5);
	diag_list_clear(&list);
	ck_assert_uint_eq(list.count + list.dropped + list.errors, 0);
}
END_TEST

START_TEST(sort_orders_by_file_line_column_code_message_pointer)
{
	static const struct diag sorted[] = {
	    {.what = &row_Z, .message = "no file"},
	    {.file = "a", .line = 1, .column = 2, .what = &row_Z, .message = "z"},
	    {.file = "a", .line = 1, .column = 10, .what = &row_A, .message = "a"},
	    {.file = "a", .line = 2, .column = 1, .what = &row_A, .message = "a"},
	    {.file = "a", .line = 2, .column = 1, .what = &row_A, .message = "b"},
	    {.file = "a", .line = 2, .column = 1, .what = &row_B, .message = "a", .ptr = "/0"},
	    {.file = "a", .line = 2, .column = 1, .what = &row_B, .message = "a", .ptr = "/1"},
	    {.file = "b", .line = 1, .column = 1, .what = &row_A, .message = "a"},
	};
	CLEANUP(diag_list_clear) struct diag_list list = {0};

	/* 3 has no common factor with 8: every row once, in another order. */
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
		diag_add(&list, &sorted[(i * 3 + 1) % ARRAY_LEN(sorted)]);
	diag_sort(&list);
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		ck_assert_uint_eq(list.items[i].line, sorted[i].line);
		ck_assert_uint_eq(list.items[i].column, sorted[i].column);
		ck_assert_str_eq(list.items[i].what->id, sorted[i].what->id);
		ck_assert_str_eq(list.items[i].message, sorted[i].message);
		ck_assert_pstr_eq(list.items[i].file, sorted[i].file);
		ck_assert_pstr_eq(list.items[i].ptr, sorted[i].ptr);
	}
}
END_TEST

START_TEST(names_are_those_of_the_reports)
{
	ck_assert_str_eq(diag_severity_name(DIAG_ERROR), "error");
	ck_assert_str_eq(diag_severity_name(DIAG_WARNING), "warning");
	ck_assert_str_eq(diag_severity_name(DIAG_INFO), "info");
	ck_assert_str_eq(diag_severity_name(DIAG_HINT), "hint");
	ck_assert_str_eq(diag_stage_name(DIAG_PARSE), "parse");
	ck_assert_str_eq(diag_stage_name(DIAG_LINT), "lint");
	ck_assert_str_eq(diag_stage_name(DIAG_REWRITE), "rewrite");
	ck_assert_str_eq(diag_stage_name(DIAG_TYPE), "type");
	ck_assert_str_eq(diag_stage_name(DIAG_LOWER), "lower");
	ck_assert_str_eq(diag_stage_name(DIAG_CODEGEN), "codegen");
	ck_assert_str_eq(diag_stage_name(DIAG_LINK), "link");
	ck_assert_str_eq(diag_stage_name(DIAG_RUN), "run");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diag");
	TCase *tc = tcase_create("diag");

	tcase_add_test(tc, add_copies_every_string);
	tcase_add_test(tc, a_fault_keeps_its_row);
	tcase_add_test(tc, faults_over_the_cap_are_counted);
	tcase_add_test(tc, sort_orders_by_file_line_column_code_message_pointer);
	tcase_add_test(tc, names_are_those_of_the_reports);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The error value: filling, wrapping, truncation, and the table of codes. */
#include "base/notes.h"
#include "tests/support/support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct code rows[] = {
    {"X07_A", ERR_PKG, "a", NULL},
    {"X07_B", ERR_PKG, "b", NULL},
};

START_TEST(set_fills_and_returns_the_code)
{
	struct err err = {.sys_errno = 5, .what = &rows[0]};

	ck_assert_int_eq(err_set(&err, ERR_FORMAT, "%s: row %d", "a.json", 3), ERR_FORMAT);
	ck_assert_int_eq(err.code, ERR_FORMAT);
	ck_assert_int_eq(err.sys_errno, 0);
	ck_assert_str_eq(err_shown(&err), "");
	ck_assert_str_eq(err.message, "a.json: row 3");
}
END_TEST

START_TEST(sys_keeps_errno_and_appends_its_text)
{
	struct err err = {0};

	errno = EACCES;
	ck_assert_int_eq(err_sys(&err, ERR_IO, "open %s", "x"), ERR_IO);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(err.sys_errno, EACCES);
	ck_assert_str_eq(err.message, "open x: Permission denied");
}
END_TEST

START_TEST(wrap_keeps_the_code)
{
	struct err err = {0};

	ck_assert_int_eq(err_code(&err, ERR_PKG, &rows[0], "bad"), ERR_PKG);
	ck_assert_str_eq(err_shown(&err), "X07_A");
	ck_assert_int_eq(err_wrap(&err, "x07.json"), ERR_PKG);
	ck_assert_str_eq(err_shown(&err), "X07_A");
	ck_assert_str_eq(err.message, "x07.json: bad");
}
END_TEST

START_TEST(wrap_puts_each_layer_in_front)
{
	struct err err = {0};

	(void)err_set(&err, ERR_LIMIT, "too long");
	ck_assert_int_eq(err_wrap(&err, "line %d", 7), ERR_LIMIT);
	ck_assert_int_eq(err_wrap(&err, "lock file"), ERR_LIMIT);
	ck_assert_str_eq(err.message, "lock file: line 7: too long");
}
END_TEST

START_TEST(wrap_file_names_the_file_once)
{
	struct err err = {0};

	(void)err_set(&err, ERR_IO, "gone");
	ck_assert_int_eq(err_wrap_file(&err, "a/b"), ERR_IO);
	ck_assert_str_eq(err.message, "a/b: gone");
	ck_assert_int_eq(err_wrap_file(&err, "a/b"), ERR_IO);
	ck_assert_str_eq(err.message, "a/b: gone");
	ck_assert_int_eq(err_wrap_file(&err, "a"), ERR_IO);
	ck_assert_str_eq(err.message, "a: a/b: gone");
}
END_TEST

START_TEST(long_messages_are_cut_and_terminated)
{
	struct err err = {0};
	char text[3 * ERR_MESSAGE_MAX];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&err, ERR_IO, "%s", text);
	ck_assert_uint_eq(strlen(err.message), ERR_MESSAGE_MAX - 1);
	(void)err_wrap(&err, "outer");
	ck_assert_uint_eq(strlen(err.message), ERR_MESSAGE_MAX - 1);
	ck_assert_int_eq(strncmp(err.message, "outer: xxx", 10), 0);
	(void)err_wrap(&err, "%s", text);
	ck_assert_uint_lt(strlen(err.message), ERR_MESSAGE_MAX);
	errno = EIO;
	(void)err_sys(&err, ERR_IO, "%s", text);
	ck_assert_uint_eq(strlen(err.message), ERR_MESSAGE_MAX - 1);
}
END_TEST

START_TEST(a_null_error_is_allowed)
{
	ck_assert_int_eq(err_set(NULL, ERR_IO, "x"), ERR_IO);
	ck_assert_int_eq(err_sys(NULL, ERR_IO, "x"), ERR_IO);
	ck_assert_int_eq(err_wrap(NULL, "x"), ERR_INTERNAL);
}
END_TEST

START_TEST(codes_have_an_id_and_a_status)
{
	ck_assert_str_eq(err_id(0), "ok");
	ck_assert_int_eq(err_exit_status(0), 0);
	ck_assert_str_eq(err_id(ERR_USAGE), "usage");
	ck_assert_str_eq(err_id(ERR_SCHEMA), "schema");
	ck_assert_int_eq(err_exit_status(ERR_SCHEMA), 3);
	ck_assert_int_eq(err_exit_status(ERR_COMPILE), 1);
	ck_assert_int_eq(err_exit_status(ERR_PKG), 20);
	ck_assert_str_eq(err_id(1), "internal");
	ck_assert_str_eq(err_id(-1000), "internal");
}
END_TEST

START_TEST(codes_are_negative_and_ids_differ)
{
	static const int codes[] = {
#define ERR(name, id, status) ERR_##name,
#include "base/err.def"
#undef ERR
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		ck_assert_int_lt(codes[i], 0);
		ck_assert_int_gt(err_exit_status(codes[i]), 0);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(err_id(codes[i]), err_id(codes[j]));
	}
}
END_TEST

START_TEST(code_is_shown_and_compared_by_its_row)
{
	struct err err = {0};

	ck_assert(!err_is(&err, &rows[0]));
	ck_assert_int_eq(err_code(&err, ERR_PKG, &rows[1], "row %d", 1), ERR_PKG);
	ck_assert(err_is(&err, &rows[1]));
	ck_assert(!err_is(&err, &rows[0]));
	ck_assert_str_eq(err_shown(&err), "X07_B");
	ck_assert_str_eq(err.message, "row 1");
	ck_assert_int_eq(err_set(&err, ERR_IO, "other"), ERR_IO);
	ck_assert(!err_is(&err, &rows[1]));
	ck_assert_int_eq(err_code(NULL, ERR_PKG, &rows[1], "x"), ERR_PKG);
	ck_assert(!err_is(NULL, &rows[1]));
}
END_TEST

static void keep_line(void *ctx, const char *line)
{
	(void)snprintf(ctx, 64, "%s", line);
}

START_TEST(notes_reach_the_listener_and_nobody_without_one)
{
	char heard[64] = "";
	struct notes to = {keep_line, heard};

	notes_say(&to, "%s is %d", "x", 1);
	ck_assert_str_eq(heard, "x is 1");
	notes_say(&(struct notes){0}, "lost");
	notes_say(NULL, "lost");
	ck_assert_str_eq(heard, "x is 1");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, set_fills_and_returns_the_code);
	tcase_add_test(tc, sys_keeps_errno_and_appends_its_text);
	tcase_add_test(tc, wrap_keeps_the_code);
	tcase_add_test(tc, code_is_shown_and_compared_by_its_row);
	tcase_add_test(tc, notes_reach_the_listener_and_nobody_without_one);
	tcase_add_test(tc, wrap_puts_each_layer_in_front);
	tcase_add_test(tc, wrap_file_names_the_file_once);
	tcase_add_test(tc, long_messages_are_cut_and_terminated);
	tcase_add_test(tc, a_null_error_is_allowed);
	tcase_add_test(tc, codes_have_an_id_and_a_status);
	tcase_add_test(tc, codes_are_negative_and_ids_differ);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

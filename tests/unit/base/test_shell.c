/* SPDX-License-Identifier: MIT */
/* Words for a shell: what comes out is what went in, and nothing runs. */
#include "base/shell.h"
#include "tests/support/support.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* clang-format off */
static const struct {
	const char *text, *want; /* NULL = not shown */
} words[] = {
	{ "logs", "logs" }, { "a/b.c_d-e:1,2", "a/b.c_d-e:1,2" }, { "", "''" }, { "a b", "'a b'" },
	{ "x;reboot", "'x;reboot'" }, { "$(id)", "'$(id)'" }, { "`id`", "'`id`'" }, { "it's", "'it'\\''s'" },
	{ "'", "''\\'''" }, { "~root", "'~root'" }, { "a*", "'a*'" }, { "[::1]:9", "'[::1]:9'" },
	{ "#x", "'#x'" }, { "a\\b", "'a\\b'" }, { "\"", "'\"'" }, { "!x", "'!x'" }, { "b\xc3\xbc", "'b\xc3\xbc'" },
	{ "a\nb", NULL }, { "\033[2J", NULL }, { "\x7f", NULL }, { "\xc2\x9b", NULL }, { "\xff", NULL },
	{ "\xe2\x80\xae" "x", NULL },
};
/* clang-format on */

START_TEST(word_is_quoted_as_the_table_says)
{
	CLEANUP(buf_clear) struct buf out = buf_init(4096);

	ck_assert_int_eq(shell_add_word(&out, words[_i].text), words[_i].want != NULL);
	if (words[_i].want != NULL)
		ck_assert_str_eq(out.data, words[_i].want);
	ck_assert_int_eq(out.len == 0, words[_i].want == NULL);
}
END_TEST

/* A shell gives back the same bytes. */
START_TEST(shell_reads_the_word_as_it_was)
{
	CLEANUP(buf_clear) struct buf line = buf_init(4096);
	char got[256] = "";
	ssize_t n = 0;
	int fds[2];
	pid_t pid = 0;

	if (words[_i].want == NULL)
		return;
	buf_puts(&line, "printf %s ");
	ck_assert(shell_add_word(&line, words[_i].text));
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		execl("/bin/sh", "sh", "-c", line.data, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	n = read(fds[0], got, sizeof(got) - 1);
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(n, (ssize_t)strlen(words[_i].text));
	ck_assert_str_eq(got, words[_i].text);
}
END_TEST

START_TEST(value_that_looks_like_an_option_stands_behind_an_equals_sign)
{
	CLEANUP(buf_clear) struct buf out = buf_init(4096);

	ck_assert(shell_add_option(&out, "--root", "-x"));
	ck_assert(shell_add_option(&out, " --root", "a b"));
	ck_assert(!shell_add_option(&out, " --root", "\n"));
	ck_assert_str_eq(out.data, "--root=-x --root 'a b'");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/shell");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, word_is_quoted_as_the_table_says, 0, (int)ARRAY_LEN(words));
	tcase_add_loop_test(t, shell_reads_the_word_as_it_was, 0, (int)ARRAY_LEN(words));
	tcase_add_test(t, value_that_looks_like_an_option_stands_behind_an_equals_sign);
	suite_add_tcase(s, t);
	return test_main(s);
}

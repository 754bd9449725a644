/* SPDX-License-Identifier: MIT */
/* Which input a program gets, in which order of precedence, and what is refused. */
#include "cmd/run/input.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *args[] = {(char[]){"a"}, (char[]){"bc"}};
#define ARGV_V1 "\2\0\0\0\1\0\0\0a\2\0\0\0bc"

/* Standard input becomes this descriptor. */
static void stdin_from(int fd)
{
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
}

static void stdin_text(const char *text)
{
	AUTO_FREE char *path = test_text_file("stdin", text);

	stdin_from(open(path, O_RDONLY | O_CLOEXEC));
}

static void stdin_pipe(const char *text)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fds[1], text, strlen(text)), (ssize_t)strlen(text));
	close(fds[1]);
	stdin_from(fds[0]);
}

static void ck_input(const struct run_input *in, const char *want, size_t len)
{
	char got[64];

	ck_assert_uint_eq(in->size, len);
	ck_assert_int_eq(pread(in->fd, got, sizeof(got), 0), (ssize_t)len);
	ck_assert_mem_eq(got, want, len);
}

/* One bit for each source, in order of precedence. */
enum { FILE_ = 1, STDIN_ = 2, B64 = 4, ARGS = 8, PROFILE = 16, PIPED = 32 };

/* clang-format off */
static const struct {
	unsigned given;
	bool runner;
	const char *want;
	size_t len;
} orders[] = {
	{ FILE_ | STDIN_ | B64 | ARGS | PROFILE | PIPED, false, "file", 4 },
	{ STDIN_ | B64 | ARGS | PROFILE | PIPED, false, "piped", 5 },
	{ B64 | ARGS | PROFILE | PIPED, false, "b64", 3 },
	{ ARGS | PROFILE | PIPED, false, ARGV_V1, sizeof(ARGV_V1) - 1 },
	{ PROFILE | PIPED, false, "profile", 7 },
	{ PIPED, false, "piped", 5 },
	/* x07-os-runner takes nothing that nobody named */
	{ PIPED, true, "", 0 },
	{ PROFILE | PIPED, true, "profile", 7 },
	{ FILE_ | PIPED, true, "file", 4 },
};
/* clang-format on */

START_TEST(input_has_an_order_of_precedence)
{
	AUTO_FREE char *file = test_text_file("in", "file");
	AUTO_FREE char *of_profile = test_text_file("p/in", "profile");
	AUTO_FREE char *root = test_path("p");
	const struct pkg_profile profile = {.input = "in"};
	unsigned given = orders[_i].given;
	struct run_target target = {
	    .root = root, .profile = (given & PROFILE) != 0 ? &profile : NULL};
	const struct run_input_options options = {.file = (given & FILE_) != 0 ? file : NULL,
	    .use_stdin = (given & STDIN_) != 0,
	    .b64 = (given & B64) != 0 ? "YjY0" : NULL,
	    .has_args = (given & ARGS) != 0,
	    .args = args,
	    .arg_count = ARRAY_LEN(args)};
	struct run_input in = {.fd = -1};
	struct err err = {0};

	stdin_pipe("piped");
	ck_rc(run_input_open(&in, &options, &target, orders[_i].runner, &err), 0, &err);
	ck_input(&in, orders[_i].want, orders[_i].len);
	close(in.fd);
}
END_TEST

static int open_plain(struct run_input *in, const struct run_input_options *o, struct err *err)
{
	const struct run_target target = {0};

	*in = (struct run_input){.fd = -1};
	return run_input_open(in, o, &target, false, err);
}

START_TEST(dashes_with_nothing_behind_them_are_an_empty_list)
{
	struct run_input in;
	struct err err = {0};

	stdin_pipe("piped");
	ck_rc(open_plain(&in, &(struct run_input_options){.has_args = true}, &err), 0, &err);
	ck_input(&in, "\0\0\0\0", 4);
}
END_TEST

/* A terminal would be waited for, and a directory has no bytes. */
START_TEST(terminal_and_directory_on_standard_input_are_left_alone)
{
	struct run_input in;
	struct err err = {0};
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	const char *name;

	ck_assert_int_ge(terminal, 0);
	ck_assert_int_eq(grantpt(terminal) | unlockpt(terminal), 0);
	name = ptsname(terminal);
	ck_assert_ptr_nonnull(name);
	stdin_from(open(name, O_RDWR | O_NOCTTY));
	ck_rc(open_plain(&in, &(struct run_input_options){0}, &err), 0, &err);
	ck_assert_uint_eq(in.size, 0);
	stdin_from(open(".", O_RDONLY | O_DIRECTORY));
	ck_rc(open_plain(&in, &(struct run_input_options){0}, &err), 0, &err);
	ck_assert_uint_eq(in.size, 0);
	close(terminal);
}
END_TEST

START_TEST(file_on_standard_input_is_read_from_where_it_stands)
{
	struct run_input in;
	struct err err = {0};
	int flags;

	stdin_text("whole");
	ck_rc(open_plain(&in, &(struct run_input_options){0}, &err), 0, &err);
	ck_input(&in, "whole", 5);
	/* it is the file itself, so that a large one is not copied */
	ck_assert_int_eq(fcntl(in.fd, F_GET_SEALS), -1);
	stdin_text("whole");
	ck_assert_int_eq(lseek(STDIN_FILENO, 3, SEEK_SET), 3);
	ck_rc(open_plain(&in, &(struct run_input_options){0}, &err), 0, &err);
	ck_input(&in, "le", 2);
	flags = fcntl(in.fd, F_GET_SEALS);
	ck_assert_msg(flags >= 0 && (flags & F_SEAL_WRITE) != 0, "a copy is sealed");
}
END_TEST

START_TEST(bad_input_is_refused_with_its_name)
{
	AUTO_FREE char *missing = test_path("missing");
	AUTO_FREE char *folder = test_path("folder");
	const struct {
		struct run_input_options options;
		int rc;
		const char *message;
	} rows[] = {
	    {{.file = missing}, ERR_NOT_FOUND, "input file is missing"},
	    {{.file = "-"}, ERR_NOT_FOUND, "standard input is --stdin"},
	    {{.file = folder}, ERR_IO, "is a directory"},
	    {{.b64 = "YjY"}, ERR_USAGE, "not base64"},
	    {{.b64 = "!!!!"}, ERR_USAGE, "not base64"},
	};
	struct run_input in;
	struct err err = {0};

	ck_assert_int_eq(mkdir(folder, 0755), 0);
	ck_rc(open_plain(&in, &rows[_i].options, &err), rows[_i].rc, &err);
	ck_assert_msg(strstr(err.message, rows[_i].message) != NULL, "%s", err.message);
	ck_assert_int_eq(in.fd, -1);
}
END_TEST

START_TEST(largest_input_is_taken_and_one_byte_more_is_not)
{
	AUTO_FREE char *path = test_text_file("large", "");
	const struct run_input_options options = {.file = path};
	struct run_input in;
	struct err err = {0};

	ck_assert_int_eq(truncate(path, (off_t)RUN_INPUT_MAX), 0);
	ck_rc(open_plain(&in, &options, &err), 0, &err);
	ck_assert_uint_eq(in.size, RUN_INPUT_MAX);
	close(in.fd);
	ck_assert_int_eq(truncate(path, (off_t)RUN_INPUT_MAX + 1), 0);
	ck_rc(open_plain(&in, &options, &err), ERR_LIMIT, &err);
	ck_assert_int_eq(in.fd, -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/input");
	TCase *c = tcase_create("input");

	tcase_add_loop_test(c, input_has_an_order_of_precedence, 0, (int)ARRAY_LEN(orders));
	tcase_add_test(c, dashes_with_nothing_behind_them_are_an_empty_list);
	tcase_add_test(c, terminal_and_directory_on_standard_input_are_left_alone);
	tcase_add_test(c, file_on_standard_input_is_read_from_where_it_stands);
	tcase_add_loop_test(c, bad_input_is_refused_with_its_name, 0, 5);
	tcase_add_test(c, largest_input_is_taken_and_one_byte_more_is_not);
	suite_add_tcase(s, c);
	return test_main(s);
}

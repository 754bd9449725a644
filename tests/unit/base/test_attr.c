/* SPDX-License-Identifier: MIT */
/* The cleanup idiom and growing arrays. */
#include "base/vec.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

START_TEST(auto_close_closes_and_keeps_errno)
{
	int copy = -1;

	{
		AUTO_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		ck_assert_int_ge(fd, 0);
		copy = fd;
		errno = ENOTTY;
	}
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(fcntl(copy, F_GETFD), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(take_fd_leaves_nothing_to_close)
{
	int out = -1;

	{
		AUTO_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		out = take_fd(&fd);
		ck_assert_int_eq(fd, -1);
	}
	ck_assert_int_ge(fcntl(out, F_GETFD), 0);
	close(out);
}
END_TEST

START_TEST(take_moves_a_value_out)
{
	AUTO_FREE char *text = base_strdup("moved");
	AUTO_FREE char *taken = TAKE(text);

	ck_assert_ptr_null(text);
	ck_assert_str_eq(taken, "moved");
	ck_assert_ptr_null(base_strdup(NULL));
}
END_TEST

START_TEST(vec_push_keeps_every_item)
{
	AUTO_FREE uint32_t *items = NULL;
	uint32_t count = 0;
	size_t cap = 0;

	for (uint32_t i = 0; i < 1000; i++)
		VEC_PUSH(items, count, cap, i + 3);
	ck_assert_uint_eq(count, 1000);
	ck_assert_uint_ge(cap, count);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i], i + 3);
}
END_TEST

START_TEST(vec_push_takes_pointers)
{
	AUTO_FREE const char **items = NULL;
	uint32_t count = 0;
	size_t cap = 0;

	VEC_PUSH(items, count, cap, "a");
	VEC_PUSH(items, count, cap, "b");
	ck_assert_str_eq(items[0], "a");
	ck_assert_str_eq(items[1], "b");
}
END_TEST

START_TEST(grow_aborts_when_the_size_overflows)
{
	size_t cap = 0;
	void *ignored = base_grow(NULL, &cap, SIZE_MAX / 4, 16);

	ck_abort_msg("returned %p", ignored);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("attr");
	TCase *tc = tcase_create("attr");

	tcase_add_test(tc, auto_close_closes_and_keeps_errno);
	tcase_add_test(tc, take_fd_leaves_nothing_to_close);
	tcase_add_test(tc, take_moves_a_value_out);
	tcase_add_test(tc, vec_push_keeps_every_item);
	tcase_add_test(tc, vec_push_takes_pointers);
	tcase_add_test_raise_signal(tc, grow_aborts_when_the_size_overflows, SIGABRT);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

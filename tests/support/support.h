/* SPDX-License-Identifier: MIT */
/*
 * What every unit test needs: one runner, temporary files, and checks that show the error text.
 * A test runs in a folder of its own (in_tmp.sh), which is removed afterwards.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#include <check.h>
#include <stdbool.h>

/**
 * Run a suite and free it.
 *
 * @param suite  moved.
 * @return exit status: 0, or 1 when a test failed or when none ran at all.
 */
int test_main(Suite *suite);

/** A path inside the folder of the test; formatted, owned by the receiver. */
char *test_path(const char *fmt, ...) PRINTF_LIKE(1, 2);

/** Write a file in the folder of the test, with its directories; the path is owned. */
char *test_file(const char *name, const void *data, size_t len);

/** As test_file, of a NUL-terminated text. */
char *test_text_file(const char *name, const char *text);

/** The whole file as text, owned; fails the test when it cannot be read. */
char *test_read(const char *path);

/** How many entries a directory has, hidden ones included, "." and ".." not. */
size_t test_count_entries(const char *dir);

/** Fail with the message of @p err when @p rc is not @p want. */
#define ck_rc(rc, want, err)                                                                       \
	do {                                                                                       \
		int rc_ = (rc);                                                                    \
		ck_assert_msg(rc_ == (want), "%s: %s (%s), wanted %s", #rc, err_id(rc_),           \
		    (err)->message, err_id(want));                                                 \
	} while (0)

#endif

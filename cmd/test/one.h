/* SPDX-License-Identifier: MIT */
/* One test: driver, compilation, run, verdict. */
#ifndef CMD_TEST_ONE_H
#define CMD_TEST_ONE_H

#include "cmd/test/types.h"

/** Run one test to its end; whatever goes wrong is in the result. @param out  test_ended_clear. */
void test_one_run(
    struct test_ended *out, const struct test_case *test, const struct test_settings *settings);
/**
 * Compare two runs of one image: output, statistics and trap, all that can be seen from outside.
 * @return NULL when they are the same, else the code of the difference.
 */
const struct code *test_one_compare(const struct sandbox_result *a, const struct sandbox_result *b);
/** Free everything. */
void test_ended_clear(struct test_ended *result);

#endif

/* SPDX-License-Identifier: MIT */
/* All tests of a selection, on several processors. */
#ifndef CMD_TEST_POOL_H
#define CMD_TEST_POOL_H

#include "base/err.h"
#include "cmd/test/types.h"

#define TEST_JOBS_MAX 256u

/** What is left of a test that ran in a worker. */
struct test_record {
	bool done;
	enum test_status status;
	bool compile_failed, run_failed;
	int64_t duration_ms;
	char *json; /* owned: its object of the report */
	char *note; /* owned: its first diagnostic for people, "" for none */
};

/** What is run, and who looks on. Everything borrowed. */
struct test_pool {
	const struct test_case *const *tests;
	size_t count;
	const struct test_settings *settings;
	uint32_t jobs;  /* 1..TEST_JOBS_MAX */
	bool fail_fast; /* tests behind the first that fails are skipped */
	void (*progress)(void *ctx, size_t done, size_t failed);
	void *ctx;
};

/**
 * Run the tests; @p out has one record for each, in the same order. What one worker does cannot
 * hurt another: each is a process. The records do not depend on the number of workers.
 * @return 0; ERR_IO when no worker can be started.
 */
MUST_CHECK int test_pool_run(
    struct test_record *out, const struct test_pool *pool, struct err *err);
/** Free what a record owns. */
void test_record_clear(struct test_record *record);

#endif

/* SPDX-License-Identifier: MIT */
/* What a finished run means: output, metrics and traps, from bytes that a guest wrote. */
#include "cmd/run/outcome.h"
#include "tests/support/support.h"

#include <string.h>

#define METRICS "{\"fuel_used\":7}\n"
#define MAX_OUTPUT 4

struct row {
	const char *out;
	size_t out_len;
	const char *err;
	int exit_status, signal;
	bool timed_out, out_overflow, err_overflow;
	const char *trap; /* NULL: none */
	const char *output;
	bool metrics;
};

#define OUT(text) text, sizeof(text) - 1
#define GOOD OUT("\2\0\0\0ok")

/* clang-format off */
static const struct row rows[] = {
	{ GOOD, METRICS, 0, 0, false, false, false, NULL, "ok", true },
	{ OUT("\0\0\0\0"), METRICS, 0, 0, false, false, false, NULL, "", true },
	{ OUT("\4\0\0\0full"), METRICS, 0, 0, false, false, false, NULL, "full", true },
	{ GOOD, "noise\n" METRICS, 0, 0, false, false, false, NULL, "ok", true },
	/* the frame */
	{ OUT(""), METRICS, 0, 0, false, false, false, "native stdout too short for length prefix", NULL, true },
	{ OUT("\0\0\0"), METRICS, 0, 0, false, false, false, "native stdout too short for length prefix", NULL, true },
	{ OUT("\5\0\0\0 over"), METRICS, 0, 0, false, false, false, "native output too large: 5 > max_output_bytes=4", NULL, true },
	{ OUT("\0\0\0\1x"), METRICS, 0, 0, false, false, false, "native output too large: 16777216 > max_output_bytes=4", NULL, true },
	{ OUT("\3\0\0\0ok"), METRICS, 0, 0, false, false, false, "native stdout length mismatch: expected 3 got 2", NULL, true },
	{ OUT("\1\0\0\0ok"), METRICS, 0, 0, false, false, false, "native stdout length mismatch: expected 1 got 2", NULL, true },
	/* the metrics stand on the last line, as an object */
	{ GOOD, "", 0, 0, false, false, false, "missing metrics json line on stderr", NULL, false },
	{ GOOD, METRICS "later\n", 0, 0, false, false, false, "missing metrics json line on stderr", NULL, false },
	{ GOOD, "[1]\n", 0, 0, false, false, false, "missing metrics json line on stderr", NULL, false },
	{ GOOD, "{\"a\":\n", 0, 0, false, false, false, "missing metrics json line on stderr", NULL, false },
	{ GOOD, "{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}\n", 0, 0, false, false, false, "missing metrics json line on stderr", NULL, false },
	/* a program that failed: the last thing the runtime said, else what the kernel said */
	{ OUT(""), "fuel exhausted\n", 1, 0, false, false, false, "fuel exhausted", NULL, false },
	{ OUT(""), "first\nlast\n", 1, 0, false, false, false, "last", NULL, false },
	{ OUT(""), "said\n" METRICS, 1, 0, false, false, false, "said", NULL, true },
	{ OUT(""), "said", 1, 0, false, false, false, "said", NULL, false },
	{ OUT(""), "", 139, 11, false, false, false, "terminated by signal 11", NULL, false },
	{ OUT(""), METRICS, 139, 11, false, false, false, "terminated by signal 11", NULL, true },
	{ OUT(""), "said\n", 139, 11, false, false, false, "said", NULL, false },
	{ OUT(""), "", 3, 0, false, false, false, NULL, NULL, false },
	{ GOOD, METRICS, 3, 0, false, false, false, NULL, "ok", true },
	{ OUT("\1"), METRICS, 3, 0, false, false, false, "native stdout too short for length prefix", NULL, true },
	/* the supervisor's own reasons come first */
	{ GOOD, METRICS, 137, 9, true, true, true, "timed out", NULL, false },
	{ GOOD, "said\n", 137, 9, true, false, false, "timed out", NULL, false },
	{ GOOD, METRICS, 0, 0, false, false, true, "stderr exceeded cap", NULL, true },
	{ GOOD, METRICS, 0, 0, false, true, true, "stderr exceeded cap", NULL, true },
	{ GOOD, METRICS, 0, 0, false, true, false, "stdout exceeded cap", NULL, true },
	{ OUT(""), METRICS, 139, 11, false, true, false, "stdout exceeded cap", NULL, true },
};
/* clang-format on */

START_TEST(outcome_is_what_the_bytes_say)
{
	const struct row *row = &rows[_i];
	struct sandbox_result result = {.exit_status = row->exit_status,
	    .signal = row->signal,
	    .timed_out = row->timed_out,
	    .stdout_overflow = row->out_overflow,
	    .stderr_overflow = row->err_overflow,
	    .out = buf_init(64),
	    .err = buf_init(256)};
	CLEANUP(run_outcome_clear) struct run_outcome out = {0};

	buf_add(&result.out, row->out, row->out_len);
	buf_puts(&result.err, row->err);
	run_outcome_find(&out, &result, MAX_OUTPUT, 1500);
	ck_assert_pstr_eq(out.trap, row->trap);
	ck_assert_int_eq(out.metrics.present, row->metrics);
	if (row->output == NULL) {
		ck_assert_ptr_null(out.output);
		ck_assert_uint_eq(out.output_len, 0);
	} else {
		ck_assert_uint_eq(out.output_len, strlen(row->output));
		ck_assert_mem_eq(out.output, row->output, out.output_len);
	}
	buf_clear(&result.out);
	buf_clear(&result.err);
}
END_TEST

START_TEST(processor_time_is_named_with_its_limit_whatever_the_program_said)
{
	struct sandbox_result result = {.exit_status = 137,
	    .signal = 9,
	    .cpu_exceeded = true,
	    .out = buf_init(64),
	    .err = buf_init(256)};
	CLEANUP(run_outcome_clear) struct run_outcome out = {0};

	buf_puts(&result.err, "said\n");
	run_outcome_find(&out, &result, MAX_OUTPUT, 1500);
	ck_assert_pstr_eq(out.trap, "processor time used up: cpu_ms=1500");
	buf_clear(&result.out);
	buf_clear(&result.err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/outcome");
	TCase *c = tcase_create("outcome");

	tcase_add_loop_test(c, outcome_is_what_the_bytes_say, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(c, processor_time_is_named_with_its_limit_whatever_the_program_said);
	suite_add_tcase(s, c);
	return test_main(s);
}

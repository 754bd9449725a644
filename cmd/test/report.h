/* SPDX-License-Identifier: MIT */
/* The parts of the report of tests that describe one test (docs/format/tests-manifest.md). */
#ifndef CMD_TEST_REPORT_H
#define CMD_TEST_REPORT_H

#include "base/json.h"
#include "cmd/run/engine.h"
#include "cmd/test/types.h"

/** The object `run` of a test. @param code  of its status; NULL when it gave none. */
void test_report_run(struct buf *out, const struct run *run, const uint32_t *code, bool ok);
/** One test as an object. */
void test_report_case(
    struct buf *out, const struct test_case *test, const struct test_ended *result);

#endif

/* SPDX-License-Identifier: MIT */
/* What came of tests as JUnit XML, for machines that build and test. */
#ifndef CMD_TEST_JUNIT_H
#define CMD_TEST_JUNIT_H

#include "cmd/test/pool.h"

/** Text as the content of an XML attribute or element; what XML or a screen cannot show is '?'. */
void test_junit_escape(struct buf *out, const char *text, size_t len);
/** The document. @param out  appended to. */
void test_junit_print(struct buf *out, const struct test_case *const *tests,
    const struct test_record *records, size_t count);

#endif

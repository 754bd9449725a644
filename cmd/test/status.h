/* SPDX-License-Identifier: MIT */
/* The status that a test gives back, and what it means beside what was expected. */
#ifndef CMD_TEST_STATUS_H
#define CMD_TEST_STATUS_H

#include "cmd/test/types.h"

/** Bytes that differ: the beginning of both. Borrowed from the output. */
struct test_bytes_eq {
	uint8_t prefix_max;
	uint32_t got_len, expected_len;
	const char *got, *expected;
	uint32_t got_prefix, expected_prefix; /* bytes that are there */
};

/** A status taken apart. */
struct test_verdict {
	uint8_t tag; /* 0 fail, 1 pass, 2 skip */
	uint32_t code;
	bool has_bytes; /* then `bytes` is filled */
	struct test_bytes_eq bytes;
};

/** Take the output of a test apart. False when it is no status. */
bool test_status_parse(struct test_verdict *out, const char *data, size_t len);
/** What a tag means beside the expectation. */
enum test_status test_status_of(enum test_expect expect, uint8_t tag);
/** Is it what was expected? */
bool test_status_is_met(enum test_expect expect, enum test_status status);
/** "pass", "xfail_fail". Static storage. */
const char *test_status_name(enum test_status status);
/** "pass", "fail", "skip". Static storage. */
const char *test_expect_name(enum test_expect expect);

#endif

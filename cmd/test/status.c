/* SPDX-License-Identifier: MIT */
/*
 * The status of std.test: a tag, a code, and for bytes that differ a trailer. The program wrote it:
 * hostile until checked. Source: docs/format/tests-manifest.md.
 */
#include "cmd/test/status.h"

#include <string.h>

#define STATUS_BYTES 5u
#define TRAILER_BYTES 13u
#define CODE_BYTES_EQ 1003u
#define PREFIX_MAX 64u

static uint32_t u32_at(const char *data)
{
	const unsigned char *p = (const unsigned char *)data;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t at_most(uint32_t n, uint32_t max)
{
	return n < max ? n : max;
}

/* "X7T1", u8 longest prefix, u32 and u32 lengths, both prefixes; nothing behind. */
static bool parse_trailer(struct test_bytes_eq *out, const char *data, size_t len)
{
	struct test_bytes_eq b;

	if (len < TRAILER_BYTES || memcmp(data, "X7T1", 4) != 0)
		return false;
	b.prefix_max = (uint8_t)data[4];
	b.got_len = u32_at(data + 5);
	b.expected_len = u32_at(data + 9);
	b.got_prefix = at_most(b.got_len, b.prefix_max);
	b.expected_prefix = at_most(b.expected_len, b.prefix_max);
	b.got = data + TRAILER_BYTES;
	b.expected = b.got + b.got_prefix;
	if (b.prefix_max > PREFIX_MAX || len != TRAILER_BYTES + b.got_prefix + b.expected_prefix)
		return false;
	*out = b;
	return true;
}

bool test_status_parse(struct test_verdict *out, const char *data, size_t len)
{
	struct test_verdict v = {0};

	if (data == NULL || len < STATUS_BYTES || (uint8_t)data[0] > 2)
		return false;
	v.tag = (uint8_t)data[0];
	v.code = u32_at(data + 1);
	v.has_bytes = len > STATUS_BYTES;
	if (v.has_bytes && (v.tag != 0 || v.code != CODE_BYTES_EQ ||
			       !parse_trailer(&v.bytes, data + STATUS_BYTES, len - STATUS_BYTES)))
		return false;
	*out = v;
	return true;
}

enum test_status test_status_of(enum test_expect expect, uint8_t tag)
{
	if (tag == 2 || expect == TEST_EXPECT_SKIP)
		return TEST_SKIP;
	if (expect == TEST_EXPECT_FAIL)
		return tag == 1 ? TEST_XFAIL_PASS : TEST_XFAIL_FAIL;
	return tag == 1 ? TEST_PASS : TEST_FAIL;
}

bool test_status_is_met(enum test_expect expect, enum test_status status)
{
	static const enum test_status wanted[] = {
	    [TEST_EXPECT_PASS] = TEST_PASS,
	    [TEST_EXPECT_FAIL] = TEST_XFAIL_FAIL,
	    [TEST_EXPECT_SKIP] = TEST_SKIP,
	};

	return wanted[expect] == status;
}

const char *test_status_name(enum test_status status)
{
	static const char *const names[TEST_STATUS_COUNT] = {
	    "pass", "fail", "skip", "error", "xfail_pass", "xfail_fail"};

	return names[status];
}

const char *test_expect_name(enum test_expect expect)
{
	static const char *const names[] = {"pass", "fail", "skip"};

	return names[expect];
}

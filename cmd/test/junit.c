/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML: one <testsuite>, one <testcase> for each test. Names and messages come from manifests
 * and programs: everything that is markup is escaped, and what XML 1.0 does not allow, is not
 * UTF-8, or would show a text in another order, becomes '?'.
 */
#include "cmd/test/junit.h"

#include "base/utf8.h"
#include "cmd/test/status.h"

#include <string.h>

/* U+FFFE and U+FFFF are no characters of XML. Source: XML 1.0, 2.2. */
static bool is_char(const unsigned char *at, size_t len)
{
	if (len == 1 && (*at == '\t' || *at == '\n'))
		return true;
	if (len == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe)
		return false;
	return !utf8_is_control(at, len);
}

static const char *entity(unsigned char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\n':
		return "&#10;";
	case '\t':
		return "&#9;";
	default:
		return NULL;
	}
}

void test_junit_escape(struct buf *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;

	while (at < end) {
		size_t n = utf8_sequence(at, end);
		const char *named = n == 1 ? entity(*at) : NULL;

		if (named != NULL)
			buf_puts(out, named);
		else if (n == 0 || !is_char(at, n))
			buf_putc(out, '?');
		else
			buf_add(out, at, n);
		at += n == 0 ? 1 : n;
	}
}

static void attribute(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, " %s=\"", name);
	test_junit_escape(out, text, strlen(text));
	buf_putc(out, '"');
}

static void print_time(struct buf *out, int64_t ms)
{
	buf_printf(out, " time=\"%lld.%03d\"", (long long)(ms / 1000), (int)(ms % 1000));
}

/* The element inside a test case: nothing for a test that is as expected. */
static void print_outcome(
    struct buf *out, const struct test_case *test, const struct test_record *r)
{
	const char *element = r->status == TEST_ERROR ? "error" : "failure";

	if (r->status == TEST_SKIP) {
		buf_puts(out, "<skipped");
		attribute(out, "message", r->note != NULL ? r->note : "");
		buf_puts(out, "/>");
		return;
	}
	if (test_status_is_met(test->expect, r->status))
		return;
	buf_printf(out, "<%s", element);
	attribute(out, "type", test_status_name(r->status));
	attribute(out, "message", r->note != NULL ? r->note : "");
	buf_puts(out, "/>");
}

static void print_case(struct buf *out, const struct test_case *test, const struct test_record *r)
{
	buf_puts(out, "  <testcase");
	attribute(out, "classname", test->module);
	attribute(out, "name", test->id);
	print_time(out, r->duration_ms);
	buf_putc(out, '>');
	print_outcome(out, test, r);
	buf_puts(out, "</testcase>\n");
}

void test_junit_print(struct buf *out, const struct test_case *const *tests,
    const struct test_record *records, size_t count)
{
	size_t failures = 0, errors = 0, skipped = 0;
	int64_t ms = 0;

	for (size_t i = 0; i < count; i++) {
		enum test_status s = records[i].status;

		errors += s == TEST_ERROR;
		skipped += s == TEST_SKIP;
		failures +=
		    s != TEST_ERROR && s != TEST_SKIP && !test_status_is_met(tests[i]->expect, s);
		ms += records[i].duration_ms;
	}
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	buf_printf(out,
	    " <testsuite name=\"x07\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
	    "skipped=\"%zu\"",
	    count, failures, errors, skipped);
	print_time(out, ms);
	buf_puts(out, ">\n");
	for (size_t i = 0; i < count; i++)
		print_case(out, tests[i], &records[i]);
	buf_puts(out, " </testsuite>\n</testsuites>\n");
}

/* SPDX-License-Identifier: MIT */
/* The JSON writer: layout, escaping, sorting, and nesting over its maximum. */
#include "base/json.h"
#include "tests/support/support.h"

#include <string.h>

static void write_sample(struct jsonw *w)
{
	jsonw_object(w);
	jsonw_kv_string(w, "s", "a\"b");
	jsonw_kv_string(w, "none", NULL);
	jsonw_kv_int(w, "i", INT64_MIN);
	jsonw_kv_bool(w, "b", true);
	jsonw_key(w, "list");
	jsonw_array(w);
	jsonw_uint(w, UINT64_MAX);
	jsonw_null(w);
	jsonw_object(w);
	jsonw_end_object(w);
	jsonw_array(w);
	jsonw_end_array(w);
	jsonw_bool(w, false);
	jsonw_end_array(w);
	jsonw_key(w, "data");
	jsonw_base64(w, "foob", 4);
	jsonw_end_object(w);
}

START_TEST(compact_has_no_spaces)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, false);

	write_sample(&w);
	ck_assert_str_eq(out.data,
	    "{\"s\":\"a\\\"b\",\"none\":null,\"i\":-9223372036854775808,\"b\":true,"
	    "\"list\":[18446744073709551615,null,{},[],false],\"data\":\"Zm9vYg==\"}");
}
END_TEST

START_TEST(pretty_indents_by_two)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, true);

	write_sample(&w);
	ck_assert_str_eq(out.data,
	    "{\n  \"s\": \"a\\\"b\",\n  \"none\": null,\n  \"i\": -9223372036854775808,\n"
	    "  \"b\": true,\n  \"list\": [\n    18446744073709551615,\n    null,\n    {},\n    "
	    "[],\n"
	    "    false\n  ],\n  \"data\": \"Zm9vYg==\"\n}");
}
END_TEST

struct quoted {
	const char *bytes;
	size_t len;
	const char *want;
};

#define BYTES(lit) (lit), sizeof(lit) - 1
static const struct quoted quoted[] = {
    {BYTES(""), "\"\""},
    {BYTES("a/b"), "\"a/b\""},
    {BYTES("\0\1\x1F\x7F"), "\"\\u0000\\u0001\\u001f\x7F\""},
    {BYTES("\b\t\n\f\r\\\""), "\"\\b\\t\\n\\f\\r\\\\\\\"\""},
    {BYTES("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\""},
    {BYTES("a\xFFz"), "\"a\xEF\xBF\xBDz\""},
    {BYTES("\xC3"), "\"\xEF\xBF\xBD\""},
    {BYTES("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {NULL, 0, "null"},
};

START_TEST(strings_are_escaped_and_always_utf8)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_string_n(&w, quoted[_i].bytes, quoted[_i].len);
	ck_assert_str_eq(out.data, quoted[_i].want);
}
END_TEST

/* ESC, DEL and the one-character CSI of 8-bit terminals (U+009B) stay visible, e-acute stays. */
START_TEST(strings_for_a_terminal_hold_no_controls)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, false);

	w.for_terminal = true;
	jsonw_string(&w, "\x1B[2J\x7F\xC2\x9B"
			 "1m\xC2\xA0\xC3\xA9\xE2\x80\xAE\xE2\x80\xA0");
	ck_assert_str_eq(
	    out.data, "\"\\u001b[2J\\u007f\\u009b1m\xC2\xA0\xC3\xA9\\u202e\xE2\x80\xA0\"");
}
END_TEST

START_TEST(sorted_orders_members_by_bytes_at_every_level)
{
	static const char text[] =
	    "{\"b\":[{\"z\":1,\"y\":2}],\"\xC3\xA9\":3,\"a\":1,\"B\":4,\"a\":2,\"ab\":5}";
	CLEANUP(arena_clear) struct arena a = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, false);
	const struct json *v = NULL;
	struct json_fault fault;

	ck_assert_int_eq(json_parse(&v, &a, text, strlen(text), NULL, &fault), 0);
	jsonw_value(&w, v, true);
	ck_assert_str_eq(out.data,
	    "{\"B\":4,\"a\":1,\"a\":2,\"ab\":5,\"b\":[{\"y\":2,\"z\":1}],\"\xC3\xA9\":3}");
}
END_TEST

/* Nest as deep as asked, and close again. */
static bool overflows(uint32_t depth)
{
	CLEANUP(buf_clear) struct buf out = buf_init(100000);
	struct jsonw w = jsonw_init(&out, false);

	for (uint32_t i = 0; i < depth; i++)
		jsonw_array(&w);
	for (uint32_t i = 0; i < depth; i++)
		jsonw_end_array(&w);
	return out.overflow;
}

START_TEST(nesting_over_the_maximum_is_an_overflow)
{
	ck_assert(!overflows(JSONW_DEPTH_MAX - 1));
	ck_assert(overflows(JSONW_DEPTH_MAX));
	ck_assert(overflows(3 * JSONW_DEPTH_MAX));
}
END_TEST

START_TEST(a_document_deeper_than_the_writer_ends_in_overflow)
{
	CLEANUP(arena_clear) struct arena a = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(1000000);
	CLEANUP(buf_clear) struct buf out = buf_init(1000000);
	struct jsonw w = jsonw_init(&out, true);
	struct json_options options = {.max_depth = 100000};
	const struct json *v = NULL;
	struct json_fault fault;

	for (int i = 0; i < 50000; i++)
		buf_puts(&text, "{\"a\":");
	buf_putc(&text, '1');
	for (int i = 0; i < 50000; i++)
		buf_putc(&text, '}');
	ck_assert_int_eq(json_parse(&v, &a, text.data, text.len, &options, &fault), 0);
	jsonw_value(&w, v, true);
	ck_assert(out.overflow);
}
END_TEST

START_TEST(a_full_buffer_is_an_overflow)
{
	CLEANUP(buf_clear) struct buf whole = buf_init(1000);
	struct jsonw whole_w = jsonw_init(&whole, false);

	write_sample(&whole_w);
	for (size_t max = 0; max < whole.len + 10; max++) {
		CLEANUP(buf_clear) struct buf out = buf_init(max);
		struct jsonw w = jsonw_init(&out, false);

		write_sample(&w);
		ck_assert_uint_le(out.len, max);
		ck_assert_int_eq(out.overflow, max < whole.len);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_write");
	TCase *tc = tcase_create("json_write");

	tcase_add_test(tc, compact_has_no_spaces);
	tcase_add_test(tc, pretty_indents_by_two);
	tcase_add_loop_test(tc, strings_are_escaped_and_always_utf8, 0, ARRAY_LEN(quoted));
	tcase_add_test(tc, strings_for_a_terminal_hold_no_controls);
	tcase_add_test(tc, sorted_orders_members_by_bytes_at_every_level);
	tcase_add_test(tc, nesting_over_the_maximum_is_an_overflow);
	tcase_add_test(tc, a_document_deeper_than_the_writer_ends_in_overflow);
	tcase_add_test(tc, a_full_buffer_is_an_overflow);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

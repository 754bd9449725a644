/* SPDX-License-Identifier: MIT */
/* The JSON reader: what it takes, what it refuses and where, and the tree it builds. */
#include "base/json.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

static const struct json *parse(struct arena *a, const char *text)
{
	const struct json *v = NULL;
	struct json_fault fault = {0};
	int rc = json_parse(&v, a, text, strlen(text), NULL, &fault);

	ck_assert_msg(rc == 0, "%s: %s at %u", text, fault.message, fault.offset);
	return v;
}

/* Text, then what the writer makes of it again (NULL: the same). */
static const char *const good[][2] = {
    {"null", NULL},
    {" \t\r\n true \n", "true"},
    {"false", NULL},
    {"0", NULL},
    {"-0", NULL},
    {"-1", NULL},
    {"1.50", NULL},
    {"1e5", NULL},
    {"1E+05", NULL},
    {"-0.0e-0", NULL},
    {"9223372036854775807", NULL},
    {"-9223372036854775808", NULL},
    {"9223372036854775808", NULL},
    {"123456789012345678901234567890", NULL},
    {"\"\"", NULL},
    {"\"\\u0041\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"A/\\b\\f\\n\\r\\t\\\"\\\\\""},
    {"\"\\u00e9\\u20AC\\ud83d\\uDE00\"", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
    {"\"\\u0000\\u001f\\u007f\"", "\"\\u0000\\u001f\x7F\""},
    {"\"\\ud7ff\\ue000\\uffff\"", "\"\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""},
    {"\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"",
	NULL},
    {"[]", NULL},
    {"[ ]", "[]"},
    {"{}", NULL},
    {"{ }", "{}"},
    {"[1,[2,[3,[]],{}],\"x\"]", NULL},
    {"{\"a\" : 1 , \"b\" : [ { } ] , \"a\" : null }", "{\"a\":1,\"b\":[{}],\"a\":null}"},
    {"{\"\":{\"\":\"\"}}", NULL},
};

START_TEST(parse_takes_json)
{
	CLEANUP(arena_clear) struct arena a = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(1000);
	struct jsonw w = jsonw_init(&out, false);
	const char *want = good[_i][1] != NULL ? good[_i][1] : good[_i][0];

	jsonw_value(&w, parse(&a, good[_i][0]), false);
	ck_assert_str_eq(out.data, want);
}
END_TEST

struct bad {
	const char *text;
	uint32_t offset;
	const char *message;
};

static const struct bad bad[] = {
    {"", 0, "unexpected end"},
    {"  ", 2, "unexpected end"},
    {"\xEF\xBB\xBF{}", 0, "byte order mark"},
    {"nul", 3, "unexpected end"},
    {"nulL", 0, "unexpected word"},
    {"True", 0, "expected a value"},
    {"NaN", 0, "expected a value"},
    {"+1", 0, "expected a value"},
    {".5", 0, "expected a value"},
    {"-", 1, "unexpected end"},
    {"-a", 1, "expected a digit"},
    {"01", 0, "leading zero"},
    {"-01", 1, "leading zero"},
    {"00", 0, "leading zero"},
    {"1.", 2, "unexpected end"},
    {"1.e5", 2, "expected a digit"},
    {"1e", 2, "unexpected end"},
    {"1e+", 3, "unexpected end"},
    {"1e+x", 3, "expected a digit"},
    {"0x10", 1, "something behind the value"},
    {"1 2", 2, "something behind the value"},
    {"{} x", 3, "something behind the value"},
    {"[1]]", 3, "something behind the value"},
    {"\"abc", 4, "unexpected end"},
    {"\"a\\\"", 4, "unexpected end"},
    {"\"\\", 2, "unexpected end"},
    {"\"\\\\\\", 4, "unexpected end"},
    {"\"a\nb\"", 2, "control character in a string"},
    {"\"a\\n\tb\"", 4, "control character in a string"},
    {"\"a\\xb\"", 2, "unknown escape"},
    {"\"a\\'\"", 2, "unknown escape"},
    {"\"\\u12\"", 1, "bad \\u escape"},
    {"\"\\u12g4\"", 1, "bad \\u escape"},
    {"\"\\u12", 5, "unexpected end"},
    {"\"\\ud800\"", 1, "half a surrogate pair"},
    {"\"\\ud800\\n\"", 1, "half a surrogate pair"},
    {"\"\\ud800\\u0041\"", 1, "half a surrogate pair"},
    {"\"x\\udc00\"", 2, "half a surrogate pair"},
    {"\"\\ud800\\u12\"", 7, "bad \\u escape"},
    {"\"\\ud800", 1, "half a surrogate pair"},
    {"\"a\x80\"", 2, "not UTF-8"},
    {"\"\xC0\xAF\"", 1, "not UTF-8"},
    {"\"\xC1\xBF\"", 1, "not UTF-8"},
    {"\"\xE0\x9F\xBF\"", 1, "not UTF-8"},
    {"\"\xED\xA0\x80\"", 1, "not UTF-8"},
    {"\"\xF0\x8F\xBF\xBF\"", 1, "not UTF-8"},
    {"\"\xF4\x90\x80\x80\"", 1, "not UTF-8"},
    {"\"\xF5\x80\x80\x80\"", 1, "not UTF-8"},
    {"\"\xE2\x82\"", 1, "not UTF-8"},
    {"\"\xC3", 1, "not UTF-8"},
    {"\"\\n\xFF\"", 3, "not UTF-8"},
    {"\xC3\xA9", 0, "expected a value"},
    {"[", 1, "unexpected end"},
    {"[1", 2, "unexpected end"},
    {"[1,", 3, "unexpected end"},
    {"[1,]", 3, "expected a value"},
    {"[,1]", 1, "expected a value"},
    {"[1 2]", 3, "expected ',' or ']'"},
    {"[1}", 2, "expected ',' or ']'"},
    {"[1:2]", 2, "expected ',' or ']'"},
    {"{", 1, "unexpected end"},
    {"{1:2}", 1, "expected a member name in quotes"},
    {"{a:2}", 1, "expected a member name in quotes"},
    {"{,}", 1, "expected a member name in quotes"},
    {"{\"a\"", 4, "unexpected end"},
    {"{\"a\" 1}", 5, "expected ':' behind a member name"},
    {"{\"a\":", 5, "unexpected end"},
    {"{\"a\":}", 5, "expected a value"},
    {"{\"a\":1", 6, "unexpected end"},
    {"{\"a\":1,", 7, "unexpected end"},
    {"{\"a\":1,}", 7, "expected a member name in quotes"},
    {"{\"a\":1]", 6, "expected ',' or '}'"},
    {"{\"a\":1 \"b\":2}", 7, "expected ',' or '}'"},
    {"/* c */ 1", 0, "expected a value"},
    {"'a'", 0, "expected a value"},
    {"\f1", 0, "expected a value"},
};

START_TEST(parse_refuses_everything_else_and_says_where)
{
	CLEANUP(arena_clear) struct arena a = {0};
	const struct bad *row = &bad[_i];
	const struct json *v = NULL;
	struct json_fault fault = {0};

	ck_assert_msg(json_parse(&v, &a, row->text, strlen(row->text), NULL, &fault) == ERR_FORMAT,
	    "accepted: %s", row->text);
	ck_assert_str_eq(fault.message, row->message);
	ck_assert_msg(fault.offset == row->offset, "%s: at %u, wanted %u", row->text, fault.offset,
	    row->offset);
	ck_assert_ptr_null(v);
}
END_TEST

START_TEST(parse_refuses_a_nul_byte_and_empty_memory)
{
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v = NULL;
	struct json_fault fault = {0};

	ck_assert_int_eq(json_parse(&v, &a, "1\0", 2, NULL, &fault), ERR_FORMAT);
	ck_assert_uint_eq(fault.offset, 1);
	ck_assert_int_eq(json_parse(&v, &a, "\"\0\"", 3, NULL, &fault), ERR_FORMAT);
	ck_assert_uint_eq(fault.offset, 1);
	ck_assert_int_eq(json_parse(&v, &a, NULL, 0, NULL, &fault), ERR_FORMAT);
	ck_assert_int_eq(json_parse(&v, &a, "x", 1, NULL, NULL), ERR_FORMAT);
}
END_TEST

START_TEST(numbers_are_integers_only_when_int64_holds_them)
{
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v =
	    parse(&a, "[0, 7, -7, 9223372036854775807, -9223372036854775808, 9223372036854775808, "
		      "-9223372036854775809, -0, 1.0, 1e2, 99999999999999999999]");
	static const int64_t ints[] = {0, 7, -7, INT64_MAX, INT64_MIN};
	static const char *const texts[] = {"9223372036854775808", "-9223372036854775809", "-0",
	    "1.0", "1e2", "99999999999999999999"};

	ck_assert_uint_eq(v->count, ARRAY_LEN(ints) + ARRAY_LEN(texts));
	for (size_t i = 0; i < ARRAY_LEN(ints); i++) {
		ck_assert_int_eq(v->items[i].kind, JSON_INT);
		ck_assert_int_eq(v->items[i].integer, ints[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ck_assert_int_eq(v->items[ARRAY_LEN(ints) + i].kind, JSON_NUMBER);
		ck_assert(str_eq_c(v->items[ARRAY_LEN(ints) + i].text, texts[i]));
	}
}
END_TEST

/* Each value knows its parent, its place in it, and the bytes it came from. */
static uint32_t check_tree(const char *text, const struct json *v)
{
	uint32_t count = 1;

	ck_assert_uint_lt(v->offset, v->end);
	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT)
		return count;
	ck_assert_int_eq(text[v->offset], v->kind == JSON_ARRAY ? '[' : '{');
	ck_assert_int_eq(text[v->end - 1], v->kind == JSON_ARRAY ? ']' : '}');
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];

		ck_assert_ptr_eq(item->parent, v);
		ck_assert_uint_eq(item->index, i);
		ck_assert_uint_gt(item->offset, v->offset);
		ck_assert_uint_lt(item->end, v->end);
		if (v->kind == JSON_OBJECT)
			ck_assert_int_eq(text[item->key_offset], '"');
		count += check_tree(text, item);
	}
	return count;
}

static const char nested[] =
    "{\"a\":[[1,{\"b\":[2,3,[]]}],{}],\n \"c/d\":{\"~e\":{\"\":[{\"f\":0}]}}}";

START_TEST(every_value_knows_its_parent_and_its_bytes)
{
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v = parse(&a, nested);

	ck_assert_ptr_null(v->parent);
	ck_assert_uint_eq(v->offset, 0);
	ck_assert_uint_eq(v->end, sizeof(nested) - 1);
	ck_assert_uint_eq(check_tree(nested, v), 15);
}
END_TEST

START_TEST(a_value_spans_exactly_its_own_bytes)
{
	static const char text[] = "  [ \"ab\\n\" , -1.5e3,true ,17] ";
	static const char *const spans[] = {"\"ab\\n\"", "-1.5e3", "true", "17"};
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v = parse(&a, text);

	ck_assert_uint_eq(v->offset, 2);
	ck_assert_uint_eq(v->end, strlen(text) - 1);
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];
		struct str span = {text + item->offset, item->end - item->offset};

		ck_assert(str_eq_c(span, spans[i]));
	}
}
END_TEST

struct pointer_row {
	const char *path; /* indices from the root */
	const char *pointer;
};

static const struct pointer_row pointers[] = {
    {"", ""},
    {"0", "/a"},
    {"00", "/a/0"},
    {"0010", "/a/0/1/b"},
    {"00102", "/a/0/1/b/2"},
    {"01", "/a/1"},
    {"1", "/c~1d"},
    {"10", "/c~1d/~0e"},
    {"100", "/c~1d/~0e/"},
    {"10000", "/c~1d/~0e//0/f"},
};

START_TEST(pointer_escapes_and_counts)
{
	CLEANUP(arena_clear) struct arena a = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(100);
	const struct json *v = parse(&a, nested);

	for (const char *at = pointers[_i].path; *at != '\0'; at++)
		v = &v->items[*at - '0'];
	buf_puts(&out, "#");
	json_pointer(&out, v);
	ck_assert_str_eq(out.data + 1, pointers[_i].pointer);
}
END_TEST

START_TEST(get_finds_the_last_member_of_a_name)
{
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v = parse(&a, "{\"k\":1,\"\\u006b\":2,\"x\\u0000\":3,\"s\":\"text\"}");

	ck_assert_int_eq(json_get(v, "k")->integer, 2);
	ck_assert_ptr_null(json_get(v, "x"));
	ck_assert_ptr_null(json_get(v, "absent"));
	ck_assert_ptr_null(json_get(&v->items[0], "k"));
	ck_assert_ptr_null(json_get(NULL, "k"));
	ck_assert(json_is(json_get(v, "s"), "text"));
	ck_assert(!json_is(json_get(v, "s"), "tex"));
	ck_assert(!json_is(json_get(v, "k"), "2"));
	ck_assert(!json_is(NULL, "x"));
}
END_TEST

START_TEST(position_counts_lines_and_bytes_from_one)
{
	static const char text[] = "ab\n\nc\r\nd";
	static const uint32_t want[][3] = {
	    {0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {7, 4, 1}, {8, 4, 2}, {99, 4, 2}};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		uint32_t line = 0;
		uint32_t column = 0;

		json_position(text, strlen(text), want[i][0], &line, &column);
		ck_assert_uint_eq(line, want[i][1]);
		ck_assert_uint_eq(column, want[i][2]);
	}
}
END_TEST

START_TEST(kinds_have_names)
{
	static const char *const names[] = {
	    "null", "boolean", "boolean", "integer", "number", "string", "array", "object"};
	CLEANUP(arena_clear) struct arena a = {0};
	const struct json *v = parse(&a, "[null,true,false,1,1.5,\"\",[],{}]");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert_str_eq(json_kind_name(&v->items[i]), names[i]);
}
END_TEST

/* `depth` brackets of each side. */
static int parse_nested(uint32_t depth, uint32_t max, struct json_fault *fault)
{
	CLEANUP(arena_clear) struct arena a = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(1000000);
	struct json_options options = {.max_depth = max};
	const struct json *v = NULL;

	for (uint32_t i = 0; i < depth; i++)
		buf_putc(&text, '[');
	for (uint32_t i = 0; i < depth; i++)
		buf_putc(&text, ']');
	return json_parse(&v, &a, text.data, text.len, &options, fault);
}

START_TEST(depth_is_limited)
{
	struct json_fault fault = {0};

	ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX, 0, &fault), 0);
	ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX + 1, 0, &fault), ERR_FORMAT);
	ck_assert_uint_eq(fault.offset, JSON_DEPTH_MAX);
	ck_assert_str_eq(fault.message, "nested too deeply: more than 256 levels");
	ck_assert_int_eq(parse_nested(100000, 100000, &fault), 0);
	ck_assert_int_eq(parse_nested(4, 3, &fault), ERR_FORMAT);
}
END_TEST

START_TEST(nodes_are_limited)
{
	CLEANUP(arena_clear) struct arena a = {0};
	struct json_options options = {.max_nodes = 4};
	const struct json *v = NULL;
	struct json_fault fault = {0};

	ck_assert_int_eq(json_parse(&v, &a, "[1,2,3]", 7, &options, &fault), 0);
	v = NULL;
	ck_assert_int_eq(json_parse(&v, &a, "[1,2,3,4]", 9, &options, &fault), ERR_LIMIT);
	ck_assert_ptr_null(v);
	ck_assert_int_eq(json_parse(&v, &a, "[[],{},[]]", 10, &options, &fault), 0);
	ck_assert_int_eq(json_parse(&v, &a, "[[],{},[],[]]", 13, &options, &fault), ERR_LIMIT);
}
END_TEST

START_TEST(a_full_arena_is_a_limit_and_not_a_crash)
{
	static const char text[] = "{\"key\\n\":[1,2,{\"a\":\"b\\tc\"}],\"l\":[[[]]]}";
	struct json_fault fault = {0};
	bool fitted = false;

	for (size_t max = 1; max < 4096; max += 8) {
		CLEANUP(arena_clear) struct arena a;
		const struct json *v = NULL;
		int rc = 0;

		arena_init(&a, max);
		rc = json_parse(&v, &a, text, strlen(text), NULL, &fault);
		ck_assert(rc == 0 || rc == ERR_LIMIT);
		ck_assert_int_eq(v == NULL, rc != 0);
		ck_assert(rc == 0 || !fitted); /* more room never fits less */
		fitted = rc == 0;
	}
	ck_assert(fitted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_loop_test(tc, parse_takes_json, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, parse_refuses_everything_else_and_says_where, 0, ARRAY_LEN(bad));
	tcase_add_test(tc, parse_refuses_a_nul_byte_and_empty_memory);
	tcase_add_test(tc, numbers_are_integers_only_when_int64_holds_them);
	tcase_add_test(tc, every_value_knows_its_parent_and_its_bytes);
	tcase_add_test(tc, a_value_spans_exactly_its_own_bytes);
	tcase_add_loop_test(tc, pointer_escapes_and_counts, 0, ARRAY_LEN(pointers));
	tcase_add_test(tc, get_finds_the_last_member_of_a_name);
	tcase_add_test(tc, position_counts_lines_and_bytes_from_one);
	tcase_add_test(tc, kinds_have_names);
	tcase_add_test(tc, depth_is_limited);
	tcase_add_test(tc, nodes_are_limited);
	tcase_add_test(tc, a_full_arena_is_a_limit_and_not_a_crash);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

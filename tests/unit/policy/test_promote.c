/* SPDX-License-Identifier: MIT */
/* Differences of policies, and their way into the base: bytes that did not change stay. */
#include "tests/unit/policy/policy_doc.h"

#include "policy/parse.h"
#include "policy/promote.h"
#include "policy/templates.h"

#include <stdio.h>

static void parse(struct policy *p, const char *text)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};
	int rc = policy_parse(p, text, strlen(text), "t", &diags, &err);

	ck_assert_msg(rc == 0, "%s: %s", err.message, diags.count ? diags.items[0].message : "");
}

/* "+/ptr before>after" for each change. */
static char *changes_text(const struct policy_changes *c)
{
	struct buf out = buf_init(1 << 20);

	buf_puts(&out, "");
	for (uint32_t i = 0; i < c->count; i++)
		buf_printf(&out, "%s%c%s %s>%s", i ? " " : "", "+-~"[c->items[i].kind],
		    c -> items[i].pointer, c->items[i].before ? c->items[i].before : "",
		    c->items[i].after ? c->items[i].after : "");
	return buf_take(&out);
}

/* clang-format off */
/* One edit of a template: what changes, and what promote does to the text of the base. */
static const struct {
	const char *template;
	const char *base_from, *base_to; /* makes the base */
	const char *from, *to;           /* makes the derived from the base */
	const char *changes;
	const char *text_from, *text_to; /* the one replacement in the base's text */
} edits[] = {
	{ "cli", "", "", "\"max_depth\": 64", "\"max_depth\": 65", "+/fs/max_depth 64>65",
	  "\"max_depth\": 64", "\"max_depth\": 65" },
	{ "cli", "", "", "\"deny_hidden\": true", "\"deny_hidden\": false",
	  "+/fs/deny_hidden true>false", "\"deny_hidden\": true", "\"deny_hidden\": false" },
	{ "cli", "", "", "\"allow_mkdir\": true", "\"allow_mkdir\": false",
	  "-/fs/allow_mkdir true>false", "\"allow_mkdir\": true", "\"allow_mkdir\": false" },
	{ "cli", "", "", "\"max_depth\": 64", "\"max_depth\": 0", "", "", "" }, /* 0 means 64 */
	{ "cli", "", "", "\"max_stdin_bytes\": 1048576", "\"max_stdin_bytes\": 0",
	  "+/process/max_stdin_bytes 1048576>0", "\"max_stdin_bytes\": 1048576", "\"max_stdin_bytes\": 0" },
	{ "cli", "", "", "\"policy_id\": \"sandbox.cli.base\"", "\"policy_id\": \"x\"", "", "", "" },
	/* a list of one item a line, of items on one line, and an empty one */
	{ "cli", "", "", "\"out\"\n    ]", "\"out\", \"tmp\"]", "+/fs/write_roots >\"tmp\"",
	  "      \"out\"\n", "      \"out\",\n      \"tmp\"\n" },
	{ "cli", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\": [\"out\",  \"b\"]",
	  "[\"out\",  \"b\"]", "[\"out\", \"b\", \"c\"]", "+/fs/write_roots >\"c\"",
	  "[\"out\",  \"b\"]", "[\"out\",  \"b\",  \"c\"]" },
	{ "cli", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\":[ \"out\" ]",
	  "[ \"out\" ]", "[\"out\", \"c\"]", "+/fs/write_roots >\"c\"",
	  "[ \"out\" ]", "[ \"out\", \"c\" ]" },
	{ "cli", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\": [\"a\",\"b\",\"c\"]",
	  "[\"a\",\"b\",\"c\"]", "[\"a\",\"c\"]", "-/fs/write_roots \"b\">",
	  "[\"a\",\"b\",\"c\"]", "[\"a\",\"c\"]" },
	{ "cli", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\": [\"a\",\"b\"]",
	  "[\"a\",\"b\"]", "[\"b\",\"a\"]", "~/fs/write_roots [\"a\",\"b\"]>[\"b\",\"a\"]",
	  "[\"a\",\"b\"]", "[\"b\",\"a\"]" },
	{ "cli", "", "", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\": []",
	  "-/fs/write_roots \"out\">", "\"write_roots\": [\n      \"out\"\n    ]", "\"write_roots\": []" },
	{ "cli", "", "", "\"deny_keys\": []", "\"deny_keys\": [\"A\\n\"]", "-/env/deny_keys >\"A\\n\"",
	  "\"deny_keys\": []", "\"deny_keys\": [\n      \"A\\n\"\n    ]" },
	/* hosts */
	{ "http-client", "", "", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[80]}]", "+/net/allow_hosts >\"a:80\"",
	  "\"allow_hosts\": []", "\"allow_hosts\": [\n      {\n        \"host\": \"a\",\n"
	  "        \"ports\": [\n          80\n        ]\n      }\n    ]" },
	{ "http-client", "\"allow_hosts\": []", "\"allow_hosts\": [{\"ports\": [443], \"host\": \"A\"}]",
	  "[443], \"host\": \"A\"", "[443, 80], \"host\": \"a\"", "+/net/allow_hosts >\"a:80\"",
	  "[443]", "[443, 80]" },
	{ "http-client", "\"allow_hosts\": []", "\"allow_hosts\": [{\"ports\": [443, 80], \"host\": \"A\"}]",
	  "[443, 80]", "[80]", "-/net/allow_hosts \"a:443\">", "[443, 80]", "[80]" },
	{ "http-client", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\": \"a\", \"ports\": [1]}, {\"host\": \"b\", \"ports\": [2]}]",
	  "{\"host\": \"a\", \"ports\": [1]}, ", "", "-/net/allow_hosts \"a:1\">",
	  "{\"host\": \"a\", \"ports\": [1]}, ", "" },
	{ "http-client", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\": \"a\", \"ports\": [1]}]",
	  "\"ports\": [1]}]", "\"ports\": [1]}, {\"host\": \"::1\", \"ports\": [2, 3]}]",
	  "+/net/allow_hosts >\"[::1]:2\" +/net/allow_hosts >\"[::1]:3\"",
	  "\"ports\": [1]}]", "\"ports\": [1]}, {\"host\": \"::1\", \"ports\": [2, 3]}]" },
	{ "http-client", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\": \"a\", \"ports\": [1]}, {\"host\": \"A\", \"ports\": [1, 2]}]",
	  "[{\"host\": \"a\", \"ports\": [1]}, {\"host\": \"A\", \"ports\": [1, 2]}]",
	  "[{\"host\": \"a\", \"ports\": [2, 1]}]", "", "", "" },
	/* members that the base does not have */
	{ "cli", "    \"allow_glob\": true,\n", "", "    \"allow_mkdir\"", "    \"allow_glob\": true, \"allow_mkdir\"",
	  "+/fs/allow_glob false>true", "    \"allow_mkdir\"", "    \"allow_glob\": true,\n    \"allow_mkdir\"" },
	{ "cli", "  \"threads\": {\n    \"enabled\": true,\n    \"max_blocking\": 4,\n    \"max_queue\": 1024,\n    \"max_workers\": 0\n  },\n", "",
	  "  \"time\":", "  \"threads\": {\"max_blocking\": 0}, \"time\":",
	  "-/threads/max_blocking 4>0", "  \"time\":", "  \"threads\": {\n    \"max_blocking\": 0\n  },\n  \"time\":" },
	{ "cli", "", "", "\"env\":", "\"db\": {\"enabled\": true, \"drivers\": {\"sqlite\": true, \"mysql\": false, \"postgres\": false}}, \"env\":",
	  "+/db/drivers/sqlite false>true +/db/enabled false>true",
	  "{\n  \"env\":", "{\n  \"db\": {\n    \"drivers\": {\n      \"mysql\": false,\n      \"postgres\": false,\n      \"sqlite\": true\n    },\n    \"enabled\": true\n  },\n  \"env\":" },
};
/* clang-format on */

START_TEST(promote_edits_only_what_changed)
{
	AUTO_FREE char *template = template_text(edits[_i].template);
	AUTO_FREE char *base = edited(template, edits[_i].base_from, edits[_i].base_to);
	AUTO_FREE char *derived = edited(base, edits[_i].from, edits[_i].to);
	AUTO_FREE char *want = edited(base, edits[_i].text_from, edits[_i].text_to);
	CLEANUP(policy_clear) struct policy a = {0}, b = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4 << 20);
	AUTO_FREE char *text = NULL;
	struct policy_promotion what = {
	    .base_file = "base.json", .text = str_c(base), .base = &a, .derived = &b};
	struct err err = {0};

	parse(&a, base);
	parse(&b, derived);
	ck_rc(policy_promote(&got, &changes, &what, &diags, &err), 0, &err);
	text = changes_text(&changes);
	ck_assert_str_eq(text, edits[_i].changes);
	ck_assert_str_eq(got.data, want);
}
END_TEST

/* A document in another hand: tabs, CRLF, no white space at all. */
START_TEST(promote_keeps_the_hand_of_the_document)
{
	static const struct {
		const char *in, *from, *to;
	} rows[] = {
	    {"\t\"write_roots\"\t:\t[\r\n\t\t\"out\"\r\n\t],", "\"out\"\r\n",
		"\"out\",\r\n\t\t\"tmp\"\r\n"},
	    {"\"write_roots\":[],", "\"write_roots\":[]",
		"\"write_roots\":[\n    \"out\",\n    \"tmp\"\n  ]"},
	};
	AUTO_FREE char *template = template_text("cli");
	AUTO_FREE char *less =
	    edited(template, ",\n    \"write_roots\": [\n      \"out\"\n    ]", "");
	AUTO_FREE char *derived = edited(template, "\"out\"", "\"out\",\"tmp\"");
	CLEANUP(buf_clear) struct buf line = buf_init(4096), got = buf_init(4 << 20);
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *want = NULL;
	CLEANUP(policy_clear) struct policy a = {0}, b = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy_promotion what = {.base_file = "base.json", .base = &a, .derived = &b};
	struct err err = {0};

	buf_printf(&line, "\"fs\": {%s", rows[_i].in);
	base = edited(less, "\"fs\": {", line.data);
	want = edited(base, rows[_i].from, rows[_i].to);
	what.text = str_c(base);
	parse(&a, base);
	parse(&b, derived);
	ck_rc(policy_promote(&got, &changes, &what, &diags, &err), 0, &err);
	ck_assert_str_eq(got.data, want);
}
END_TEST

START_TEST(promote_takes_only_what_is_pointed_at)
{
	static const struct {
		const char *only, *changes; /* NULL = refused */
	} rows[] = {
	    {"/fs", "+/fs/write_roots >\"t1\" +/fs/write_roots >\"t2\""},
	    {"/fs/write_roots", "+/fs/write_roots >\"t1\" +/fs/write_roots >\"t2\""},
	    {"/fs/write_roots/2", "+/fs/write_roots >\"t2\""},
	    {"/net/allow_hosts/0", "+/net/allow_hosts >\"a:1\" +/net/allow_hosts >\"a:2\""},
	    {"/net", "+/net/allow_hosts >\"a:1\" +/net/allow_hosts >\"a:2\""},
	    {"/fs/read_roots", NULL},
	    {"/fs/write_roots/0", NULL},
	    {"/fs/write_roots/3", NULL},
	    {"/nothing", NULL},
	    {"fs", NULL},
	    {"", NULL},
	    {"/net/allow_hosts/99999999", NULL},
	};
	AUTO_FREE char *base = template_text("http-client");
	AUTO_FREE char *half = edited(base, "\"out\"\n", "\"out\", \"t1\", \"t2\"\n");
	AUTO_FREE char *derived = edited(
	    half, "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[1,2]}]");
	CLEANUP(policy_clear) struct policy a = {0}, b = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4 << 20);
	AUTO_FREE char *text = NULL;
	struct policy_promotion what = {.base_file = "base.json",
	    .text = str_c(base),
	    .base = &a,
	    .derived = &b,
	    .only = &rows[_i].only,
	    .only_count = 1};
	struct err err = {0};

	parse(&a, base);
	parse(&b, derived);
	if (!rows[_i].changes) {
		ck_rc(policy_promote(&got, &changes, &what, &diags, &err), ERR_USAGE, &err);
		ck_assert_uint_eq(got.len, 0);
		return;
	}
	ck_rc(policy_promote(&got, &changes, &what, &diags, &err), 0, &err);
	text = changes_text(&changes);
	ck_assert_str_eq(text, rows[_i].changes);
}
END_TEST

START_TEST(promote_refuses_a_part_that_does_not_stand_alone)
{
	static const char *const only = "/process/allow_spawn";
	AUTO_FREE char *base = template_text("worker");
	AUTO_FREE char *derived = template_text("worker-parallel");
	CLEANUP(policy_clear) struct policy a = {0}, b = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4 << 20);
	struct policy_promotion what = {.base_file = "base.json",
	    .text = str_c(base),
	    .base = &a,
	    .derived = &b,
	    .only = &only,
	    .only_count = 1};
	struct err err = {0};

	parse(&a, base);
	parse(&b, derived);
	ck_rc(policy_promote(&got, &changes, &what, &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_gt(diags.errors, 0);
	ck_assert_uint_eq(got.len, 0);
}
END_TEST

START_TEST(every_template_can_become_every_other)
{
	AUTO_FREE char *base = template_text(policy_template_name((size_t)_i / 8));
	AUTO_FREE char *derived = template_text(policy_template_name((size_t)_i % 8));
	CLEANUP(policy_clear) struct policy a = {0}, b = {0}, c = {0};
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0}, left = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4 << 20);
	struct policy_promotion what = {
	    .base_file = "base.json", .text = str_c(base), .base = &a, .derived = &b};
	struct err err = {0};

	parse(&a, base);
	parse(&b, derived);
	ck_rc(policy_promote(&got, &changes, &what, &diags, &err), 0, &err);
	parse(&c, got.data);
	policy_diff(&left, &c, &b);
	ck_assert_uint_eq(left.count, 0);
	ck_assert((changes.count == 0) == (strcmp(got.data, base) == 0));
}
END_TEST

START_TEST(derived_policy_names_its_base)
{
	static const struct {
		const char *notes, *want;
	} rows[] = {
	    {"derived from /a/b.json with g01234567", "/a/b.json"},
	    {"x\\nderived from old with g1\\nderived from a with good with g2", "a with good"},
	    {"derived from x", NULL},
	    {"derived from  with g1", NULL},
	    {"derived from a with g1\\nmine", NULL},
	    {"", NULL},
	};
	AUTO_FREE char *template = template_text("cli");
	CLEANUP(buf_clear) struct buf notes = buf_init(4096);
	CLEANUP(policy_clear) struct policy p = {0};
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *got = NULL;

	buf_printf(&notes, "\"notes\": \"%s\", \"policy_id\"", rows[_i].notes);
	{
		char *from = strstr(template, "\"notes\""), *to = strstr(from, "\"policy_id\"");
		struct buf out = buf_init(1 << 20);

		buf_add(&out, template, (size_t)(from - template));
		buf_puts(&out, notes.data);
		buf_puts(&out, to + strlen("\"policy_id\""));
		text = buf_take(&out);
	}
	parse(&p, text);
	got = policy_base_of(&p);
	if (rows[_i].want)
		ck_assert_str_eq(got, rows[_i].want);
	else
		ck_assert_ptr_null(got);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/promote");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, promote_edits_only_what_changed, 0, (int)ARRAY_LEN(edits));
	tcase_add_loop_test(t, promote_keeps_the_hand_of_the_document, 0, 2);
	tcase_add_loop_test(t, promote_takes_only_what_is_pointed_at, 0, 12);
	tcase_add_test(t, promote_refuses_a_part_that_does_not_stand_alone);
	tcase_add_loop_test(t, every_template_can_become_every_other, 0, 64);
	tcase_add_loop_test(t, derived_policy_names_its_base, 0, 6);
	suite_add_tcase(s, t);
	return test_main(s);
}

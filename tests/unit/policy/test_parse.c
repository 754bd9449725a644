/* SPDX-License-Identifier: MIT */
/* The strict validator: what it reads, and each fault with pointer, position, message and help. */
#include "tests/unit/policy/policy_doc.h"

#include "base/hash.h"
#include "policy/fields_priv.h"
#include "policy/parse.h"
#include "policy/print.h"
#include "policy/text.h"

#include <stdlib.h>
#include <unistd.h>

#define CODE "X07-POLICY-SCHEMA-0001"

static const struct diag *find(const struct diag_list *diags, const char *ptr, const char *message)
{
	for (uint32_t i = 0; i < diags->count; i++) {
		const struct diag *d = &diags->items[i];

		if (strcmp(d->ptr, ptr) == 0 && strstr(d->message, message))
			return d;
	}
	return NULL;
}

static int parse(struct policy *p, const char *text, struct diag_list *diags, struct err *err)
{
	return policy_parse(p, text, strlen(text), "p.json", diags, err);
}

/* clang-format off */
static const struct {
	const char *from, *to;   /* edit of the cli template */
	const char *ptr, *message, *help;
} faults[] = {
	/* unknown fields, at every level */
	{ "\"env\": {", "\"envy\": 1, \"env\": {", "/envy", "unknown field \"envy\"", "policy_id" },
	{ "\"allow_udp\": false,", "\"allow_udp\": false, \"x\": 0,", "/net/x", "unknown field \"x\"", "allow_udp" },
	{ "\"env\": {", "\"d\\u0001\": 1, \"env\": {", "/d\001", "unknown field \"d\\u0001\"", "allowed here" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[1],\"proto\":\"tcp\"}]",
	  "/net/allow_hosts/0/proto", "unknown field", "allowed here: host, ports" },
	/* absent fields */
	{ "\"cpu_ms\": 60000,", "", "/limits", "missing field `cpu_ms`", "an integer" },
	{ "\"schema_version\": \"x07.run-os-policy@0.1.0\",", "", "", "missing field `schema_version`", "a string" },
	/* wrong types */
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": \"60000\"", "/limits/cpu_ms", "must be an integer, not string", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": null", "/limits/cpu_ms", "not null", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 1e3", "/limits/cpu_ms", "\"1e3\", which is not an integer", "from 1" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 1.0", "/limits/cpu_ms", "\"1.0\", which is not an integer", "from 1" },
	{ "\"core_dumps\": false", "\"core_dumps\": 0", "/limits/core_dumps", "must be true or false, not integer", NULL },
	{ "\"read_roots\": [\n      \".\"\n    ]", "\"read_roots\": \".\"", "/fs/read_roots", "must be an array of strings, not string", NULL },
	{ "\"read_roots\": [\n      \".\"\n    ]", "\"read_roots\": [\".\", 7]", "/fs/read_roots/1", "must be a string, not integer", NULL },
	{ "\"allow_hosts\": []", "\"allow_hosts\": {}", "/net/allow_hosts", "must be an array of objects", NULL },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [\"a:80\"]", "/net/allow_hosts/0", "must be an object, not string", NULL },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":80}]", "/net/allow_hosts/0/ports", "must be an array of port numbers", NULL },
	{ "\"schema_version\": \"x07.run-os-policy@0.1.0\"", "\"schema_version\": 1", "/schema_version", "must be a string", NULL },
	/* out of range */
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 0", "/limits/cpu_ms", "`cpu_ms` is 0, out of range", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 600001", "/limits/cpu_ms", "600001, out of range", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": -1", "/limits/cpu_ms", "-1, out of range", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 99999999999999999999", "/limits/cpu_ms", "out of range", "from 1 to 600000" },
	{ "\"cpu_ms\": 60000", "\"cpu_ms\": 4294967297", "/limits/cpu_ms", "out of range", "from 1 to 600000" },
	{ "\"mem_bytes\": 536870912", "\"mem_bytes\": 1048575", "/limits/mem_bytes", "out of range", "from 1048576 to 17179869184" },
	{ "\"max_depth\": 64", "\"max_depth\": 4294967296", "/fs/max_depth", "out of range", "from 0 to 4294967295" },
	{ "\"max_blocking\": 4", "\"max_blocking\": 4097", "/threads/max_blocking", "out of range", "from 0 to 4096" },
	/* the same field twice */
	{ "\"allow_udp\": false,", "\"allow_udp\": false, \"allow_tcp\": true,", "/net/allow_tcp", "there twice", "keep one" },
	/* strings */
	{ "\"read_roots\": [\n      \".\"", "\"read_roots\": [\"a;b\"", "/fs/read_roots/0", "contains `;`: \"a;b\"", "its own string" },
	{ "\"read_roots\": [\n      \".\"", "\"read_roots\": [\"\"", "/fs/read_roots/0", "has 0 characters", "1 to 4096" },
	{ "\"read_roots\": [\n      \".\"", "\"read_roots\": [\"a\\u0000b\"", "/fs/read_roots/0", "NUL", "u0000" },
	{ "\"allow_keys\": []", "\"allow_keys\": [\"A;B\"]", "/env/allow_keys/0", "contains `;`", "its own string" },
	{ "\"policy_id\": \"sandbox.cli.base\"", "\"policy_id\": \"a b\"", "/policy_id", "character that an id may not have", "1 to 64" },
	{ "\"policy_id\": \"sandbox.cli.base\"", "\"policy_id\": \"\"", "/policy_id", "has 0 characters", "1 to 64" },
	{ "\"policy_id\": \"sandbox.cli.base\"", "\"policy_id\": \"a/../b\"", "/policy_id", "character", "1 to 64" },
	{ "\"policy_id\": \"sandbox.cli.base\"",
	  "\"policy_id\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
	  "/policy_id", "has 65 characters", "1 to 64" },
	{ "run-os-policy@0.1.0", "run-os-policy@0.2.0", "/schema_version", "is \"x07.run-os-policy@0.2.0\"", "the only version" },
	{ "run-os-policy@0.1.0", "run-os-policy@0.1.0 ", "/schema_version", "0.1.0 \"", "the only version" },
	/* hosts and ports */
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"ports\":[1]}]", "/net/allow_hosts/0", "missing field `host`", "a string" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "0 characters", "1 to 255" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a b\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "white space", "ports go into" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\\u00a0b\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "white space", "ports go into" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\\u001bb\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "control character: \"a\\u001bb\"", "ports" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a;b\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "contains `;`", "string" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"*.a\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "wildcard", "list each host" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"0x7f.1\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "ends in a number", "four numbers" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"1.2.3.4/33\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "no network", "32 bits" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"\\u0430.com\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "outside ASCII", "xn--" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"fe80::1%1\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "no zones", "itself" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a:80\",\"ports\":[1]}]", "/net/allow_hosts/0/host", "no `:`", "address/bits" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[]}]", "/net/allow_hosts/0/ports", "`ports` is empty", "1 to 64 items" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[0]}]", "/net/allow_hosts/0/ports/0", "is 0, out of range", "from 1 to 65535" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[65536]}]", "/net/allow_hosts/0/ports/0", "is 65536, out of range", "from 1 to 65535" },
	{ "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a\",\"ports\":[\"80\"]}]", "/net/allow_hosts/0/ports/0", "not string", "from 1 to 65535" },
	/* regex-lite */
	{ "\"allow_args_regex_lite\": []", "\"allow_args_regex_lite\": [\"*a\"]", "/process/allow_args_regex_lite/0", "nothing to repeat", "repeats the token" },
	{ "\"allow_args_regex_lite\": []", "\"allow_args_regex_lite\": [\"a**\"]", "/process/allow_args_regex_lite/0", "nothing to repeat", "repeats the token" },
	{ "\"allow_args_regex_lite\": []", "\"allow_args_regex_lite\": [\"a\\\\\"]", "/process/allow_args_regex_lite/0", "single backslash", "is x" },
	{ "\"allow_args_regex_lite\": []", "\"allow_args_regex_lite\": [\"a;\"]", "/process/allow_args_regex_lite/0", "contains `;`", "string" },
	/* several fields together */
	{ "\"allow_spawn\": false", "\"allow_spawn\": true", "/process/allow_spawn", "no program may be started", "allow_execs" },
	{ "\"allow_spawn\": false", "\"allow_spawn\": true", "/process/allow_spawn", "`max_live` is 0", "1 or more" },
	{ "\"allow_spawn\": false", "\"allow_spawn\": true", "/process/allow_spawn", "`max_spawns` is 0", "1 or more" },
	{ "\"allow_spawn\": false", "\"allow_spawn\": true", "/process/allow_spawn", "`max_runtime_ms` is 0", "1 or more" },
	{ "\"allow_cwd\": false", "\"allow_cwd\": true", "/process/allow_cwd", "`allow_cwd_roots` is empty", "name directories" },
	{ "\"env\": {", "\"db\":{\"enabled\":true,\"drivers\":{\"sqlite\":false,\"postgres\":false,\"mysql\":false}},\"env\": {",
	  "/db/enabled", "no driver is", "db.drivers" },
	{ "\"env\": {", "\"db\":{\"enabled\":false},\"env\": {", "/db", "missing field `drivers`", "an object" },
	{ "\"allow_ffi\": false,", "", "/language", "missing field `allow_ffi`", "true or false" },
};
/* clang-format on */

START_TEST(parse_names_each_fault_with_pointer_message_and_help)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *base = template_text("cli");
	AUTO_FREE char *text = NULL;
	struct policy p = {.policy_id = "untouched"};
	struct err err = {0};
	const struct diag *d;

	text = edited(base, faults[_i].from, faults[_i].to);
	ck_rc(parse(&p, text, &diags, &err), ERR_SCHEMA, &err);
	ck_assert_str_eq(p.policy_id, "untouched");
	ck_assert_str_eq(err_shown(&err), CODE);
	d = find(&diags, faults[_i].ptr, faults[_i].message);
	ck_assert_msg(d != NULL, "no fault %s at %s; first: %s at %s", faults[_i].message,
	    faults[_i].ptr, diags.items[0].message, diags.items[0].ptr);
	ck_assert_str_eq(d->what->id, CODE);
	ck_assert_str_eq(d->file, "p.json");
	ck_assert_uint_eq(d->severity, DIAG_ERROR);
	ck_assert_uint_gt(d->line, 0);
	ck_assert_uint_gt(d->column, 0);
	if (faults[_i].help)
		ck_assert_msg(d->help && strstr(d->help, faults[_i].help), "help: %s", d->help);
}
END_TEST

START_TEST(parse_reports_all_faults_with_their_places)
{
	static const char text[] = "{\n"
				   "  \"limits\": {\"cpu_ms\": 0,\n"
				   "    \"bogus\": true},\n"
				   "  \"notes\": 5\n"
				   "}\n";
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy p = {0};
	struct err err = {0};
	const struct diag *d;

	ck_rc(parse(&p, text, &diags, &err), ERR_SCHEMA, &err);
	d = find(&diags, "/limits/cpu_ms", "out of range");
	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(d->line, 2);
	ck_assert_uint_eq(d->column, 24);
	d = find(&diags, "/limits/bogus", "unknown field");
	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(d->line, 3);
	ck_assert_uint_eq(d->column, 5);
	ck_assert_ptr_nonnull(find(&diags, "/notes", "must be a string"));
	ck_assert_ptr_nonnull(find(&diags, "/limits", "missing field `wall_ms`"));
	/* 1 range, 1 unknown, 1 type, 4 members of limits, 7 members of the document */
	ck_assert_uint_eq(diags.count, 14);
	ck_assert_uint_eq(diags.errors, 14);
	ck_assert_ptr_nonnull(strstr(err.message, "14 faults"));
}
END_TEST

/* clang-format off */
static const struct {
	const char *text;
	uint32_t line, column;
	const char *message;
} not_json[] = {
	{ "", 1, 1, "not a JSON document" },
	{ " \n ", 2, 2, "not a JSON document" },
	{ "{", 1, 2, "not a JSON document" },
	{ "{\n\"a\":}", 2, 5, "not a JSON document" },
	{ "{\"a\":\"\xff\"}", 1, 7, "not a JSON document" },
	{ "{}\n{}", 2, 1, "not a JSON document" },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1, 0, "not a JSON document" },
	{ "\xef\xbb\xbf{}", 1, 1, "not a JSON document" },
};
/* clang-format on */

START_TEST(parse_says_where_a_text_stops_being_json)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy p = {0};
	struct err err = {0};
	char place[40];

	ck_rc(parse(&p, not_json[_i].text, &diags, &err), ERR_FORMAT, &err);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_str_eq(diags.items[0].what->id, CODE);
	ck_assert_ptr_nonnull(strstr(diags.items[0].message, not_json[_i].message));
	ck_assert_uint_eq(diags.items[0].line, not_json[_i].line);
	if (not_json[_i].column)
		ck_assert_uint_eq(diags.items[0].column, not_json[_i].column);
	(void)snprintf(
	    place, sizeof(place), "p.json:%u:%u: ", diags.items[0].line, diags.items[0].column);
	ck_assert_msg(strstr(err.message, place) != NULL, "%s", err.message);
}
END_TEST

START_TEST(parse_refuses_a_document_that_is_no_object)
{
	static const char *const texts[] = {"[]", "null", "7", "\"x\"", "true"};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy p = {0};
	struct err err = {0};

	ck_rc(parse(&p, texts[_i], &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_str_eq(diags.items[0].ptr, "");
	ck_assert_ptr_nonnull(strstr(diags.items[0].message, "must be an object"));
}
END_TEST

START_TEST(parse_refuses_a_text_over_the_maximum)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *text = base_alloc(POLICY_MAX_BYTES + 1);
	struct policy p = {0};
	struct err err = {0};

	memset(text, ' ', POLICY_MAX_BYTES + 1);
	ck_rc(policy_parse(&p, text, POLICY_MAX_BYTES + 1, "p", &diags, &err), ERR_LIMIT, &err);
	ck_assert_uint_eq(diags.count, 1);
}
END_TEST

START_TEST(parse_refuses_too_many_values_at_once)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	struct policy p = {0};
	struct err err = {0};

	buf_putc(&text, '[');
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "0,");
	buf_puts(&text, "0]");
	ck_rc(policy_parse(&p, text.data, text.len, "p", &diags, &err), ERR_LIMIT, &err);
	ck_assert_uint_eq(diags.count, 1);
}
END_TEST

START_TEST(parse_counts_faults_beyond_the_list)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	struct policy p = {0};
	struct err err = {0};

	buf_putc(&text, '{');
	for (int i = 0; i < 300; i++)
		buf_printf(&text, "\"k%d\":0,", i);
	buf_puts(&text, "\"z\":0}");
	ck_rc(policy_parse(&p, text.data, text.len, "p", &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_eq(diags.count, DIAG_LIST_MAX);
	ck_assert_uint_eq(diags.errors, 309); /* 301 unknown and 8 missing */
	ck_assert_uint_eq(diags.errors, diags.count + diags.dropped);
}
END_TEST

START_TEST(parse_bounds_what_it_repeats_of_the_document)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	struct policy p = {0};
	struct err err = {0};

	buf_puts(&text, "{\"");
	for (int i = 0; i < 50000; i++)
		buf_puts(&text, "\xc3\xa9");
	buf_puts(&text, "\":0}");
	ck_rc(policy_parse(&p, text.data, text.len, "p", &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_lt(strlen(diags.items[0].message), 200);
	ck_assert_str_eq(diags.items[0].ptr, ""); /* of the nearest ancestor that fits */
	ck_assert_ptr_nonnull(strstr(diags.items[0].message, "\xc3\xa9...\""));
}
END_TEST

START_TEST(parse_refuses_lists_over_their_maximum)
{
	static const struct {
		const char *from, *open, *item;
		int max;
		const char *ptr;
	} rows[] = {
	    {"\"allow_keys\": []", "\"allow_keys\": [", "\"K\"", 256, "/env/allow_keys"},
	    {"\"allow_hosts\": []", "\"allow_hosts\": [", "{\"host\":\"a\",\"ports\":[1]}", 256,
		"/net/allow_hosts"},
	    {"\"allow_cwd_roots\": []", "\"allow_cwd_roots\": [", "\"d\"", 128,
		"/process/allow_cwd_roots"},
	};
	AUTO_FREE char *base = template_text("cli");

	for (int extra = 0; extra <= 1; extra++) {
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(policy_clear) struct policy p = {0};
		CLEANUP(buf_clear) struct buf list = buf_init(1 << 20);
		AUTO_FREE char *text = NULL;
		struct err err = {0};
		int rc;

		buf_puts(&list, rows[_i].open);
		for (int i = 0; i < rows[_i].max + extra; i++) {
			buf_puts(&list, i ? "," : "");
			buf_puts(&list, rows[_i].item);
		}
		buf_putc(&list, ']');
		text = edited(base, rows[_i].from, list.data);
		rc = parse(&p, text, &diags, &err);
		ck_rc(rc, extra ? ERR_SCHEMA : 0, &err);
		if (extra)
			ck_assert_ptr_nonnull(find(&diags, rows[_i].ptr, "items"));
	}
}
END_TEST

START_TEST(parse_counts_characters_and_not_bytes)
{
	AUTO_FREE char *base = template_text("cli");

	for (int extra = 0; extra <= 1; extra++) {
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(policy_clear) struct policy p = {0};
		CLEANUP(buf_clear) struct buf key = buf_init(1 << 20);
		AUTO_FREE char *text = NULL;
		struct err err = {0};

		buf_puts(&key, "\"allow_keys\": [\"");
		for (int i = 0; i < 256 + extra; i++)
			buf_puts(&key, "\xc3\xa9");
		buf_puts(&key, "\"]");
		text = edited(base, "\"allow_keys\": []", key.data);
		ck_rc(parse(&p, text, &diags, &err), extra ? ERR_SCHEMA : 0, &err);
	}
}
END_TEST

static const char minimal[] =
    "{\"schema_version\":\"x07.run-os-policy@0.1.0\",\"policy_id\":\"m\","
    "\"limits\":{\"cpu_ms\":1,\"wall_ms\":600000,\"mem_bytes\":17179869184,\"fds\":0,"
    "\"procs\":1024},"
    "\"fs\":{\"enabled\":false,\"read_roots\":[],\"write_roots\":[],\"deny_hidden\":false},"
    "\"net\":{\"enabled\":true,\"allow_dns\":true,\"allow_tcp\":true,\"allow_udp\":false,"
    "\"allow_hosts\":[{\"host\":\"a.example\",\"ports\":[80,443]},{\"host\":\"::1\",\"ports\":"
    "[65535]}]},"
    "\"env\":{\"enabled\":true,\"allow_keys\":[\"HOME\",\"TZ\"],\"deny_keys\":[]},"
    "\"time\":{\"enabled\":true,\"allow_wall_clock\":false,\"allow_monotonic\":false,"
    "\"allow_sleep\":false,\"max_sleep_ms\":86400000,\"allow_local_tzid\":false},"
    "\"process\":{\"enabled\":false,\"allow_spawn\":false,\"max_live\":0,\"max_spawns\":0,"
    "\"allow_exec\":false,\"allow_exit\":true}}";

START_TEST(parse_fills_every_kind_of_field)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	struct err err = {0};
	char digest[65];

	ck_rc(parse(&p, minimal, &diags, &err), 0, &err);
	ck_assert_uint_eq(diags.count, 0);
	ck_assert_str_eq(p.policy_id, "m");
	ck_assert_uint_eq(p.limits.cpu_ms, 1);
	ck_assert_uint_eq(p.limits.mem_bytes, 17179869184u);
	ck_assert_uint_eq(p.net.host_count, 2);
	ck_assert_str_eq(p.net.hosts[0].host, "a.example");
	ck_assert_uint_eq(p.net.hosts[0].port_count, 2);
	ck_assert_uint_eq(p.net.hosts[0].ports[1], 443);
	ck_assert_str_eq(p.net.hosts[1].host, "::1");
	ck_assert_uint_eq(p.net.hosts[1].ports[0], 65535);
	ck_assert_uint_eq(p.env.allow_keys.count, 2);
	ck_assert_str_eq(p.env.allow_keys.items[1], "TZ");
	ck_assert(p.process.allow_exit && !p.process.enabled);
	sha256_text(digest, minimal, strlen(minimal));
	ck_assert_str_eq(p.digest, digest);
}
END_TEST

START_TEST(parse_applies_the_defaults_of_absent_fields)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	struct err err = {0};

	ck_rc(parse(&p, minimal, &diags, &err), 0, &err);
	ck_assert_str_eq(p.notes, "");
	ck_assert(!p.limits.core_dumps);
	ck_assert(!p.db.present && !p.db.enabled && !p.db.net_present);
	ck_assert(p.db.net_require_tls && p.db.net_require_verify);
	ck_assert_uint_eq(p.db.max_rows, 10000);
	ck_assert(p.threads.enabled);
	ck_assert_uint_eq(p.threads.max_blocking, 4);
	ck_assert_uint_eq(p.threads.max_queue, 1024);
	ck_assert(!p.language.allow_ffi && !p.language.allow_unsafe);
	ck_assert_uint_eq(p.process.max_args, 64);
	ck_assert(p.process.kill_on_drop && p.process.kill_tree);
}
END_TEST

START_TEST(print_of_a_parsed_policy_names_only_what_the_document_named)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0}, again = {0};
	CLEANUP(buf_clear) struct buf first = buf_init(1 << 20), second = buf_init(1 << 20);
	struct err err = {0};

	ck_rc(parse(&p, minimal, &diags, &err), 0, &err);
	policy_print(&first, &p);
	ck_assert_ptr_null(strstr(first.data, "threads"));
	ck_assert_ptr_null(strstr(first.data, "core_dumps"));
	ck_assert_ptr_nonnull(
	    strstr(first.data, "{\n        \"host\": \"::1\",\n        \"ports\": "
			       "[\n          65535\n        ]\n      }"));
	ck_rc(parse(&again, first.data, &diags, &err), 0, &err);
	policy_print(&second, &again);
	ck_assert_str_eq(first.data, second.data);
}
END_TEST

START_TEST(load_reads_a_file)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	AUTO_FREE char *path = test_text_file("p.json", minimal);
	struct err err = {0};

	ck_rc(policy_load(&p, path, &diags, &err), 0, &err);
	ck_assert_str_eq(p.policy_id, "m");
}
END_TEST

START_TEST(load_tells_missing_directory_and_too_large_apart)
{
	AUTO_FREE char *none = test_path("none.json");
	AUTO_FREE char *dir = test_path(".");
	AUTO_FREE char *spaces = base_alloc(POLICY_MAX_BYTES + 1);
	AUTO_FREE char *large = NULL;
	const char *paths[3];
	static const int codes[] = {ERR_NOT_FOUND, ERR_IO, ERR_LIMIT};

	memset(spaces, ' ', POLICY_MAX_BYTES + 1);
	large = test_file("large.json", spaces, POLICY_MAX_BYTES + 1);
	paths[0] = none;
	paths[1] = dir;
	paths[2] = large;
	for (int i = 0; i < 3; i++) {
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		struct policy p = {.policy_id = "untouched"};
		struct err err = {0};

		ck_rc(policy_load(&p, paths[i], &diags, &err), codes[i], &err);
		ck_assert_str_eq(p.policy_id, "untouched");
		ck_assert_uint_eq(diags.count, 1);
		ck_assert_str_eq(diags.items[0].file, paths[i]);
		ck_assert_ptr_nonnull(strstr(err.message, "policy"));
	}
}
END_TEST

START_TEST(rules_speak_although_other_fields_are_wrong)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *base = template_text("worker-parallel");
	AUTO_FREE char *one = edited(base, "\"max_live\": 16", "\"max_live\": 0");
	AUTO_FREE char *two = edited(one, "\"max_args\": 64", "\"max_args\": \"x\"");
	struct policy p = {0};
	struct err err = {0};

	ck_rc(parse(&p, two, &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_eq(diags.count, 2);
	ck_assert_ptr_nonnull(find(&diags, "/process/allow_spawn", "max_live"));
	ck_assert_ptr_nonnull(find(&diags, "/process/max_args", "integer"));
}
END_TEST

START_TEST(id_is_valid_for_1_to_64_plain_characters)
{
	char id[66];

	memset(id, 'a', sizeof(id));
	id[64] = '\0';
	ck_assert(policy_id_is_valid(id));
	id[64] = 'a';
	id[65] = '\0';
	ck_assert(!policy_id_is_valid(id));
	ck_assert(policy_id_is_valid("A_b.c-9"));
	ck_assert(!policy_id_is_valid(""));
	ck_assert(!policy_id_is_valid(NULL));
	ck_assert(!policy_id_is_valid("a/b"));
	ck_assert(!policy_id_is_valid("\xc3\xa9"));
}
END_TEST

/* Siblings sorted by bytes: the table is the order of the printed keys. */
START_TEST(fields_are_sorted_and_found_by_path)
{
	for (size_t i = 0; i < policy_field_count; i++) {
		size_t child = policy_field_first(i), next = policy_field_next(i);

		ck_assert(i == 0 || policy_field_find(policy_fields[i].path) == i);
		if (next)
			ck_assert_int_lt(strcmp(policy_field_name(i), policy_field_name(next)), 0);
		for (; child; child = policy_field_next(child))
			ck_assert_uint_eq(strncmp(policy_fields[child].path, policy_fields[i].path,
					      strlen(policy_fields[i].path)),
			    0);
	}
	ck_assert_uint_eq(policy_field_find("no/such"), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/parse");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(
	    t, parse_names_each_fault_with_pointer_message_and_help, 0, (int)ARRAY_LEN(faults));
	tcase_add_test(t, parse_reports_all_faults_with_their_places);
	tcase_add_loop_test(
	    t, parse_says_where_a_text_stops_being_json, 0, (int)ARRAY_LEN(not_json));
	tcase_add_loop_test(t, parse_refuses_a_document_that_is_no_object, 0, 5);
	tcase_add_test(t, parse_refuses_a_text_over_the_maximum);
	tcase_add_test(t, parse_refuses_too_many_values_at_once);
	tcase_add_test(t, parse_counts_faults_beyond_the_list);
	tcase_add_test(t, parse_bounds_what_it_repeats_of_the_document);
	tcase_add_loop_test(t, parse_refuses_lists_over_their_maximum, 0, 3);
	tcase_add_test(t, parse_counts_characters_and_not_bytes);
	tcase_add_test(t, parse_fills_every_kind_of_field);
	tcase_add_test(t, parse_applies_the_defaults_of_absent_fields);
	tcase_add_test(t, print_of_a_parsed_policy_names_only_what_the_document_named);
	tcase_add_test(t, load_reads_a_file);
	tcase_add_test(t, load_tells_missing_directory_and_too_large_apart);
	tcase_add_test(t, rules_speak_although_other_fields_are_wrong);
	tcase_add_test(t, id_is_valid_for_1_to_64_plain_characters);
	tcase_add_test(t, fields_are_sorted_and_found_by_path);
	suite_add_tcase(s, t);
	return test_main(s);
}

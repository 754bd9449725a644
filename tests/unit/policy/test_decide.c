/* SPDX-License-Identifier: MIT */
/* Decisions with the line that makes them, and the smallest change that turns them. */
#include "tests/unit/policy/policy_doc.h"

#include "policy/grant.h"
#include "policy/locate.h"
#include "policy/parse.h"

#include <errno.h>
#include <stdio.h>

/* clang-format off */
/* In the order that rows are read in. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
static const struct {
	const char *template, *from, *to;
	enum policy_op op;
	bool v1;
	const char *subject;
	uint16_t port;
	const char *want; /* "allow RULE" or "deny RULE" */
	const char *grant; /* "op path value" joined by "; ", then " | FLAG"; "-" = impossible */
} rows[] = {
	{ "cli", "", "", POLICY_FS_READ, false, "src/a", 0, "allow /fs/read_roots/0", "" },
	{ "cli", "", "", POLICY_FS_WRITE, false, "out/a", 0, "allow /fs/write_roots/0", "" },
	{ "cli", "", "", POLICY_FS_WRITE, false, "tmp/x/a", 0, "deny /fs/write_roots",
	  "add /fs/write_roots/- \"tmp/x\" | --allow-write-root tmp/x" },
	{ "cli", "", "", POLICY_FS_WRITE, false, "out", 0, "deny /fs/write_roots",
	  "add /fs/write_roots/- \".\" | --allow-write-root ." },
	{ "cli", "\".\"", "\".\", \"out/ro\"", POLICY_FS_WRITE, false, "out/ro/x/a", 0, "deny /fs/read_roots/1",
	  "add /fs/write_roots/- \"out/ro/x\" | --allow-write-root out/ro/x" },
	{ "cli", "\".\"", "\".\", \"out/ro\"", POLICY_FS_WRITE, false, "out/rob", 0, "allow /fs/write_roots/0", "" },
	{ "cli", "\".\"", "\".\", \"/srv/here/out\"", POLICY_FS_WRITE, false, "out/a", 0, "allow /fs/write_roots/0", "" },
	{ "cli", "\".\"", "\".\", \"/srv/here/out/ro\"", POLICY_FS_WRITE, true, "/srv/here/out/ro/a", 0, "deny /fs/read_roots/1",
	  "add /fs/write_roots/- \"out/ro\" | --allow-write-root out/ro" },
	{ "cli", "\".\"", "\".\", \"out/ro\"", POLICY_FS_WRITE, true, "out/ro/a", 0, "deny /fs/read_roots/1",
	  "add /fs/write_roots/- \"out/ro\" | --allow-write-root out/ro" },
	{ "cli", "\".\"", "\".\", \"out/ro\"", POLICY_FS_READ, false, "out/ro/a", 0, "allow /fs/read_roots/0", "" },
	{ "http-client", "\"allow_dns\": true", "\"allow_dns\": false", POLICY_NET, false, "a.example", 443, "deny /net/allow_dns",
	  "replace /net/allow_dns true; add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[443]}" },
	{ "cli", "", "", POLICY_FS_READ, false, "/etc/passwd", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, false, "../x", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, false, "a/./b", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, false, "", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, false, ".x07_state", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, false, "a/.git/b", 0, "deny /fs/deny_hidden",
	  "replace /fs/deny_hidden false" },
	{ "cli", "\"max_blocking\": 4", "\"max_blocking\": 0", POLICY_FS_READ, false, "a", 0,
	  "deny /threads/max_blocking", "replace /threads/max_blocking 1" },
	{ "worker", "", "", POLICY_FS_READ, false, "data/a", 0, "deny /fs/enabled",
	  "replace /fs/enabled true; add /fs/read_roots/- \"data\"" },
	{ "cli", "", "", POLICY_FS_READ, true, "/etc/passwd", 0, "deny /fs/read_roots",
	  "add /fs/read_roots/- \"/etc\" | --allow-read-root /etc" },
	{ "cli", "", "", POLICY_FS_READ, true, "./src/a", 0, "allow /fs/read_roots/0", "" },
	{ "cli", "", "", POLICY_FS_READ, true, "/srv/here/src/a", 0, "allow /fs/read_roots/0", "" },
	{ "cli", "", "", POLICY_FS_READ, true, "/srv/hereafter", 0, "deny /fs/read_roots",
	  "add /fs/read_roots/- \"/srv\" | --allow-read-root /srv" },
	{ "cli", "", "", POLICY_FS_READ, true, "/srv/here/../x", 0, "deny ", "-" },
	{ "cli", "", "", POLICY_FS_READ, true, "/work;here/x", 0, "deny /fs/read_roots", "-" },
	{ "cli", "", "", POLICY_FS_READ, true, "src/\xff", 0, "deny ", "-" },
	{ "fs-tool", "", "", POLICY_FS_WRITE, true, "out/a", 0, "allow /fs/write_roots/1", "" },
	{ "cli", "", "", POLICY_NET, false, "a.example", 443, "deny /net/enabled",
	  "replace /net/enabled true; replace /net/allow_tcp true; replace /net/allow_dns true; "
	  "add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[443]}" },
	{ "http-client", "", "", POLICY_NET, false, "a.example", 443, "deny /net/allow_hosts",
	  "add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[443]} | --allow-host a.example:443" },
	{ "http-client", "", "", POLICY_NET, false, "::1", 9, "deny /net/allow_hosts",
	  "add /net/allow_hosts/- {\"host\":\"::1\",\"ports\":[9]} | --allow-host '[::1]:9'" },
	{ "http-client", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\":\"b\",\"ports\":[1]},{\"host\":\"A\",\"ports\":[80]}]",
	  POLICY_NET, false, "a", 80, "allow /net/allow_hosts/1", "" },
	{ "http-client", "\"allow_hosts\": []",
	  "\"allow_hosts\": [{\"host\":\"b\",\"ports\":[1]},{\"host\":\"A\",\"ports\":[80]}]",
	  POLICY_NET, false, "a", 81, "deny /net/allow_hosts/1/ports",
	  "add /net/allow_hosts/1/ports/- 81 | --allow-host a:81" },
	{ "http-client", "", "", POLICY_NET, false, "a", 0, "deny ", "-" },
	{ "web-service", "", "", POLICY_ENV, false, "PORT", 0, "allow /env/allow_keys/0", "" },
	{ "web-service", "", "", POLICY_ENV, false, "port", 0, "deny /env/allow_keys",
	  "add /env/allow_keys/- \"port\"" },
	{ "web-service", "\"deny_keys\": []", "\"deny_keys\": [\"X\", \"PORT\"]", POLICY_ENV, false,
	  "PORT", 0, "deny /env/deny_keys/1", "remove /env/deny_keys/1" },
	{ "cli", "", "", POLICY_ENV, false, "HOME", 0, "deny /env/enabled",
	  "replace /env/enabled true; add /env/allow_keys/- \"HOME\"" },
	{ "web-service", "", "", POLICY_ENV, false, "A;B", 0, "deny /env/allow_keys", "-" },
};
/* clang-format on */

static void load(struct policy *p, char **text, int row)
{
	AUTO_FREE char *base = template_text(rows[row].template);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	*text = edited(base, rows[row].from, rows[row].to);
	ck_rc(policy_parse(p, *text, strlen(*text), "t", &diags, &err), 0, &err);
}

static struct policy_question question(int row)
{
	return (struct policy_question){.op = rows[row].op,
	    .v1 = rows[row].v1,
	    .subject = rows[row].subject,
	    .port = rows[row].port,
	    .cwd = "/srv/here"};
}

START_TEST(decision_names_the_line_that_makes_it)
{
	CLEANUP(policy_clear) struct policy p = {0};
	AUTO_FREE char *text = NULL;
	CLEANUP(policy_decision_clear) struct policy_decision d = {0};
	struct policy_question q = question(_i);
	char got[128];

	load(&p, &text, _i);
	policy_decide(&d, &p, &q);
	(void)snprintf(got, sizeof(got), "%s %s", d.allowed ? "allow" : "deny", d.rule);
	ck_assert_str_eq(got, rows[_i].want);
	ck_assert_uint_gt(strlen(d.reason), 8);
	if (d.rule[0])
		ck_assert(policy_locate(text, strlen(text), d.rule).exact);
}
END_TEST

START_TEST(grant_is_the_smallest_change)
{
	CLEANUP(policy_clear) struct policy p = {0};
	AUTO_FREE char *text = NULL;
	CLEANUP(policy_grant_clear) struct policy_grant g = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4096);
	struct policy_question q = question(_i);
	bool possible;

	load(&p, &text, _i);
	possible = policy_grant_find(&g, &(struct policy_basis){.policy = &p}, &q);
	ck_assert(possible == (g.withheld == NULL));
	buf_puts(&got, possible ? "" : "-");
	for (uint32_t i = 0; i < g.count; i++) {
		const struct policy_step *s = &g.steps[i];

		buf_printf(&got, "%s%s %s%s%s", i ? "; " : "", s->op, s->path, s->value ? " " : "",
		    s->value ? s->value : "");
	}
	if (g.flag)
		buf_printf(&got, " | %s", g.flag);
	ck_assert_str_eq(buf_str(&got), rows[_i].grant);
}
END_TEST

/* ---- the disk ---- */

static int fake_open(void *arg, const char *root, const char *rest, bool write, bool symlinks)
{
	const char *const *there = arg;
	char path[256];

	(void)write;
	(void)symlinks;
	(void)snprintf(path, sizeof(path), "%s/%s", root, rest);
	if (strstr(path, "link"))
		return ELOOP;
	if (strstr(path, "leak"))
		return EXDEV;
	for (; *there; there++) {
		if (strcmp(*there, path) == 0)
			return 0;
	}
	return ENOENT;
}

START_TEST(the_disk_decides_between_roots)
{
	static const char *const there[] = {"src/x", "out/only", NULL};
	static const struct {
		const char *path;
		bool allowed;
		const char *resolved, *rule;
	} cases[] = {
	    {"src/x", true, "src/x", "/fs/write_roots/0"},
	    {"only", true, "out/only", "/fs/write_roots/1"}, /* the root is put in front */
	    {"nowhere", false, "src/nowhere", "/fs/write_roots"},
	    {"out/new", true, "out/new", "/fs/write_roots/1"},
	    {"out/link", false, "src/out/link", "/fs/allow_symlinks"},
	    {"out/leak", false, "src/out/leak", ""},
	};
	AUTO_FREE char *text = template_text("fs-tool");
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(policy_decision_clear) struct policy_decision d = {0};
	const struct policy_disk disk = {.open = fake_open, .arg = (void *)(uintptr_t)there};
	struct policy_question q = {
	    .op = POLICY_FS_WRITE, .subject = cases[_i].path, .cwd = "/w", .disk = &disk};
	struct err err = {0};

	ck_rc(policy_parse(&p, text, strlen(text), "t", &diags, &err), 0, &err);
	policy_decide(&d, &p, &q);
	ck_assert(d.allowed == cases[_i].allowed);
	ck_assert_str_eq(d.rule, cases[_i].rule);
	if (_i != 4 && _i != 5)
		ck_assert_str_eq(d.resolved, cases[_i].resolved);
}
END_TEST

START_TEST(programs_are_decided_though_nothing_may_start_yet)
{
	static const struct {
		const char *exe, *rule;
	} cases[] = {
	    {"deps/x07/tool", "/process/allow_spawn"}, /* named, and refused all the same */
	    {"deps/x07/../../bin/sh", "/process/allow_execs"},
	    {"deps/x07//sh", "/process/allow_execs"},
	    {"/bin/sh", "/process/allow_execs"},
	    {"", "/process/max_exe_bytes"},
	};
	AUTO_FREE char *text = template_text("worker-parallel");
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(policy_decision_clear) struct policy_decision d = {0};
	CLEANUP(policy_grant_clear) struct policy_grant g = {0};
	struct policy_question q = {.op = POLICY_EXEC, .subject = cases[_i].exe};
	struct err err = {0};

	ck_rc(policy_parse(&p, text, strlen(text), "t", &diags, &err), 0, &err);
	policy_decide(&d, &p, &q);
	ck_assert(!d.allowed);
	ck_assert_str_eq(d.rule, cases[_i].rule);
	ck_assert_ptr_nonnull(d.note);
	ck_assert(!policy_grant_find(&g, &(struct policy_basis){.policy = &p}, &q));
}
END_TEST

START_TEST(a_pointer_leads_to_its_place_or_the_nearest)
{
	static const char text[] = "{\n  \"a\": [1,\n   {\"b/c\": 2, \"d~\": 3}]\n}\n";
	static const struct {
		const char *pointer;
		uint32_t line, column;
		bool exact;
	} cases[] = {
	    {"", 1, 1, true},
	    {"/a", 2, 8, true},
	    {"/a/0", 2, 9, true},
	    {"/a/1/b~1c", 3, 12, true},
	    {"/a/1/d~0", 3, 21, true},
	    {"/a/2", 2, 8, false},
	    {"/a/x", 2, 8, false},
	    {"/z/y", 1, 1, false},
	};
	struct policy_spot s = policy_locate(text, strlen(text), cases[_i].pointer);

	ck_assert_uint_eq(s.line, cases[_i].line);
	ck_assert_uint_eq(s.column, cases[_i].column);
	ck_assert(s.exact == cases[_i].exact);
	ck_assert_uint_eq(policy_locate("{", 1, "/a").line, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/decide");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, decision_names_the_line_that_makes_it, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, grant_is_the_smallest_change, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, the_disk_decides_between_roots, 0, 6);
	tcase_add_loop_test(t, programs_are_decided_though_nothing_may_start_yet, 0, 5);
	tcase_add_loop_test(t, a_pointer_leads_to_its_place_or_the_nearest, 0, 8);
	suite_add_tcase(s, t);
	return test_main(s);
}
